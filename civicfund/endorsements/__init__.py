"""The city's word: who vouches for what, until when, under which conditions, and its withdrawal."""
