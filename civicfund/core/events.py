"""News that travels up by wiring: a lower package tells, `app.py` has said who listens."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

_listeners: dict[str, list[Callable[..., Any]]] = defaultdict(list)


def subscribe(name: str, listener: Callable[..., Any]) -> None:
    """Call `listener` at each `publish(name)`, in the same transaction; twice is once."""
    if listener not in _listeners[name]:
        _listeners[name].append(listener)


def publish(name: str, *args: Any, **kwargs: Any) -> None:
    """Tell everyone who listens to `name`; what they raise is raised here."""
    for listener in _listeners[name]:
        listener(*args, **kwargs)


def collect(name: str, *args: Any, **kwargs: Any) -> list[Any]:
    """Ask everyone who listens to `name` and join the lists they answer."""
    return [item for listener in _listeners[name] for item in listener(*args, **kwargs)]
