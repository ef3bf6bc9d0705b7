"""The settings in force, for rules that must not know the web."""

from collections.abc import Mapping
from typing import Any

_values: Mapping[str, Any] = {}


def use(values: Mapping[str, Any]) -> None:
    """Take these settings from now on; called once by `create_app`."""
    global _values  # noqa: PLW0603  # one process serves one fund
    _values = values


def setting(name: str) -> Any:
    """The value of the setting `name`; KeyError if there is none."""
    return _values[name]
