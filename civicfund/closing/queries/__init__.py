"""Every SELECT of closing."""
