"""The outbox: messages are kept with the deed they tell of, and sent after it."""
