"""What a received document is, by its content; what could run is refused."""

import base64
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from civicfund.core.contents import UnknownContent, content_of


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(out, kind)
    return out.getvalue()


def picture_with_preview() -> bytes:
    """What many telephones make of a receipt."""
    out = io.BytesIO()
    more = Image.new("RGB", (8, 8), "grey")
    Image.new("RGB", (8, 8), "white").save(out, "MPO", save_all=True, append_images=[more])
    return out.getvalue()


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
CSV = "取引日,金額\n2026-05-01,3000\n"
XML = b'<?xml version="1.0"?><Invoice xmlns="urn:oasis:names:ubl"><ID>1</ID></Invoice>'
MAIL = (
    "From: shop@example.org\r\nTo: office@example.org\r\nDate: Fri, 1 May 2026 10:00:00 +0900\r\n"
    "Message-ID: <1@example.org>\r\nSubject: =?utf-8?b?6KuL5rGC5pu4?=\r\n"
)
HIDDEN = base64.b64encode("<script>alert(1)</script>".encode("utf-16")).decode()
PLAIN = MAIL + "Content-Type: text/plain; charset=utf-8\r\n\r\nInvoice 1, 3000 yen\r\n"


def mail_with(body: str, kind: str, name: str) -> bytes:
    return (
        MAIL + 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
        f'--b\r\nContent-Type: {kind}\r\nContent-Disposition: attachment; filename="{name}"\r\n\r\n'
        f"{body}\r\n--b--\r\n"
    ).encode()


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (PDF, "application/pdf"),
        (picture("JPEG"), "image/jpeg"),
        (picture_with_preview(), "image/jpeg"),
        (picture("PNG"), "image/png"),
        (picture("WEBP"), "image/webp"),
        (CSV.encode(), "text/csv"),
        (b"\xef\xbb\xbf" + CSV.encode(), "text/csv"),
        (CSV.encode("cp932"), "text/csv"),
        (CSV.replace(",", "\t").encode(), "text/csv"),
        (XML, "application/xml"),
        (b"\xef\xbb\xbf" + XML, "application/xml"),
        (PLAIN.encode(), "message/rfc822"),
        (mail_with(CSV, "text/csv", "a.csv"), "message/rfc822"),
        (mail_with("hello", "text/plain", "a.txt"), "message/rfc822"),
        (b"From: <\r\n" + PLAIN.encode(), "message/rfc822"),
        (PLAIN.replace("<1@example.org>", "<").encode(), "message/rfc822"),
    ],
)
def test_received_documents_are_known(body: bytes, media_type: str) -> None:
    assert content_of(body).media_type == media_type


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"one line, with a comma",
        b"%PDF-1.7 cut off",
        picture("JPEG")[:-40],
        picture("GIF"),
        b"MZ\x90\x00\x03",
        b"PK\x03\x04 a zip",
        b"#!/bin/sh\nrm -rf /, x\n",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b'<a xmlns="urn:x"><svg xmlns="http://www.w3.org/2000/svg"/></a>',
        b'<a xmlns="urn:x"><b xmlns="http://www.w3.org/1999/xhtml"/></a>',
        b"<!DOCTYPE html><html><body>a,b</body></html>",
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
        b'<?xml-stylesheet href="x.xsl"?><a/>',
        b"<a><script/></a>",
        b"<a>not closed",
        b"a,b\n<script>alert(1)</script>,2\n",
        b'<?xml-stylesheet href="x,y.xsl"?>\n<a b=","/>',
        b'<s:svg xmlns:s="http://www.w3.org/2000/svg" a=",">\n<s:script>a(1,2)</s:script></s:svg>',
        b"a,b\n1,\x002\n",
        mail_with("<script>alert(1)</script>", "text/html", "a.html"),
        mail_with("<script>alert(1)</script>", "text/plain", "a.html"),
        (
            MAIL + "Content-Type: text/html; charset=utf-16\r\n"
            f"Content-Transfer-Encoding: base64\r\n\r\n{HIDDEN}\r\n"
        ).encode(),
        mail_with("MZ...", "application/octet-stream", "a.exe"),
        PLAIN.replace("Date:", "X-Date:").encode(),
    ],
)
def test_everything_else_is_refused(body: bytes) -> None:
    with pytest.raises(UnknownContent):
        content_of(body)


# What mail headers are made of, so that many a drawn mail is nearly right.
SHREDS = (
    "<", ">", "@", "[", "]", "(", ")", '"', "\\", ",", ":", ";", ".", "\n ", "\r", "\x00", "%",
    "''", "*0*=", "=?utf-8?q?", "?=", "a", "\xff", "name", "filename", "boundary=x", "charset=",
    "text/html", "message/rfc822", "multipart/mixed", "base64",
)  # fmt: skip
shreds = st.lists(st.sampled_from(SHREDS), max_size=8).map("".join)


@given(sender=shreds, number=shreds, kind=shreds, disposition=shreds, body=shreds)
def test_a_malformed_mail_is_kept_or_refused_and_never_fails(
    sender: str, number: str, kind: str, disposition: str, body: str
) -> None:
    mail = (
        f"From: {sender}\nDate: x\nMessage-ID: {number}\nReceived: x\nContent-Type: {kind}\n"
        f"Content-Disposition: {disposition}\n\n{body}"
    ).encode("latin-1")
    with suppress(UnknownContent):
        assert content_of(mail).suffix
