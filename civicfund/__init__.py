"""civicfund: the software with which a city's citizen fund runs."""
