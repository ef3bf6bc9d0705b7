"""What becomes of a campaign's money: settlement, awards, disbursements, reports."""
