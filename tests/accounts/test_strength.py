"""A password that a person chose is long, and not one that is guessed first."""

import pytest

from tipline.accounts.errors import WeakPassword
from tipline.accounts.strength import check_password


@pytest.mark.parametrize(
    "password",
    [
        "",
        "Tr0ub4dor&3",
        "passwordpassword",
        "aaaaaaaaaaaaaaaaaaaaaaaa",
        "qwertyuiopasdfgh",
        "reviewer-a2024",
        "reviewer-areviewer-a",
    ],
)
def test_a_password_that_is_short_or_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword):
        check_password(password, "reviewer-a")


@pytest.mark.parametrize(
    "password",
    [
        "bafeki-musula-dogero",
        "seven lanterns under the old bridge",
        "seven lanterns under the old bridge " * 4,
        "山间小路通向旧水磨坊的桥头边",
    ],
)
def test_a_password_of_words_that_do_not_belong_together_is_taken(password: str) -> None:
    check_password(password, "reviewer-a")
