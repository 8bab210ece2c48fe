"""Views that ask for a second look before they run."""

from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

from flask import Flask

View = TypeVar("View", bound=Callable[..., Any])

_MARKED = "__sensitive__"


class Asks(Enum):
    """Who is asked for password and one-time code before a marked view runs."""

    WHO_HAS_NO_PASSKEY = "the others' passkey is asked over the statement that the view signs"
    EVERYBODY = "the view signs nothing that a passkey could answer over"


def sensitive(view: View) -> View:
    """Mark a view that signs a statement of `tipline.roster.sensitive`."""
    setattr(view, _MARKED, Asks.WHO_HAS_NO_PASSKEY)
    return view


def sensitive_unsigned(view: View) -> View:
    """Mark a view that lets much out without a statement by its member."""
    setattr(view, _MARKED, Asks.EVERYBODY)
    return view


def asks(app: Flask, endpoint: str) -> Asks | None:
    """Whom a view asks; None when it is not marked."""
    found = getattr(app.view_functions.get(endpoint), _MARKED, None)
    return found if isinstance(found, Asks) else None


def sensitive_endpoints(app: Flask) -> frozenset[str]:
    """All that are marked."""
    return frozenset(endpoint for endpoint in app.view_functions if asks(app, endpoint))
