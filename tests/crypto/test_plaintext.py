"""Rules of `crypto.plaintext`."""

import traceback

import pytest

from crypto.errors import BadFormat
from crypto.plaintext import Plaintext

NOT_TEXT = b"canary \xff"


def test_what_is_no_text_is_refused_without_saying_what_it_is() -> None:
    with pytest.raises(BadFormat) as refused:
        Plaintext(NOT_TEXT).reveal_text()
    assert refused.value.__context__ is None
    assert "canary" not in "".join(traceback.format_exception(refused.value))


def test_it_leaves_through_reveal() -> None:
    plaintext = Plaintext("举报".encode())
    assert plaintext.reveal() == "举报".encode()
    assert plaintext.reveal_text() == "举报"
