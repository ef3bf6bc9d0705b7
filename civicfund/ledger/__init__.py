"""The double-entry book: funds, accounts, entries, balances; append-only, checkable by anyone."""
