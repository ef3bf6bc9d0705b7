"""財務諸表: statements, notes and disclosures, all derived from the same lines of the book."""
