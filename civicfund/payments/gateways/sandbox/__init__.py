"""A payment service of our own that moves no real money: hosted pages, cards, vouchers, webhooks.

It stands for a stranger: it knows amounts, addresses and the reference it was given, and not one
row of ours.
"""
