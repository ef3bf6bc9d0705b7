"""The shelf of books and statements: for everybody, and with every name for those who may."""

from datetime import timedelta
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from civicfund.books import catalogue
from civicfund.books.asking import DESK_ROOM, PUBLIC_ROOM, Asked
from civicfund.books.documents import Document
from civicfund.books.errors import UnknownFormat
from civicfund.books.files import FORMATS
from civicfund.books.forms import form_for
from civicfund.books.policy import can_read_with_names, may_open_audit
from civicfund.books.words import cell_words, month_words, year_words
from civicfund.core import clock
from civicfund.ledger.rows import PUBLIC, Reader
from civicfund.web.guards import found, public, requires
from civicfund.web.limits import limiter

bp = Blueprint("books", __name__, url_prefix="/books")
desk = Blueprint("desk_books", __name__, url_prefix="/desk/books")
# What says which page of a book, or which file, and not what is in it.
PAGING = frozenset({"after", "before", "format"})


@bp.get("")
@public
def index() -> ResponseReturnValue:
    """Every book by its name."""
    return _shelves(PUBLIC_ROOM)


@bp.get("/<slug>")
@limiter.limit("20 per minute", exempt_when=lambda: request.args.get("format") != "pdf")
@public
def show(slug: str) -> ResponseReturnValue:
    """One book, without hidden names."""
    return _book(slug, room=PUBLIC_ROOM, reader=PUBLIC)


@desk.get("", endpoint="index")
@requires(can_read_with_names)
def desk_index() -> ResponseReturnValue:
    """Every book by its name, those with names too."""
    return _shelves(DESK_ROOM)


@desk.get("/<slug>", endpoint="show")
@requires(can_read_with_names)
def desk_show(slug: str) -> ResponseReturnValue:
    """One book with every name."""
    room = "audit" if may_open_audit(current_user) else "ledger"
    return _book(slug, room=DESK_ROOM, reader=Reader(room, sees_names=True))


def _shelves(room: str) -> ResponseReturnValue:
    return render_template(
        "books/index.html",
        room=room,
        shelves=catalogue.shelves(with_names=room == DESK_ROOM),
    )


def _book(slug: str, *, room: str, reader: Reader) -> ResponseReturnValue:
    book = found(catalogue.book_by_slug(slug, with_names=reader.sees_names))
    form = form_for(book.asks)(request.args)
    shown = {"room": room, "book": book, "form": form, "cell_words": cell_words}
    if not form.validate():
        return render_template("books/show.html", document=None, **shown), 422
    wanted = request.args.get("format", "")
    if wanted and wanted not in FORMATS:
        raise UnknownFormat
    asked = form.asked(
        room=room,
        reader=reader,
        is_whole=bool(wanted),
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )
    document = book.build(asked)
    if wanted:
        return FORMATS[wanted](document)
    return render_template(
        "books/show.html",
        document=document,
        spans=_spans(asked) if "span" in book.asks else [],
        **shown,
        **_links(document),
    )


def _spans(asked: Asked) -> list[tuple[str, str, bool]]:
    """This year, the one before, this month, the one before: one step away."""
    today = clock.today()
    year, month = clock.fiscal_year(today), today.replace(day=1)
    before = (month - timedelta(days=1)).replace(day=1)
    spans = [
        *((year_words(one), clock.fiscal_days(one)) for one in (year, year - 1)),
        *((month_words(one), (one, clock.end_of_month(one))) for one in (month, before)),
    ]
    return [
        (words, _here(**{"from": str(first), "to": str(last)}), (first, last) == asked.span)
        for words, (first, last) in spans
    ]


def _here(**more: str) -> str:
    """The address of this book with other parameters; the others stay, but for the page."""
    kept = {name: value for name, value in request.args.items() if name not in PAGING}
    here = url_for(request.endpoint or "", **(request.view_args or {}))
    return f"{here}?{urlencode({**kept, **more})}"


def _links(document: Document) -> dict[str, str | None]:
    """The pages beside this one and the files of it; all keep what was asked."""

    def link(**more: str) -> str | None:
        return _here(**more) if all(more.values()) else None

    return {
        "earlier_url": link(before=document.earlier),
        "later_url": link(after=document.later),
        "csv_url": link(format="csv"),
        "pdf_url": link(format="pdf"),
    }
