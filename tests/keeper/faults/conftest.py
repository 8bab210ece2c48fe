"""One machine for each test of this folder."""

from tests.keeper.faults.injected import one

__all__ = ["one"]
