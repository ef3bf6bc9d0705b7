"""What a file is, by its content: of a document that was received, every byte stays as it came."""

import csv
import email
import io
import re
import warnings
from dataclasses import dataclass
from email.message import Message
from xml.parsers import expat

from PIL import Image

# What a browser would run, if it ever guessed; a received document begins with none of these.
_MARKUP = re.compile(r"\s*(?:\ufeff)?\s*<[!?a-z]", re.IGNORECASE)
_RUNNABLE = re.compile(r"<(?:script|svg|html|iframe|object|embed)\b", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_FOREIGN = ("http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml")
_PICTURES = {
    "JPEG": ("image/jpeg", ".jpg"),
    "PNG": ("image/png", ".png"),
    "WEBP": ("image/webp", ".webp"),
}
# What many telephones make: a JPEG with a preview or a map of depths behind it.
_JPEG_AND_MORE = "MPO"
MOST_PARTS = 50


class UnknownContent(ValueError):
    """None of the kinds of file that are kept."""


@dataclass(frozen=True, slots=True)
class Content:
    """What the bytes are."""

    media_type: str
    suffix: str


def content_of(body: bytes) -> Content:
    """PDF, picture, CSV, XML or an e-mail, by content alone. Raises `UnknownContent`."""
    for look in (_pdf, _picture, _email, _xml, _table):
        found = look(body)
        if found is not None:
            return found
    raise UnknownContent


def _pdf(body: bytes) -> Content | None:
    whole = body.startswith(b"%PDF-") and b"%%EOF" in body[-2048:]
    return Content("application/pdf", ".pdf") if whole else None


def _picture(body: bytes) -> Content | None:
    """A picture that can be decoded to its last line; it is looked at, not re-written."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(body), formats=sorted(_PICTURES)) as opened:
                opened.load()
                kind = "JPEG" if opened.format == _JPEG_AND_MORE else opened.format or ""
                return Content(*_PICTURES[kind])
    except (OSError, ValueError, SyntaxError, KeyError, Image.DecompressionBombError, Warning):
        return None


def _xml(body: bytes) -> Content | None:
    """A well-formed invoice or statement: no document type, nothing that draws or runs."""
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return None
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse
    parser.ProcessingInstructionHandler = _refuse
    parser.StartElementHandler = _must_be_data
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError):
        return None
    return Content("application/xml", ".xml")


def _refuse(*_what: object) -> None:
    raise UnknownContent


def _must_be_data(name: str, _attributes: object) -> None:
    space, _, local = name.rpartition(" ")
    if space in _FOREIGN or local.lower() in {"script", "svg", "html"}:
        raise UnknownContent


def _table(body: bytes) -> Content | None:
    """Text with at least two lines and two columns: a settlement report, a bank statement."""
    text = _text(body)
    if text is None or _MARKUP.match(text) or _RUNNABLE.search(text):
        return None
    for separator in (",", "\t", ";"):
        try:
            rows = [row for row in csv.reader(io.StringIO(text), delimiter=separator) if row]
        except csv.Error:
            continue
        if len(rows) >= 2 and len(rows[0]) >= 2:
            return Content("text/csv", ".csv")
    return None


def _text(body: bytes) -> str | None:
    """Unicode, or what Japanese banks write."""
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if _CONTROL.search(text) else text
    return None


def _email(body: bytes) -> Content | None:
    """An e-mail as it arrived, if each file in it would be kept by itself too."""
    head = body[:4096].split(b"\n\n", 1)[0].split(b"\r\n\r\n", 1)[0]
    if not re.match(rb"[A-Za-z][A-Za-z0-9-]*:", head):
        return None
    # The header parser of the newer policy stumbles over malformed headers; this one reads all.
    mail = email.message_from_bytes(body)
    if not (mail["From"] and mail["Date"] and (mail["Message-ID"] or mail["Received"])):
        return None
    parts = [part for part in mail.walk() if not part.is_multipart()]
    if len(parts) > MOST_PARTS or not all(_is_harmless(part) for part in parts):
        return None
    return Content("message/rfc822", ".eml")


def _is_harmless(part: Message) -> bool:
    if part.get_content_type() == "text/plain" and not part.get_filename():
        return True
    body = part.get_payload(decode=True)
    if part.get_content_type() == "text/html" and not part.get_filename():
        # The words of the mail; a mail program shows them without running anything.
        return isinstance(body, bytes) and b"<script" not in body.replace(b"\0", b"").lower()
    if not isinstance(body, bytes):
        return False
    if part.get_content_type() == "text/plain":
        text = _text(body)
        return text is not None and not _MARKUP.match(text) and not _RUNNABLE.search(text)
    return any(look(body) for look in (_pdf, _picture, _xml, _table))
