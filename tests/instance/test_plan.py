"""A plan that is incomplete or contradicts itself is refused with a sentence that names the place."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipline.instance.errors import BadPlan
from tipline.instance.plan import held_by_one, read_plan
from tipline.trial.service import sample_plan, township

FOREIGN_UNIT = """
[[members]]
name = "stranger"
unit = "u99"
"""


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('origin = "trial.tipline.example/log"', "", '"origin" is missing'),
        ('origin = "trial.tipline.example/log"', 'origin = "a log"', "no spaces"),
        ('origin = "trial.tipline.example/log"', 'origin = "a+log"', "no plus"),
        ('id = "u3"', 'id = "u2"', 'names the unit "u2" twice'),
        ('id = "u3"', 'id = "three"', '"u" and a number'),
        ('superior = "u1"', 'superior = "u77"', "superior of unit"),
        ('name = "reviewer-b"', 'name = "reviewer-a"', "twice"),
        ('name = "reviewer-b"', 'name = "Reviewer B"', "lower-case"),
        ('roles = ["registrar"]', "roles = []", "registrar"),
        ('desks = ["integrity"]', "desks = []", 'Desk "integrity" has no member'),
        ('desks = ["integrity"]', 'desks = ["integrty"]', '"integrty"'),
        ("inside = true", 'inside = "yes"', "true or false"),
        ('names = { zh = "受理岗", en = "Intake" }', 'names = { en = "Intake" }', "names"),
        ("[[desks]]", "[desks]", "not TOML"),
    ],
)
def test_a_plan_with_a_fault_is_refused(old: str, new: str, sentence: str) -> None:
    text = sample_plan()
    assert old in text
    with pytest.raises(BadPlan, match=sentence):
        read_plan(text.replace(old, new))


def test_a_member_of_an_unknown_unit_is_refused() -> None:
    with pytest.raises(BadPlan, match='"u99"'):
        read_plan(sample_plan() + FOREIGN_UNIT)


@given(st.text(max_size=200))
def test_any_text_is_a_plan_or_is_refused(text: str) -> None:
    with pytest.raises(BadPlan):
        read_plan(text)


def test_the_sample_is_the_trials_township() -> None:
    plan = township()
    assert [member.name for member in plan.members] == [
        "registrar",
        "reviewer-a",
        "reviewer-b",
        "integrity",
        "custodian-1",
        "custodian-2",
        "protection",
        "protection-2",
        "auditor",
        "proposer",
        "verifier",
        "approver",
        "approver-2",
        "clerk-1",
        "clerk-2",
    ]
    units = {member.name: member.unit for member in plan.members}
    assert units["reviewer-a"] != units["reviewer-b"]
    outside = {unit.id for unit in plan.units if not unit.inside}
    district = ("integrity", "custodian-1", "custodian-2", "auditor", "approver", "approver-2")
    assert {units[name] for name in district} <= outside


def test_what_one_person_alone_holds_is_named() -> None:
    plan = township()
    assert "auditors" in held_by_one(plan)
    assert "intake" not in held_by_one(plan)
    assert "registrar" in held_by_one(plan)
    another = replace(plan.members[0], name="another", desks=("auditors",), roles=())
    assert "auditors" not in held_by_one(replace(plan, members=(*plan.members, another)))
