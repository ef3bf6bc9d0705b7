"""The sealed log over HTTP: checkpoints, tiles, keys, proofs (C2SP tlog-tiles, tlog-proof)."""

from base64 import b64encode

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from civicfund.core.errors import N_
from civicfund.ledger import proofs, queries, rows
from civicfund.ledger.bundles import bundle
from civicfund.ledger.errors import NoSuchTreeSize, NotSealedYet
from civicfund.ledger.merkle import HASH_SIZE
from civicfund.ledger.models import Checkpoint
from civicfund.ledger.tiles import index_and_width
from civicfund.ledger.views.book import bp
from civicfund.web.guards import found, public
from civicfund.web.limits import limiter

FOR_EVER = "public, max-age=31536000, immutable"
FOR_A_MOMENT = "public, max-age=5"
LARGEST = 2**63 - 1
SIDES = {"left": N_("left"), "right": N_("right")}


@bp.get("/integrity")
@public
def integrity() -> ResponseReturnValue:
    """How far the book is sealed, and how anybody checks it."""
    newest = queries.newest_checkpoint()
    return render_template(
        "ledger/integrity.html",
        newest=newest,
        root=newest.root_hash.hex() if newest else None,
        sealed=queries.sealed_entry_count(),
        waiting=queries.unsealed_entry_count(),
        keys=queries.signing_keys(),
    )


@bp.get("/checkpoint")
@public
def checkpoint() -> ResponseReturnValue:
    """The newest checkpoint."""
    return _note(queries.newest_checkpoint(), kept=FOR_A_MOMENT)


@bp.get(f"/checkpoint/<int(max={LARGEST}):size>")
@public
def checkpoint_of(size: int) -> ResponseReturnValue:
    """The checkpoint of the tree of this size."""
    return _note(queries.checkpoint_of(size), kept=FOR_EVER)


def _note(signed: Checkpoint | None, *, kept: str) -> Response:
    if signed is None:
        raise NotSealedYet
    return _answer(signed.signed_note, kept=kept)


@bp.get("/log/keys")
@public
def log_keys() -> ResponseReturnValue:
    """Every key that the log has had, one verifier key a line, the present one last."""
    lines = "".join(f"{key.vkey}\n" for key in queries.signing_keys())
    return _answer(lines, kept="public, max-age=300")


@bp.get("/tile/<int(max=63):level>/<path:place>")
@limiter.limit("600 per minute")
@public
def tile(level: int, place: str) -> ResponseReturnValue:
    """A tile of the tree."""
    index, width = index_and_width(place)
    hashes = queries.tile(level, index)[: width * HASH_SIZE] if index <= LARGEST else b""
    if len(hashes) < width * HASH_SIZE:
        raise NotSealedYet
    return _answer(hashes, kept=FOR_EVER)


@bp.get("/tile/entries/<path:place>")
@limiter.limit("600 per minute")
@public
def entry_bundle(place: str) -> ResponseReturnValue:
    """The public leaves of a tile of level 0."""
    index, width = index_and_width(place)
    return _answer(bundle(index, width), kept=FOR_EVER)


@bp.get(f"/entries/<int(max={LARGEST}):number>/proof")
@limiter.limit("120 per minute")
@public
def proof(number: int) -> ResponseReturnValue:
    """That this entry stands in the log: a page for people, tlog-proof for who prefers text."""
    shown = proofs.of_entry(number)
    if request.accept_mimetypes.best_match(["text/html", "text/plain"]) == "text/plain":
        response = _answer(shown.text, kept=FOR_A_MOMENT)
    else:
        response = Response(_proof_page(shown))
    response.headers["Vary"] = "Accept, Accept-Language, Cookie"
    return response


@bp.get(f"/entries/<int(max={LARGEST}):number>.tlog-proof")
@limiter.limit("120 per minute")
@public
def proof_file(number: int) -> ResponseReturnValue:
    """The proof as a file to keep."""
    response = _answer(proofs.of_entry(number).text, kept=FOR_A_MOMENT)
    response.headers["Content-Disposition"] = f'attachment; filename="entry-{number}.tlog-proof"'
    return response


@bp.get(f"/entries/<int(max={LARGEST}):number>/leaf")
@limiter.limit("120 per minute")
@public
def leaf(number: int) -> ResponseReturnValue:
    """The very bytes that were sealed for this entry."""
    seal = found(queries.seal_by_number(number))
    [shown] = queries.leaves(seal.leaf_index, seal.leaf_index + 1)
    response = _answer(shown.text or "", kept=FOR_EVER)
    response.content_type = "application/json"
    return response


@bp.get("/consistency")
@limiter.limit("120 per minute")
@public
def consistency() -> ResponseReturnValue:
    """That the log of `from` leaves is the beginning of the one of `to` leaves."""
    first, second = _size("from"), _size("to")
    if first is None:
        raise NoSuchTreeSize
    shown = proofs.of_consistency(first=first, second=second)
    return _answer(shown.text, kept=FOR_A_MOMENT if second is None else FOR_EVER)


def _size(name: str) -> int | None:
    asked = request.args.get(name)
    if asked is None:
        return None
    if not (asked.isascii() and asked.isdecimal() and len(asked) <= len(str(LARGEST))):
        raise NoSuchTreeSize
    return int(asked)


def _proof_page(shown: proofs.InclusionProof) -> str:
    entry = found(queries.entry_by_number(shown.number))
    return render_template(
        "ledger/proof.html",
        proof=shown,
        entry=entry,
        entry_title=rows.entry_name(shown.number),
        leaf_hash=b64encode(shown.leaf_hash).decode(),
        root_hash=b64encode(shown.checkpoint.root_hash).decode(),
        steps=[
            {"side": _(SIDES[side]), "hash": b64encode(sibling).decode()}
            for side, sibling in shown.steps
        ],
        consistency_url=url_for("ledger.consistency") + f"?from={shown.checkpoint.tree_size}",
    )


def _answer(body: str | bytes, *, kept: str) -> Response:
    binary = isinstance(body, bytes)
    content_type = "application/octet-stream" if binary else "text/plain; charset=utf-8"
    response = Response(body, content_type=content_type)
    response.headers["Cache-Control"] = kept
    return response
