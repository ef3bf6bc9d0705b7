"""What can go wrong with papers, in words that say what to do."""

from civicfund.core.errors import N_, DomainError


class FileDiffers(DomainError):
    """A stored file is gone, or is not the one that was attached."""

    message = N_(
        "ALARM: the stored file of paper %(number)s (entry %(entry)s) is missing or was changed "
        "after it was attached. It is not handed out. Tell the auditor, and bring the file back "
        "from a backup; its SHA-256 stands at the entry and in the sealed log."
    )
    status = 500
