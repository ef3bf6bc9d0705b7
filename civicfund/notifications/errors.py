"""What can go wrong with a message."""

from civicfund.core.errors import N_, DomainError


class MessageKeyReused(DomainError):
    """The key already names a message to somebody else."""

    message = N_("This message was already written to somebody else.")
