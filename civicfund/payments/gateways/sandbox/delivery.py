"""Bringing the sandbox's news to the fund: a signed POST, again and again until it says 2xx."""

import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from civicfund.core import clock, queue
from civicfund.core.settings import setting
from civicfund.payments.gateways.sandbox import news, queries, signing
from civicfund.payments.gateways.sandbox.models import SandboxEvent

GATEWAY = "sandbox"
PATIENCE = timedelta(hours=1)
SECONDS_TO_ANSWER = 10

# (url, body, headers) -> the status of the answer
Transport = Callable[[str, bytes, Mapping[str, str]], int]


@dataclass(frozen=True)
class Parcel:
    """One piece of news, signed and ready to go."""

    url: str
    body: bytes
    headers: dict[str, str]


def over_http(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """POST for real. Raises OSError when nobody answers."""
    request = urllib.request.Request(  # noqa: S310  # SITE_URL is the operator's own
        url, data=body, headers=dict(headers), method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS_TO_ANSWER) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


_transport: Transport = over_http


@contextmanager
def delivering_through(transport: Transport) -> Iterator[None]:
    """Carry the news another way: tests bring them to the app without a network."""
    global _transport  # noqa: PLW0603  # one process has one way out
    before, _transport = _transport, transport
    try:
        yield
    finally:
        _transport = before


def parcel_for(event: SandboxEvent) -> Parcel:
    """Sign the news now: a signature grows old while the fund is away."""
    body = news.body_of(event)
    headers = {
        "Content-Type": "application/json",
        signing.HEADER: signing.sign(body, at=clock.now()),
    }
    return Parcel(f"{setting('SITE_URL')}/webhooks/{GATEWAY}", body, headers)


def waiting_parcel(event_id: int) -> Parcel | None:
    """What the job has to carry; None when it was delivered already."""
    event = queries.event_by_id(event_id)
    return None if event is None or event.delivered_at is not None else parcel_for(event)


def carry(parcel: Parcel) -> str:
    """Bring it there; returns what was answered. No transaction may be open while we wait."""
    try:
        return str(_transport(parcel.url, parcel.body, parcel.headers))
    except OSError as away:
        return f"no answer: {away}"[:500]


def note_answer(event_id: int, answer: str) -> None:
    """Done at any 2xx; anything else is tried again: after 2, 4, 8 ... seconds, then hourly."""
    event = queries.event_by_id(event_id)
    if event is None or event.delivered_at is not None:
        return
    event.attempts += 1
    event.last_answer = answer
    if len(answer) == 3 and answer.startswith("2"):
        event.delivered_at = clock.now()
        return
    wait = min(timedelta(seconds=2 ** min(event.attempts, 12)), PATIENCE)
    queue.defer("sandbox.deliver", at=clock.now() + wait, event_id=event_id)
