"""tipline/protection/forms.py: what is refused, and what is kept."""

from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from tipline.protection.asking import Group
from tipline.protection.errors import CaseEnded, FormWrong, OfficersAlone
from tipline.protection.fields import MAX_LINE, MAX_WORDS, Wrong
from tipline.protection.forms import FORMS, form_of, forms_for, read_form, require_fits
from tipline.protection.states import FORM, PROTECTION_MOVES, ProtectionState
from tipline.tips.answers import MAX_TEXT_BYTES, Message

TODAY = date(2026, 3, 3)
YESTERDAY, TOMORROW = "2026-03-02", "2026-03-04"
PLANNED = ("what", "owner", "from", "until")
BODIES = ("court", "police")

GOOD: Mapping[str, Mapping[str, Sequence[str]]] = {
    "danger": {
        "danger_what": ["They threaten to burn the house."],
        "danger_since": [YESTERDAY],
        "danger_at_once": ["police", "escort"],
    },
    "assessment": {
        **{f"risk_{name}": ["2"] for name in ("threat", "capability", "exposure", "dependants", "triggers")},
        "risk_level": ["suggested"],
    },
    "plan": {
        "plan_what_1": ["patrol"],
        "plan_owner_1": ["Police station"],
        "plan_from_1": [YESTERDAY],
        "plan_until_1": [TOMORROW],
        "plan_consent": ["mailbox"],
    },
    "review": {"review_changed": ["Nothing."], "review_kept": ["yes"], "review_danger": ["same"]},
    "closing": {
        "closing_criteria": ["danger-over"],
        "closing_reached": ["mailbox"],
        "closing_how": ["In the mailbox."],
    },
    "incident": {
        "incident_on": [YESTERDAY],
        "incident_kinds": ["followed"],
        "incident_what": ["A car followed them."],
    },
    "measure": {"measure_what": ["escort"], "measure_state": ["done"], "measure_on": ["2026-03-03"]},
    "application": {
        "application_kind": ["contact-ban"],
        "application_body": ["court"],
        "application_number": ["2026-4"],
        "application_sent": [YESTERDAY],
        "application_due": [TOMORROW],
        "application_what": ["A ban on coming near."],
    },
    "backing": {"backing_to": ["County"], "backing_what": ["A word."], "backing_asked": [YESTERDAY]},
    "referral": {
        "referral_what": ["The photo is made up."],
        "referral_body": ["police"],
        "referral_number": ["2026-5"],
        "referral_sent": [YESTERDAY],
    },
    "clearing": {
        "clearing_what": ["That he took money."],
        "clearing_by": ["police"],
        "clearing_number": ["2026-6"],
        "clearing_on": [YESTERDAY],
        "clearing_where": ["At the morning meeting."],
    },
}


Changes = Mapping[str, Sequence[str]]


def read(form: str, changes: Changes | None = None, group: Group = Group.OFFICER) -> Message:
    """A good form with changes."""
    typed = {**GOOD[form], **(changes or {})}
    return read_form(FORMS[form], typed, TODAY, group=group, bodies=BODIES)


def wrong(form: str, changes: Changes, group: Group = Group.OFFICER) -> dict[str, Wrong]:
    """What a form with changes is refused for, by field."""
    with pytest.raises(FormWrong) as refused:
        read(form, changes, group)
    return {problem.field: problem.wrong for problem in refused.value.problems}


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_form_is_refused_and_names_each_field_that_it_needs(form: str) -> None:
    with pytest.raises(FormWrong) as refused:
        read_form(FORMS[form], {}, TODAY, group=Group.OFFICER, bodies=BODIES)
    needed = {part.name for part in FORMS[form].fields if part.required}
    assert {problem.field for problem in refused.value.problems} == needed
    assert {problem.wrong for problem in refused.value.problems} == {Wrong.MISSING}


