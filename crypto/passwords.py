"""A member's seed under their password and the key file of the admin host.

``version ‖ 16-byte salt ‖ box``. The password goes through Argon2id; its result
and the key file together give the key of the box, so a stolen database without
the key file cannot even be guessed at.

One call takes 64 MiB and 0.11 to 0.14 s: keep it off the event path and run at
most two at once. ``cryptography``'s own Argon2id is not used: with several
lanes it hangs when two threads call it.

Source: RFC 9106 (Argon2id; section 4 recommends 64 MiB, t=3, p=4 where memory is short).
"""

import unicodedata

from argon2.low_level import ARGON2_VERSION, Type, hash_secret_raw

from crypto.boxes import open_box, seal_box
from crypto.errors import BadFormat, CannotOpen
from crypto.keys import derive
from crypto.randomness import random_bytes

VERSION = b"\x01"
SALT_LENGTH = 16  # RFC 9106, section 3.1
KEY_FILE_MINIMUM = 32  # bytes; less could be guessed, and an empty file would guard nothing
MEMORY_KIB = 65_536  # RFC 9106, section 4
PASSES = 3  # RFC 9106, section 4
LANES = 4  # RFC 9106, section 4


def _key(password: str, key_file: bytes, salt: bytes) -> bytes:
    if len(key_file) < KEY_FILE_MINIMUM:
        raise BadFormat("a key file has at least 32 bytes")
    stretched = hash_secret_raw(
        # NFC: one keyboard sends é as one character, another as two.
        # surrogatepass: any text a form can hand over is a password, if a wrong one.
        secret=unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass"),
        salt=salt,
        time_cost=PASSES,
        memory_cost=MEMORY_KIB,
        parallelism=LANES,
        hash_len=32,
        type=Type.ID,
        version=ARGON2_VERSION,
    )
    return derive(stretched + key_file, "tipline/account")


def wrap(secret: bytes, password: str, key_file: bytes) -> bytes:
    """Seal ``secret`` under a password and a key file.

    Raises:
        BadFormat: the key file is shorter than 32 bytes.
    """
    start = VERSION + random_bytes(SALT_LENGTH)
    return start + seal_box(_key(password, key_file, start[1:]), secret, start)


def unwrap(wrapped: bytes, password: str, key_file: bytes) -> bytes:
    """Open what ``wrap`` made.

    Raises:
        CannotOpen: a wrong password, another key file, or altered bytes.
        BadFormat: the key file is shorter than 32 bytes.
    """
    start, box = wrapped[: 1 + SALT_LENGTH], wrapped[1 + SALT_LENGTH :]
    if start[:1] != VERSION or len(start) != 1 + SALT_LENGTH:
        raise CannotOpen("not a wrapped secret of this version")
    return open_box(_key(password, key_file, start[1:]), box, start)
