"""Keys of the mint that sign in a twentieth of the time: of 24 primes, for tests of many vouchers.

Everything else is as it is: size, exponent, blinding, check of the result, format.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from math import prod
from random import Random
from types import SimpleNamespace
from typing import Final

import pytest

from crypto.blind_rsa import EXPONENT, MintKey, MintPublicKey
from tests.keeper.rewards import till
from tipline.rewards.amounts import VALUES

PRIMES: Final = 24
_CLOSE: Final = 250  # of 256: the 24th power of it leaves more than a half
_WITNESSES: Final = 20


class QuickKey(MintKey):
    """A key of the mint; `number` says which."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.primes = _pool()[number : number + PRIMES]
        self.public = MintPublicKey(prod(self.primes))
        self._exponents = [pow(EXPONENT, -1, prime - 1) for prime in self.primes]
        self._units = [
            self.public.n // prime * pow(self.public.n // prime, -1, prime) for prime in self.primes
        ]

    def to_pem(self) -> bytes:
        return b"quick %d\n" % self.number

    def _root(self, value: int) -> int:
        parts = zip(self.primes, self._exponents, self._units, strict=True)
        roots = (pow(value % prime, exponent, prime) * unit for prime, exponent, unit in parts)
        return sum(roots) % self.public.n


@cache
def quick_key(year: int, value: int) -> QuickKey:
    """The key of a year and value, in place of `till.mint_key`."""
    return QuickKey(VALUES.index(value))


@contextmanager
def quick_mint() -> Iterator[None]:
    """The keeper reads such keys, and makes no pauses between signatures."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(till, "mint_key", quick_key)
        patch.setattr(MintKey, "from_pem", lambda pem: QuickKey(int(pem.split()[1])))
        hurried = SimpleNamespace(monotonic=time.monotonic, sleep=lambda seconds: None)
        patch.setattr("tipline.keeper.rewards.minting.time", hurried)
        yield


@cache
def _pool() -> tuple[int, ...]:
    """Primes so close to 2^128 that any 24 of them make 3,072 bits."""
    random, found = Random("the mint"), list[int]()
    while len(found) < PRIMES + len(VALUES):
        candidate = random.randrange(_CLOSE << 120, 1 << 128) | 1
        if candidate % EXPONENT != 1 and _is_prime(candidate, random):
            found.append(candidate)
    return tuple(found)


def _is_prime(number: int, random: Random) -> bool:
    """Miller and Rabin's test."""
    twos = ((number - 1) & (1 - number)).bit_length() - 1
    return all(_passes(number, twos, random.randrange(2, number - 1)) for _ in range(_WITNESSES))


def _passes(number: int, twos: int, witness: int) -> bool:
    power = pow(witness, (number - 1) >> twos, number)
    squares = [pow(power, 1 << times, number) for times in range(twos)]
    return power == 1 or number - 1 in squares
