"""The doors to payment services, each behind the same protocol; the setting GATEWAYS opens them."""

from civicfund.core.settings import setting
from civicfund.payments.errors import NoGatewayOpen, UnknownGateway
from civicfund.payments.gateways.base import Gateway
from civicfund.payments.gateways.sandbox.client import SandboxGateway

_KNOWN: dict[str, Gateway] = {gateway.name: gateway for gateway in (SandboxGateway(),)}


def open_gateways() -> list[str]:
    """The names in force, the first one being the one for new payments."""
    return [name for name in setting("GATEWAYS") if name]


def gateway_for_new_payments() -> str:
    """The first one in force. Raises `NoGatewayOpen`."""
    names = open_gateways()
    if not names:
        raise NoGatewayOpen
    return names[0]


def gateway_named(name: str) -> Gateway:
    """Raises `UnknownGateway` if it is not open here, as the sandbox never is in production."""
    gateway = _KNOWN.get(name) if name in open_gateways() else None
    if gateway is None or (setting("PRODUCTION") and not gateway.moves_real_money):
        raise UnknownGateway
    return gateway


def refuse_play_money() -> None:
    """In production every gateway moves real money; SystemExit says what to change."""
    if not setting("PRODUCTION"):
        return
    playing = [n for n in open_gateways() if n in _KNOWN and not _KNOWN[n].moves_real_money]
    if playing:
        raise SystemExit(
            f"The gateway {', '.join(playing)} moves no real money and is refused in production. "
            "Take it out of GATEWAYS, or unset CIVICFUND_PRODUCTION."
        )
