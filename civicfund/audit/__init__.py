"""The auditor's room: read everything, sample, check, take away; change nothing."""
