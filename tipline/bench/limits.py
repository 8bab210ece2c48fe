"""The least an operation could cost: the sum of its unavoidable parts, each at its measured price.

The prices are those of the design's own measurements (two shared cores, Python 3.11,
cryptography 50, SQLite), the lower one where a range was measured. What a better program could
leave out (form libraries, templates, copies) has no place here. docs/performance.md shows the
sums and is checked against this module.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

REQUEST: Final = 0.45  # ms: the server's own part of a form and its post together
PARSE: Final = 0.74  # ms: reading a posted form and checking its token
RATE_LIMIT: Final = 0.5  # ms: counting one visit
KEY_PAIR: Final = 0.16  # ms: a hybrid key pair from its seed
SEAL_TEXT: Final = 0.26  # ms: 2 KB to two recipients
SEAL_CARD: Final = 0.18  # ms
SLIP: Final = 0.35  # ms: two age files, one inside the other
OPEN: Final = 0.12  # ms: an age file of a few kilobytes
STORE: Final = 1.3  # ms: a tip with its items and slips, durably, written with Core
APPEND: Final = 1000 / 7800  # ms: an entry, eight callers in one durable commit
VERIFY: Final = 4_100.0  # ms: a million entries into the tree
PROOF: Final = 0.7  # ms: an inclusion proof at a million entries
BLIND_SIGNATURE: Final = 25.0  # ms: RSA-3072 by CRT, blinded and checked
PSS: Final = 0.08  # ms: an ordinary verification
COMMIT: Final = 1000 / 1000  # ms: a durable commit for one caller alone
STREAM: Final = 900.0  # MiB/s: sealing a file as a stream

DESKS: Final = 2  # a township tip's slips: for intake and for the integrity desk
FILE_MIB: Final = 50_000_000 / 2**20

Parts = Mapping[str, float]
"""What an operation consists of, and what each part costs at least (milliseconds)."""

_POST: Final = {
    "server, form and post": REQUEST,
    "parse the post, check its token": PARSE,
    "rate limit": RATE_LIMIT,
}
_TIP: Final = {
    **_POST,
    "three key pairs: reporter, text, card": 3 * KEY_PAIR,
    "seal the text to two recipients": SEAL_TEXT,
    "seal the card": SEAL_CARD,
    "four slips: text and card, two desks": 2 * DESKS * SLIP,
    "store durably": STORE,
}

LIMITS: Final[Mapping[str, Parts]] = MappingProxyType(
    {
        "first-tip": _TIP,
        "mailbox-open": {**_POST, "key pair from the code": KEY_PAIR, "open the first item": OPEN},
        "reading": {
            "server": REQUEST,
            "parse the post, check its token": PARSE,
            "two key pairs: member, desk": 2 * KEY_PAIR,
            "keeper: outer lock": OPEN,
            "keeper: entry": APPEND,
            "inner lock": OPEN,
            "open the item": OPEN,
        },
        "file-50mb": {
            **_TIP,
            "key pair of the file": KEY_PAIR,
            "two slips of the file": DESKS * SLIP,
            "seal 50 MB": 1000 * FILE_MIB / STREAM,
        },
        "log-append": {"an entry, eight callers in one commit": APPEND},
        "log-verify-1m": {"a million entries into the tree": VERIFY},
        "log-proof-1m": {"a proof at a million entries": PROOF},
        "seal-identity": {
            "key pair of the item": KEY_PAIR,
            "seal the item": SEAL_CARD,
            "two slips": DESKS * SLIP,
            "the custodians' lock in each": DESKS * SEAL_CARD,
        },
        "open-identity": {
            "server": REQUEST,
            "parse the post, check its token": PARSE,
            "two key pairs: member, desk": 2 * KEY_PAIR,
            "keeper: outer lock": OPEN,
            "keeper: entry": APPEND,
            "the requester's lock": OPEN,
            "the desk's lock": OPEN,
            "open the item": OPEN,
        },
        "mint": {"a blind signature": BLIND_SIGNATURE},
        "redeem": {"the voucher's signature": PSS, "a durable commit": COMMIT},
        "pay": {"an entry, in a commit of its own": COMMIT},
    }
)


def limit_of(operation: str) -> float | None:
    """The least an operation could cost (milliseconds), or None where no price was measured."""
    parts = LIMITS.get(operation)
    return sum(parts.values()) if parts else None
