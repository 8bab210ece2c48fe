"""An office with a real keeper."""

from tests.admin.conftest import clock, office

__all__ = ["clock", "office"]
