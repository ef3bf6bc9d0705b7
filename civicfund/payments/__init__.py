"""Money in and out of the house: payments, gateways and their inbox, refunds, the bank."""
