"""An instance with its site, as the public site's tests make it."""

from tests.public.conftest import instance, visitor

__all__ = ["instance", "visitor"]
