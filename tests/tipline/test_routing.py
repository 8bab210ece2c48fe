"""Whom a tip names never gets it."""

from typing import Any

import pytest

from tests.directory.signed import GENESIS, ORIGIN, note, pin
from tipline.directory.types import Directory, open_directory
from tipline.ids import UnitId
from tipline.routing import route_for
from tipline.tips.categories import Category, Official
from tipline.tips.errors import NobodyMayRead


@pytest.fixture
def directory() -> Directory:
    return open_directory(note(), pin().log_key, ORIGIN, GENESIS)


def route(directory: Directory, **changes: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    answers: dict[str, Any] = {
        "category": Category.VICE,
        "official": Official.NO,
        "unit": None,
        "exclude": (),
        "exclude_text": "",
        **changes,
    }
    made = route_for(directory, **answers)
    return made.desks, made.excluded


def test_a_named_unit_and_those_above_it_are_excluded(directory: Directory) -> None:
    assert route(directory, unit=UnitId("u3"))[1] == ("u1", "u3")
    assert route(directory, unit=UnitId("u10"))[1] == ("u1", "u10", "u2")


def test_who_must_not_see_it_is_excluded_too(directory: Directory) -> None:
    assert route(directory, unit=UnitId("u2"), exclude=(UnitId("u3"),))[1] == ("u1", "u2", "u3")


def test_a_named_unit_outside_the_township_is_excluded_alone(directory: Directory) -> None:
    assert route(directory, unit=UnitId("u9"))[1] == ("u9",)


def test_a_unit_that_nobody_knows_excludes_nobody(directory: Directory) -> None:
    assert route(directory, unit=UnitId("other"))[1] == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"unit": UnitId("u9"), "official": Official.YES},
        {"exclude": (UnitId("u2"), UnitId("u3"), UnitId("u9"))},
    ],
    ids=["integrity's own unit, on an official", "everybody"],
)
def test_a_tip_that_nobody_may_read_is_not_taken(directory: Directory, changes: dict[str, Any]) -> None:
    with pytest.raises(NobodyMayRead):
        route(directory, **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"official": Official.YES},
        {"official": Official.UNSURE},
        {"category": Category.UMBRELLA},
        {"exclude_text": "the man who drives the mayor"},
        {"exclude": (UnitId("u2"), UnitId("u3"))},
    ],
    ids=["official", "not sure", "protectors", "somebody no roster knows", "the whole desk"],
)
def test_such_a_tip_never_reaches_a_township_desk(directory: Directory, changes: dict[str, Any]) -> None:
    assert route(directory, **changes)[0] == ("integrity",)


def test_an_ordinary_tip_goes_to_intake(directory: Directory) -> None:
    assert route(directory, unit=UnitId("u3")) == (("intake",), ("u1", "u3"))
