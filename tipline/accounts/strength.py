"""Whether a password that a person chose is good enough."""

from typing import Final

from zxcvbn import zxcvbn

from tipline.accounts.errors import WeakPassword

__all__ = ["WeakPassword", "check_password"]

MINIMUM: Final = 12
"""Characters; the seed under it is also locked by a key file."""
MINIMUM_SCORE: Final = 3
"""zxcvbn's own scale from 0 to 4; 3 is 10^8 guesses and more."""
_JUDGED: Final = 72
"""Characters that are looked at: zxcvbn refuses more."""


def check_password(password: str, name: str) -> None:
    """Check a new password of the member of this name.

    Raises:
        WeakPassword: shorter than twelve characters, or easy to guess.
    """
    if len(password) < MINIMUM:
        raise WeakPassword
    if zxcvbn(password[:_JUDGED], user_inputs=[name, "tipline"])["score"] < MINIMUM_SCORE:
        raise WeakPassword