@pytest.mark.parametrize(
    ("form", "changes", "field"),
    [
        ("danger", {"danger_at_once": ["none"]}, "danger_why_none"),
        ("assessment", {"risk_level": ["low"]}, "risk_reason"),
        ("plan", {"plan_consent": ["refused"]}, "plan_consent_why"),
        ("plan", {"plan_consent": ["cannot-ask"]}, "plan_consent_why"),
        ("review", {"review_kept": ["partly"]}, "review_kept_why"),
        ("review", {"review_kept": ["no"]}, "review_kept_why"),
        ("closing", {"closing_criteria": ["other"]}, "closing_other"),
        ("closing", {"closing_reached": ["not-reached"]}, "closing_reached_why"),
        ("measure", {"measure_state": ["stopped"]}, "measure_why"),
    ],
)
def test_a_choice_that_needs_a_reason_is_refused_without_one(form: str, changes: Changes, field: str) -> None:
    assert wrong(form, changes) == {field: Wrong.WHY}
    assert wrong(form, {**changes, field: [" \r\n "]}) == {field: Wrong.WHY}
    assert read(form, {**changes, field: ["Because."]}).answers[field] == "Because."


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ("danger", "danger_since"),
        ("incident", "incident_on"),
        ("measure", "measure_on"),
        ("application", "application_sent"),
        ("backing", "backing_asked"),
        ("referral", "referral_sent"),
        ("clearing", "clearing_on"),
    ],
)
def test_a_day_that_has_not_come_is_refused_where_something_happened(form: str, field: str) -> None:
    assert wrong(form, {field: ["2027-03-03"]})[field] is Wrong.NOT_YET
    assert field in read(form, {field: ["2026-03-03"]}).answers


@pytest.mark.parametrize(("form", "field"), [("plan", "plan_until_1"), ("review", "review_event_on")])
def test_a_day_that_has_passed_is_refused_where_something_will_be(form: str, field: str) -> None:
    assert wrong(form, {field: [YESTERDAY]})[field] is Wrong.OVER
    assert read(form, {field: ["2026-03-03"]}).answers[field] == "2026-03-03"


@pytest.mark.parametrize(
    ("form", "changes", "field"),
    [
        ("plan", {"plan_from_1": ["2026-03-09"], "plan_until_1": ["2026-03-08"]}, "plan_until_1"),
        ("application", {"application_due": ["2026-03-01"]}, "application_due"),
        (
            "application",
            {"application_answer": ["granted"], "application_answered": ["2026-03-01"]},
            "application_answered",
        ),
        (
            "referral",
            {"referral_receipt": ["A-1"], "referral_receipt_on": ["2026-03-01"]},
            "referral_receipt_on",
        ),
    ],
)
def test_an_end_before_its_beginning_is_refused(form: str, changes: Changes, field: str) -> None:
    assert wrong(form, changes) == {field: Wrong.BEFORE}


