"""The guide to protection and names names what stands on the pages, in both languages.

Its moves, scores and numbers are those that hold.
"""

import re
from pathlib import Path
from typing import Final

import pytest
from babel.messages.pofile import read_po

from admin.app import TEMPLATES
from admin.protection.form_words import LEVELS
from tests.docs.screenshots import TARGET
from tipline.deadlines.terms import TERMS
from tipline.disclosures.terms import DECIDED_WITHIN, EMERGENCY_HOURS, LEAST_HOURS, MOST_HOURS
from tipline.protection.forms import MEASURES_IN_PLAN
from tipline.protection.scoring import Factor, suggested
from tipline.protection.states import PROTECTION_MOVES, ProtectionState
from tipline.tips.moves import DANGER_HOURS
from tipline.transitions import Move

BOLD: Final = re.compile(r"\*\*([^*]+)\*\*")
NAMED: Final = re.compile(r"\*\*([^*]+)\*\* \(([^()]+)\)")
PICTURE: Final = re.compile(r"!\[[^\]]+\]\(screenshots/([a-z0-9-]+)\.png\)")


@pytest.fixture(scope="module")
def guide(repository: Path) -> str:
    """The guide's text."""
    return (repository / "docs" / "protection.md").read_text("utf-8")


def test_every_button_that_the_guide_names_is_on_the_pages_in_both_languages(guide: str) -> None:
    words = {site: catalogue(site) for site in ("public", "admin")}
    named = NAMED.findall(guide)
    assert len(named) >= 40
    known = {(english, chinese) for site in words.values() for english, chinese in site.items()}
    assert [f"{english} ({chinese})" for english, chinese in named if (english, chinese) not in known] == []
    assert BOLD.findall(guide) == [english for english, _ in named]


def catalogue(site: str) -> dict[str, str]:
    """A site's words in Chinese."""
    folder = TEMPLATES.parent / site / "translations" / "zh_Hans" / "LC_MESSAGES"
    with (folder / "messages.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def test_the_guide_has_the_moves_of_the_table_and_no_others(guide: str) -> None:
    section = guide.partition("| from | to | needs |")[2].partition("\n\n")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    assert lines == [row(move) for move in PROTECTION_MOVES.moves]
    states = guide.partition("| state | how it goes on | by when |")[2].partition("\n\n")[0]
    named = [line.split()[1] for line in states.splitlines() if line.startswith("| ")]
    assert named == [state.value for state in ProtectionState]


def row(move: Move[ProtectionState]) -> str:
    """A move as the guide's table has it."""
    needs = ["the form that was proposed" if move.another else "its form"] if move.needs else []
    needs += ["a reason"] if move.reason_required else []
    needs += ["an answer to the person"] if move.answered else []
    needs += ["another person"] if move.another else []
    return f"| {move.source} | {move.target} | {', '.join(needs)} |"


def test_the_levels_of_the_guide_are_those_that_the_scores_suggest(guide: str) -> None:
    told = dict(re.findall(r"^\| (\d+–\d+) \| \*\*(\w+)\*\*", guide, re.MULTILINE))
    assert len(told) == len(LEVELS) - 1
    for bounds, level in told.items():
        for total in map(int, bounds.split("–")):
            assert suggested(spread(total)).value == level.lower(), bounds


def spread(total: int) -> dict[Factor, int]:
    """Five scores with a sum; the threat and what they can do come last, so that the sum alone decides."""
    left, scores = total, dict[Factor, int]()
    for factor in reversed(Factor):
        scores[factor] = min(left, 4)
        left -= scores[factor]
    return scores


def test_the_pictures_of_the_guide_are_there_and_small(guide: str) -> None:
    pictures = PICTURE.findall(guide)
    assert len(pictures) == 9
    assert [name for name in pictures if (TARGET / f"{name}.png").stat().st_size > 300_000] == []


def test_the_numbers_of_the_guide_are_those_that_hold(guide: str) -> None:
    assert f"From {LEAST_HOURS} to {MOST_HOURS} hours" in guide
    assert f"at once, for {EMERGENCY_HOURS} hours" in guide
    assert DECIDED_WITHIN == 5
    assert "within five working days" in guide


@pytest.mark.parametrize(
    ("term", "days", "sentence"),
    [
        ("asked", 0, "| the danger form | the same day; danger to life: 2 hours |"),
        ("assessing", 3, "| the risk assessment | 3 working days |"),
        ("planning", 3, "| the plan | 3 working days |"),
        ("approving", 1, "sends it back | 1 working day |"),
        ("protected", 30, "propose to end it | 30 days |"),
        ("ending", 20, "another member ends it | 20 days |"),
        ("protection-objection", 10, "For ten days you can say"),
        ("objection", 30, "for thirty days after the end"),
        ("keep-protection", 5 * 365 + 1, "erased five years later"),
    ],
)
def test_the_days_of_the_guide_are_those_of_the_clocks(
    guide: str, term: str, days: int, sentence: str
) -> None:
    assert TERMS[term].days == days
    assert sentence in guide
    assert DANGER_HOURS == 2
    assert f"up to {SPELLED[MEASURES_IN_PLAN]} measures" in guide


SPELLED: Final = {8: "eight"}
