"""Plans of spending for designated money that has been held for more than five years."""
