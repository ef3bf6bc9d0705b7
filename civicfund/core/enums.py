"""Enumerations that are stored by value and carry a label for people."""

from enum import Enum
from typing import Self

from sqlalchemy import Enum as EnumType


class Labelled(str, Enum):  # noqa: UP042  # StrEnum cannot carry a second value
    """A string enumeration whose members are `(value, N_("Label"))`."""

    label: str

    def __new__(cls, value: str, label: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def of(cls, value: str | None) -> Self | None:
        """The member stored as `value`, or None: for what comes in from outside."""
        return next((member for member in cls if member.value == value), None)

    def __str__(self) -> str:
        return str(self.value)


def enum_type(kind: type[Enum]) -> EnumType:
    """A text column that the database holds to the values of `kind`."""
    return EnumType(
        kind,
        native_enum=False,
        length=40,
        create_constraint=True,
        validate_strings=True,
        values_callable=lambda members: [member.value for member in members],
        name=kind.__name__.lower(),
    )
