"""Rules of `crypto.hidden`, held by every secret type."""

import copy
import pickle

import pytest

from crypto.age_x25519 import X25519Identity
from crypto.hidden import Hidden
from crypto.keys import Identity, MemberSeed, SigningKey
from crypto.plaintext import Plaintext
from crypto.tracking_codes import TrackingCode

SECRET = b"0123456789abcdef0123456789abcdef"
SECRETS = [
    Identity.from_seed(SECRET),
    X25519Identity.from_seed(SECRET),
    SigningKey.from_seed(SECRET),
    MemberSeed(SECRET),
    TrackingCode.from_bytes(SECRET[:16]),
    Plaintext(SECRET),
]


@pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: type(secret).__name__)
def test_a_secret_is_never_pickled_or_copied(secret: Hidden) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="never pickled"):
            pickle.dumps(secret, protocol)
    with pytest.raises(TypeError, match="never pickled"):
        copy.deepcopy(secret)


@pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: type(secret).__name__)
def test_a_secret_hides_however_it_is_printed(secret: Hidden) -> None:
    hidden = f"{type(secret).__name__}(…)"
    assert repr(secret) == str(secret) == f"{secret}" == f"{secret:>40}" == f"{secret!r}" == hidden
    assert repr([secret]) == f"[{hidden}]"
