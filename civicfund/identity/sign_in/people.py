"""Flask-Security's way to our tables."""

from typing import Any

from flask_babel import get_locale
from flask_security import SQLAlchemyUserDatastore

from civicfund.core import clock
from civicfund.core.db import db, transaction
from civicfund.identity import codes
from civicfund.identity.models import Passkey, Role, User


class People(SQLAlchemyUserDatastore):
    """Users, roles and passkeys, committed in the one place that commits."""

    def __init__(self) -> None:
        super().__init__(db, User, Role, Passkey)

    def commit(self) -> None:
        """What the library's view did, together or not at all."""
        with transaction():
            pass

    def create_user(self, **kwargs: Any) -> Any:
        """Somebody registered: with the language of the page, and able to ask for links."""
        kwargs.setdefault("created_at", clock.now())
        kwargs.setdefault("locale", str(get_locale()))
        kwargs.setdefault("us_totp_secrets", codes.new_link_secrets())
        kwargs["name"] = kwargs["name"].strip()
        return super().create_user(**kwargs)

    def us_setup_email(self, user: Any) -> bool:
        """New secret, ten digits: the library's own would be six."""
        user.us_totp_secrets = codes.new_link_secrets()
        return True
