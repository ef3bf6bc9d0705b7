"""Files that people upload: checked by content, kept outside the web root, named by their hash."""

import hashlib
import io
import unicodedata
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from obstore.store import LocalStore, ObjectStore, from_url
from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from civicfund.core import clock
from civicfund.core.contents import UnknownContent, content_of
from civicfund.core.db import Numbered, advisory_lock, db
from civicfund.core.errors import N_, Invalid
from civicfund.core.settings import setting

LARGEST_FILE = 10 * 1024 * 1024
# 50 megapixels: a large camera; more is a bomb.
LARGEST_PICTURE = 50_000_000
Image.MAX_IMAGE_PIXELS = LARGEST_PICTURE
PICTURE_FORMATS = {"JPEG", "PNG", "WEBP"}


class NotAPicture(Invalid):
    """Its content is no JPEG, PNG or WebP picture, whatever its name says."""

    message = N_("This file is not a picture we can read. Choose a JPEG, PNG or WebP file.")
    field = "image"


class NotEvidence(Invalid):
    """Neither a PDF nor a picture, by content."""

    message = N_("This file is neither a PDF nor a picture (JPEG, PNG, WebP). Choose another file.")
    field = "file"


class NotADocument(Invalid):
    """None of the kinds of file that can stand behind an entry, by content."""

    message = N_(
        "This file is none of these: PDF, picture (JPEG, PNG, WebP), CSV, XML without a document "
        "type, e-mail (EML) with only such files in it. Save the document as one of them."
    )
    field = "file"


class FileTooLarge(Invalid):
    """More than the limit."""

    message = N_("This file is larger than 10 MB. Make it smaller and try again.")
    status = 413
    field = "file"


class StoredFile(Numbered):
    """A file in the store: `key` is its place there, `sha256` its content."""

    __tablename__ = "stored_files"

    key: Mapped[str] = mapped_column(String(200), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(60))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    original_name: Mapped[str] = mapped_column(String(200))
    stored_at: Mapped[datetime]


@dataclass(frozen=True)
class Checked:
    """Content that was looked into and is what it says."""

    body: bytes
    media_type: str
    suffix: str


def keep_picture(upload: IO[bytes], *, name: str) -> StoredFile:
    """Store a picture for a page, re-encoded without its metadata (WebP, 1600 px).

    Raises `NotAPicture` or `FileTooLarge`.
    """
    return _keep(_picture(_read(upload), edge=1600), name=name, folder="pictures")


def keep_evidence(upload: IO[bytes], *, name: str) -> StoredFile:
    """Store a receipt: a PDF as it is, a picture re-encoded (WebP, 2400 px).

    Raises `NotEvidence` or `FileTooLarge`.
    """
    body = _read(upload)
    if body.startswith(b"%PDF-") and b"%%EOF" in body[-2048:]:
        return _keep(Checked(body, "application/pdf", ".pdf"), name=name, folder="evidence")
    try:
        picture = _picture(body, edge=2400)
    except NotAPicture as wrong:
        raise NotEvidence from wrong
    return _keep(picture, name=name, folder="evidence")


def keep_original(upload: IO[bytes], *, name: str) -> StoredFile:
    """Store a document byte for byte as it was received: its hash is the document's own.

    Raises `NotADocument` or `FileTooLarge`.
    """
    body = _read(upload)
    try:
        content = content_of(body)
    except UnknownContent as wrong:
        raise NotADocument from wrong
    checked = Checked(body, content.media_type, content.suffix)
    return _keep(checked, name=name, folder="originals")


def keep_note(text: str, *, name: str) -> StoredFile:
    """Store words of our own: a note that belongs to other files."""
    checked = Checked(text.encode(), "text/plain; charset=utf-8", ".txt")
    return _keep(checked, name=name, folder="notes")


def intact_content(stored: StoredFile, *, sha256: str) -> bytes | None:
    """The whole content, if it is still there and still has this hash; else None."""
    try:
        body = b"".join(open_stored(stored))
    except FileNotFoundError:
        return None
    return body if hashlib.sha256(body).hexdigest() == sha256 else None


def printable_name(name: str) -> str:
    """A file's name without its folders, and without signs that break a line or turn its order."""
    last = Path(name.replace("\\", "/")).name
    return "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")[:200] or "file"


def open_stored(stored: StoredFile) -> Iterator[bytes]:
    """The content, piece by piece."""
    for piece in _store().get(stored.key):
        yield bytes(piece)


def _read(upload: IO[bytes]) -> bytes:
    body = upload.read(LARGEST_FILE + 1)
    if len(body) > LARGEST_FILE:
        raise FileTooLarge
    return body


def _picture(body: bytes, *, edge: int) -> Checked:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(body), formats=sorted(PICTURE_FORMATS)) as opened:
                upright = ImageOps.exif_transpose(opened)
                upright.thumbnail((edge, edge))
                plain = upright.convert("RGB")
                out = io.BytesIO()
                plain.save(out, "WEBP", quality=82, method=3)
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as wrong:
        raise NotAPicture from wrong
    return Checked(out.getvalue(), "image/webp", ".webp")


def _keep(checked: Checked, *, name: str, folder: str) -> StoredFile:
    digest = hashlib.sha256(checked.body).hexdigest()
    key = f"{folder}/{digest[:2]}/{digest}{checked.suffix}"
    # Two people who store the same file at once get one row between them.
    advisory_lock(f"stored/{key}")
    known = db.session.query(StoredFile).filter_by(key=key).one_or_none()
    if known is not None:
        return known
    _store().put(key, checked.body)
    stored = StoredFile(
        key=key,
        sha256=digest,
        media_type=checked.media_type,
        size_bytes=len(checked.body),
        original_name=printable_name(name),
        stored_at=clock.now(),
    )
    db.session.add(stored)
    db.session.flush()
    return stored


def _store() -> ObjectStore:
    address = setting("STORAGE_URL")
    if address:
        return from_url(address)
    folder = Path(setting("INSTANCE")) / "files"
    return LocalStore(prefix=folder, mkdir=True)