@pytest.mark.parametrize(
    "text", ["soon", "2026-2-3", "20260302", "2026-02-30", "2026-03-02T00:00", "٢٠٢٦-03-02"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    assert wrong("danger", {"danger_since": [text]}) == {"danger_since": Wrong.NO_DAY}


def test_texts_that_are_too_long_are_refused_and_the_longest_fit_an_item() -> None:
    assert wrong("danger", {"danger_what": ["字" * (MAX_WORDS + 1)]}) == {"danger_what": Wrong.TOO_LONG}
    assert wrong("backing", {"backing_to": ["字" * (MAX_LINE + 1)]}) == {"backing_to": Wrong.TOO_LONG}
    for form in FORMS:
        typed = {
            part.name: ["\U00020000" * (MAX_LINE if part.shape == "line" else MAX_WORDS)]
            for part in FORMS[form].fields
            if part.is_typed
        }
        days = {part.name: ["2026-03-03"] for part in FORMS[form].fields if part.shape == "day"}
        begun = {"application_answer": ["granted"], **days} | {
            f"plan_{name}_{row}": GOOD["plan"][f"plan_{name}_1"] for name in PLANNED for row in range(1, 9)
        }
        assert len(read(form, {**begun, **typed}).encode()) < MAX_TEXT_BYTES


@pytest.mark.parametrize(
    ("form", "field", "value"),
    [
        ("assessment", "risk_threat", ["5"]),
        ("assessment", "risk_threat", ["1 2"]),
        ("assessment", "risk_level", ["certain"]),
        ("plan", "plan_what_1", ["dragon"]),
        ("danger", "danger_at_once", ["police", "made up"]),
        ("application", "application_body", ["nobody"]),
        ("clearing", "clearing_by", [""]),
    ],
)
def test_a_choice_that_is_not_offered_is_refused(form: str, field: str, value: list[str]) -> None:
    assert wrong(form, {field: value})[field] in (Wrong.NO_CHOICE, Wrong.MISSING)


def test_nothing_and_something_are_refused_together() -> None:
    given = {"danger_at_once": ["none", "police"], "danger_why_none": ["No time."]}
    assert wrong("danger", given) == {"danger_at_once": Wrong.NONE_AND_MORE}


def test_a_row_begun_is_a_row_finished() -> None:
    assert wrong("plan", {"plan_what_3": ["escort"]}) == {
        "plan_owner_3": Wrong.UNFINISHED,
        "plan_from_3": Wrong.UNFINISHED,
    }
    assert wrong("referral", {"referral_receipt": ["A-1"]}) == {"referral_receipt_on": Wrong.UNFINISHED}
    assert wrong("application", {"application_answered": [YESTERDAY]}) == {
        "application_answer": Wrong.UNFINISHED
    }


@pytest.mark.parametrize("form", ["backing", "referral", "clearing"])
@pytest.mark.parametrize("group", [Group.REPORTER, Group.WITNESS, Group.RELATIVE])
def test_officers_forms_are_refused_in_another_groups_case(form: str, group: Group) -> None:
    with pytest.raises(OfficersAlone):
        require_fits(FORMS[form], group, ProtectionState.PROTECTED)
    assert FORMS[form] not in forms_for(group)
    assert FORMS[form] in forms_for(Group.OFFICER)


@pytest.mark.parametrize("kind", ["framing", "complaints", "interference"])
def test_what_is_done_to_officers_is_refused_in_another_groups_case(kind: str) -> None:
    assert wrong("incident", {"incident_kinds": [kind]}, Group.WITNESS) == {
        "incident_kinds": Wrong.OFFICERS_ALONE
    }
    assert read("incident", {"incident_kinds": [kind]}).answers["incident_kinds"] == kind


@pytest.mark.parametrize("form", FORMS)
def test_nothing_is_filled_in_for_a_case_that_has_ended(form: str) -> None:
    with pytest.raises(CaseEnded):
        require_fits(FORMS[form], Group.OFFICER, ProtectionState.ENDED)


# ------------------------------------------------------------------ what is kept


@pytest.mark.parametrize("form", FORMS)
def test_a_form_comes_back_from_its_note_as_it_was(form: str) -> None:
    message = read(form)
    assert Message.decode(message.encode()) == message
    assert (message.topic, message.day, message.text) == (form, TODAY, "")


def test_what_a_form_does_not_have_is_not_kept() -> None:
    more = {"plan_what_9": ["escort"], "tip": ["0" * 32], "desk": ["integrity"]}
    assert read("plan", more) == read("plan")


def test_the_score_is_kept_beside_the_level_that_somebody_chose() -> None:
    scored = {"risk_score": "10", "risk_suggested": "high", "risk_level": "high"}
    assert {name: read("assessment").answers[name] for name in scored} == scored
    other = read("assessment", {"risk_level": ["extreme"], "risk_reason": ["He was seen with a knife."]})
    assert (other.answers["risk_level"], other.answers["risk_suggested"]) == ("extreme", "high")


def test_every_move_that_needs_a_new_form_has_one_and_no_other_has() -> None:
    # Another member's move names the form that was proposed.
    own = (move for move in PROTECTION_MOVES.moves if not move.another)
    needing = {(move.source, move.target) for move in own if move.needs == FORM}
    assert {form.moves for form in FORMS.values() if form.moves} == needing
    assert all(form_of(source, target) for source, target in needing)


def test_no_field_is_in_two_forms() -> None:
    names = [part.name for form in FORMS.values() for part in form.fields]
    assert len(names) == len(set(names))
