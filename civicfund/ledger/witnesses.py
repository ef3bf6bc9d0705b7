"""Giving checkpoints to others: whoever keeps one can tell when history was rewritten."""

from http import HTTPStatus
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from civicfund.core import queue
from civicfund.core.settings import setting
from civicfund.ledger import emails, queries

PATIENCE_SECONDS = 10


class NotTaken(OSError):
    """The other side answered something else than a success; the queue tries again."""


class _NoRedirects(HTTPRedirectHandler):
    """What is sent goes to the address that the operator named and to no other."""

    def redirect_request(self, *_args: object) -> None:
        """Take the redirect for the answer that it is: no success."""
        return


def recipients() -> tuple[list[str], list[str], list[str]]:
    """The mail addresses, the https addresses, and what is neither."""
    named: list[str] = setting("CHECKPOINT_RECIPIENTS")
    links = [one for one in named if one.startswith("https://")]
    mails = [one for one in named if "@" in one and "/" not in one]
    return mails, links, [one for one in named if one not in links and one not in mails]


def send_newest() -> None:
    """Promise the newest checkpoint to everybody on the list."""
    newest = queries.newest_checkpoint()
    if newest is None:
        return
    mails, links, _ = recipients()
    for address in mails:
        emails.send_checkpoint(newest, to=address)
    for link in links:
        queue.defer("ledger.post_checkpoint", url=link, tree_size=newest.tree_size)


def post(url: str, note: str) -> None:
    """POST a checkpoint to somebody who keeps it. Raises `OSError` when it was not taken."""
    request = Request(  # noqa: S310  # https only: `recipients`
        url,
        data=note.encode(),
        headers={"Content-Type": "text/plain; charset=utf-8", "User-Agent": "civicfund"},
        method="POST",
    )
    try:
        with build_opener(_NoRedirects).open(request, timeout=PATIENCE_SECONDS) as answer:
            status = answer.status
    except HTTPError as refusal:
        status = refusal.code
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        raise NotTaken(f"{url} answered {status}")
