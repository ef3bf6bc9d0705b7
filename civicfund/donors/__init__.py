"""Who gives: donors, donations, and the way back to them of each yen."""
