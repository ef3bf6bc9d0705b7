"""The mail that brings a checkpoint to whoever wants to keep it."""

from civicfund.ledger.models import Checkpoint
from civicfund.notifications import services as outbox


def send_checkpoint(signed: Checkpoint, *, to: str) -> None:
    """In Japanese and English at once; the same checkpoint goes to an address once."""
    outbox.enqueue(
        to=to,
        template="ledger/checkpoint",
        context={"note": signed.signed_note, "size": signed.tree_size},
        key=f"ledger/checkpoint/{signed.tree_size}/{to}",
    )
