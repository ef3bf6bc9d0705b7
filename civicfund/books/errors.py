"""What the books refuse, in words that say what to do."""

from civicfund.core.errors import N_, Invalid


class UnknownFormat(Invalid):
    """A kind of file that the books are not given out as."""

    message = N_("A book is given out as a page, as CSV or as PDF. Choose one of these.")


class TooLongForPdf(Invalid):
    """More lines than a person would leaf through."""

    message = N_(
        "This book has more than %(most)s lines for these days: too long for a PDF. "
        "Choose fewer days, or take the CSV file, which has no limit."
    )
