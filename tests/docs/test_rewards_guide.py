"""The guide to rewards names what stands on the pages, in both languages, and numbers that hold."""

import re
from pathlib import Path
from typing import Final

import pytest

from tests.docs.screenshots import TARGET
from tests.docs.test_protection_guide import BOLD, NAMED, PICTURE, catalogue
from tipline.keeper.rewards.money import MOST_TRIES
from tipline.rewards.reconciling import Where
from tipline.rewards.rules import (
    APPROVE_DAYS,
    CHECK_DAYS,
    COLLECT_MONTHS,
    DEFAULT_REWARD_RULES,
    EXTENDED_MONTHS,
    PICKUP_DAYS,
    REMIND_DAYS,
    VOUCHER_YEARS,
)
from tipline.rewards.scoring import MOST_SCORE, Factor
from tipline.trial.service import township

LEAST: Final = 20


@pytest.fixture(scope="module")
def guide(repository: Path) -> str:
    """The guide's text."""
    return (repository / "docs" / "rewards.md").read_text("utf-8")


def test_every_button_that_the_guide_names_is_on_the_pages_in_both_languages(guide: str) -> None:
    known = {pair for site in ("public", "admin") for pair in catalogue(site).items()}
    named = NAMED.findall(guide)
    assert len(named) >= LEAST
    assert [f"{english} ({chinese})" for english, chinese in named if (english, chinese) not in known] == []
    assert BOLD.findall(guide) == [english for english, _ in named]


def test_the_pictures_of_the_guide_are_there_and_small(guide: str) -> None:
    pictures = PICTURE.findall(guide)
    assert len(pictures) == 8
    assert [name for name in pictures if (TARGET / f"{name}.png").stat().st_size > 300_000] == []


def test_the_numbers_of_the_guide_are_those_that_hold(guide: str) -> None:
    assert f"above {DEFAULT_REWARD_RULES.limit:,} yuan two" in guide
    assert DEFAULT_REWARD_RULES.crowd == 5
    assert "five awards can still have a voucher out" in guide
    assert DEFAULT_REWARD_RULES.share == 50
    assert "at most half" in guide
    assert f"After {REMIND_DAYS[0]}, {REMIND_DAYS[1]} and {REMIND_DAYS[2]} days" in guide
    assert f"good for {PICKUP_DAYS} days" in guide
    assert (COLLECT_MONTHS, EXTENDED_MONTHS, VOUCHER_YEARS, MOST_TRIES) == (6, 36, 3, 10)
    for words in ("(six months)", "up to three years after the grant", "ten wrong codes", "third year after"):
        assert words in guide
    assert (CHECK_DAYS, APPROVE_DAYS) == (5, 5)
    assert guide.count("Five working days.") == 2
    assert len(Factor) == 5
    assert f"score five things from 0 to {MOST_SCORE}" in guide


def test_every_kind_of_difference_has_its_advice(guide: str) -> None:
    table = guide.partition("| red | what it means | what to do |")[2].partition("\n\n")[0]
    told = re.findall(r"^\| ([a-z, ]+) \|", table, re.MULTILINE)
    assert {one for line in told for one in line.split(", ")} == {where.value for where in Where}


def test_the_members_of_the_guide_are_the_trials(guide: str) -> None:
    named = re.findall(r"`([a-z0-9-]+)`", guide.partition("Members there:")[2].partition("\n")[0])
    assert len(named) == 6
    assert set(named) <= {member.name for member in township().members}
