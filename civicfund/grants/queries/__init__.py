"""Every SELECT about grants, a file per noun."""
