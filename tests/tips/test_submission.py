"""What may be stored as a tip, and what its clear columns may tell."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from crypto.tracking_codes import TrackingCode
from tests.public.instance import Instance
from tipline.ids import UnitId, new_tip_id
from tipline.public.services import EXTENSION, Services
from tipline.routing import Route
from tipline.tips.answers import MAX_TEXT_BYTES
from tipline.tips.categories import Category, Official, Urgency
from tipline.tips.errors import NothingWritten, RouteChanged, TextTooLong, TooManyUnits
from tipline.tips.intake import Intake
from tipline.tips.submission import Sending, TipDraft, submit_tip

DRAFT = TipDraft(
    description="They take money.",
    category=Category.USURY,
    unit=UnitId(""),
    official=Official.NO,
    exclude=(),
    exclude_text="",
    urgency=Urgency.NORMAL,
    language="en",
)


@pytest.fixture
def intake(instance: Instance) -> Intake:
    use = instance.app.extensions[EXTENSION]
    assert isinstance(use, Services)
    return use.intake()


def submit(draft: TipDraft, intake: Intake) -> Sending:
    return submit_tip(draft, TrackingCode.generate(), new_tip_id(), (), intake)


def test_an_empty_or_endless_text_is_no_tip(instance: Instance, intake: Intake) -> None:
    with pytest.raises(NothingWritten):
        submit(replace(DRAFT, description="\n \t"), intake)
    with pytest.raises(TextTooLong):
        submit(replace(DRAFT, description="x" * (MAX_TEXT_BYTES + 1)), intake)
    with pytest.raises(TextTooLong):
        submit(replace(DRAFT, description="长" * (MAX_TEXT_BYTES // 3 + 1)), intake)
    assert instance.rows("select count(*) from tips")[0][0] == 0


def test_more_exclusions_than_a_slip_holds_are_refused_rather_than_dropped(
    instance: Instance, intake: Intake
) -> None:
    unit = intake.directory.units[UnitId("u2")]
    many = {UnitId(f"u{n}"): replace(unit, id=UnitId(f"u{n}"), superior=UnitId("")) for n in range(100, 200)}
    crowded = replace(intake, directory=replace(intake.directory, units=many))
    with pytest.raises(TooManyUnits):
        submit(replace(DRAFT, exclude=tuple(many)), crowded)
    assert submit(replace(DRAFT, exclude=tuple(many)[:50]), crowded) is Sending.NEW


NARROWER = (
    {"exclude": (UnitId("u3"),)},
    {"unit": UnitId("u2")},
    {"official": Official.UNSURE},
    {"exclude_text": "the driver"},
    {"category": Category.UMBRELLA},
)


@pytest.mark.parametrize("answers", NARROWER)
def test_a_second_sending_that_shuts_somebody_out_is_not_sealed_under_the_old_route(
    instance: Instance, intake: Intake, answers: dict[str, Any]
) -> None:
    code, tip = TrackingCode.generate(), new_tip_id()
    assert submit_tip(DRAFT, code, tip, (), intake) is Sending.NEW
    with pytest.raises(RouteChanged):
        submit_tip(replace(DRAFT, description="It is his cousin.", **answers), code, tip, (), intake)
    assert instance.rows("select count(*) from items")[0][0] == 2


@pytest.mark.parametrize("answers", NARROWER)
def test_a_second_sending_that_lets_more_people_read_goes_to_those_of_the_first(
    intake: Intake, answers: dict[str, Any]
) -> None:
    code, tip = TrackingCode.generate(), new_tip_id()
    first = replace(DRAFT, **answers)
    assert submit_tip(first, code, tip, (), intake) is Sending.NEW
    assert submit_tip(first, code, tip, (), intake) is Sending.SAME
    assert submit_tip(replace(first, description="More."), code, tip, (), intake) is Sending.MORE


def test_a_tip_that_was_handed_on_takes_what_the_same_form_adds(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, tip = TrackingCode.generate(), new_tip_id()
    assert submit_tip(DRAFT, code, tip, (), intake) is Sending.NEW
    handed_on = Route(("integrity",), ("u1", "u2"))
    monkeypatch.setattr("tipline.tips.submission.current_route", lambda *_: handed_on)
    for answers in ({}, {"unit": UnitId("u2")}, {"official": Official.YES}):
        draft = replace(DRAFT, description=f"More {answers}", **answers)
        assert submit_tip(draft, code, tip, (), intake) is Sending.MORE
    with pytest.raises(RouteChanged):
        submit_tip(replace(DRAFT, unit=UnitId("u3")), code, tip, (), intake)


def test_the_longest_text_is_stored(intake: Intake) -> None:
    assert submit(replace(DRAFT, description="x" * MAX_TEXT_BYTES), intake) is Sending.NEW


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 3, 3, 9, 0, tzinfo=UTC), "2026-03-03 11:00"),
        (datetime(2026, 3, 3, 9, 0, 1, tzinfo=UTC), "2026-03-03 12:00"),
        (datetime(2026, 3, 3, 22, 30, tzinfo=UTC), "2026-03-04 01:00"),
    ],
)
def test_a_danger_tip_is_due_by_the_whole_hour(
    instance: Instance, intake: Intake, now: datetime, due: str
) -> None:
    instance.clock.advance((now - instance.clock.now()).total_seconds())
    submit(replace(DRAFT, urgency=Urgency.DANGER), intake)
    assert str(instance.rows("select due_at from tips")[0][0]).startswith(due)
