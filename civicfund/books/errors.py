"""What the books refuse, in words that say what to do."""

from civicfund.core.errors import N_, Invalid


class UnknownFormat(Invalid):
    """A kind of file that the books are not given out as."""

    message = N_("A book is given out as a page or as CSV. Choose one of these.")
