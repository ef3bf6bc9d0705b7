"""The web shell that every package's pages stand in."""
