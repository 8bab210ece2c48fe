"""How often a name, and a source, may try to sign in.

Keys are HMACs under a key that this process drew at its start: no name and no
address is kept, and the counts are gone with the process.
"""

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from admin.sign_in.errors import TooManyTries
from crypto.randomness import random_bytes
from tipline.bodies import BodiesUnderWay, TooManyBodies

PER_NAME: Final = "8/minute"
PER_SOURCE: Final = "60/minute"
AT_ONCE_OF_NAME: Final = 2
"""Passwords of one name from one source that are checked, or wait for it, at the same time."""
AT_ONCE_OF_SOURCE: Final = 16
"""The same of one source: a whole office may stand behind one address, and it cannot fill the places."""


class Throttle:
    """Counts tries in the memory of this one process."""

    def __init__(self) -> None:
        self._key = random_bytes(32)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._per_name = parse(PER_NAME)
        self._per_source = parse(PER_SOURCE)
        self._of_name = BodiesUnderWay(AT_ONCE_OF_NAME)
        self._of_source = BodiesUnderWay(AT_ONCE_OF_SOURCE)

    def allows(self, name: str, source: str) -> bool:
        """Count one try of a name from a source; whether it may go on.

        A name is counted per source, so that somebody else's wrong passwords
        shut nobody out.
        """
        by_source = self._limiter.hit(self._per_source, self._mark("source", source))
        return self._limiter.hit(self._per_name, self._mark("name", source, name)) and by_source

    @contextmanager
    def trying(self, name: str, source: str) -> Iterator[None]:
        """Let one try of a name from a source go on in the block; one that raises nothing was right.

        Raises:
            TooManyTries: of this name or source, in a minute or at the same time.
        """
        if not self.allows(name, source):
            raise TooManyTries
        by_source, by_name = self._mark("source", source), self._mark("name", source, name)
        with _counted(self._of_source, by_source), _counted(self._of_name, by_name):
            yield
        self.forget(name, source)

    def name_of(self, source: str) -> str:
        """What a source is called while it sends something."""
        return self._mark("source", source)

    def forget(self, name: str, source: str) -> None:
        """A right password starts the count of its name anew."""
        self._limiter.clear(self._per_name, self._mark("name", source, name))

    def _mark(self, *parts: str) -> str:
        text = "\0".join(parts).encode("utf-8", "surrogatepass")
        return hmac.new(self._key, text, hashlib.sha256).hexdigest()


@contextmanager
def _counted(under_way: BodiesUnderWay, mark: str) -> Iterator[None]:
    try:
        under_way.begin(mark)
    except TooManyBodies as error:
        raise TooManyTries from error
    try:
        yield
    finally:
        under_way.end(mark)
