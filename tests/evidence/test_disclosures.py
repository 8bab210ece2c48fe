"""An identity takes two people, and the log shows it: both verifiers refuse what no keeper would do."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from crypto.keys import Identity, SigningKey
from tests.evidence.logs import Log, read
from tests.evidence.packs import Packer
from tests.evidence.test_routes import Step, change, route
from tests.evidence.test_verify import failure
from tests.evidence.test_verify_log import KEY, holds, service_takes
from tests.roster.township import (
    AUDITOR,
    CITY,
    COUNTY,
    INTEGRITY,
    JUSTICE,
    OFFICE,
    POLICE,
    REGISTRAR,
    REGISTRAR_2,
    REVIEWER_A,
    REVIEWER_B,
    START,
    desk,
    genesis,
    member,
)
from tipline.evidence.verify_pack import verify_pack

CUSTODIAN, OTHER_CUSTODIAN = "m00000008", "m00000009"  # of CITY and of OFFICE
TIP: Final = "ab" * 16
HOUR, DAY = 3_600, 86_400
MIDNIGHT: Final = START + 12 * HOUR  # it begins on a Saturday at noon
ITEM: Final = {"item": "11" * 16, "hash": "22" * 32}
REASON: Final = {"item": "33" * 16, "hash": "44" * 32}
ASKED, SAID = 1, 2
"""Where the request stands in these logs, and the yes."""


def first() -> dict[str, Any]:
    """The township, with two custodians."""
    founded = genesis()
    more = [
        member(CUSTODIAN, CITY, desks=["custodians"]),
        member(OTHER_CUSTODIAN, OFFICE, desks=["custodians"]),
    ]
    return genesis(
        desks=[*founded["desks"], desk("custodians", reads=False)], members=[*founded["members"], *more]
    )


def ask(at: int = START, by: Sequence[str] = (REVIEWER_A,), **fields: Any) -> Step:
    """A request; told after, for two hours, when nothing else is said."""
    body: dict[str, Any] = {"tip": TIP, "desk": "intake", **ITEM, "ground": "testimony", "hours": 2}
    body |= {"tell": "after", "emergency": False, "reason": REASON, "body": "", "letter": ""}
    return change("disclosure", by, at, **(body | fields))


def write_down(by: Sequence[str] = (REVIEWER_A,), **fields: Any) -> Step:
    """A name that staff were told."""
    return change("identity", by, START + 1, **({"tip": TIP, "desk": "intake", **ITEM} | fields))


def framed(unit: str, **fields: Any) -> Step:
    """A request by the competent body's letter; the accused officer is of this unit."""
    return ask(ground="decision", body="b1", letter="2025-3", accused_unit=unit, **fields)


def say(
    at: int = START + 10,
    by: Sequence[str] = (CUSTODIAN,),
    *,
    approved: bool = True,
    said: int = 0,
    **fields: Any,
) -> Step:
    """A yes or a no."""
    body = {"request": ASKED, "approved": approved, "reason": REASON}
    return change("disclosure-decision", by, at, said=said, **(body | fields))


def unlock(at: int = START + 20, by: Sequence[str] = (CUSTODIAN,), request: int = ASKED) -> Step:
    return change("disclosure-unlock", by, at, request=request)


def view(at: int = START + 30, by: Sequence[str] = (REVIEWER_A,), said: int = 0, **fields: Any) -> Step:
    body: dict[str, Any] = {"request": ASKED, "tip": TIP, "desk": "intake", **ITEM}
    return change("disclosure-view", by, at, said=said, **(body | fields))


def lapse(at: int) -> Step:
    return change("disclosure-lapse", ["keeper"], at, request=ASKED)


URGENT: Final = ask(ground="life", hours=24, emergency=True)


def alert(at: int = START + 10, **fields: Any) -> Step:
    """What the keeper states behind a yes in an emergency."""
    body: dict[str, Any] = {
        "rule": "emergency-disclosure",
        "member": REVIEWER_A,
        "desk": "intake",
        "tip": TIP,
    }
    body |= {"day": "2025-03-01", "count": 1, "entries": [ASKED, SAID]}
    return change("alert", ["keeper"], at, **(body | fields))


def log_of(steps: Sequence[Step]) -> Log:
    log = Log()
    log.done(first())
    for step in steps:
        step(log)
    return log


def both_take(steps: Sequence[Step], path: Path) -> None:
    data = log_of(steps).export()
    assert holds(data, path)
    assert service_takes(data, "export")


def both_refuse(steps: Sequence[Step], words: str, path: Path, *, blamed: int = 0) -> None:
    """All steps but the last hold for both; the last one is to blame, or the entry that is named."""
    if not blamed:
        both_take(steps[:-1], path)
    data = log_of(steps).export()
    failed = failure(data)
    assert (failed.index, words in failed.sentence) == (blamed or len(steps), True), failed.sentence
    assert not holds(data, path)


# ------------------------------------------------------------------- what opens nothing

OPEN: Final = [ask(), say(), unlock()]
FIRST: Final = [ask(tell="first"), say(), unlock()]
GONE: Final = change("remove", [REGISTRAR, REVIEWER_A], START + 25, member=CUSTODIAN)


def new_keys(who: str, by: Sequence[str], at: int = START + 25) -> Step:
    key = SigningKey.from_seed(b"\x21" * 32).public.raw.hex()
    recipient = Identity.from_seed(b"\x22" * 32).recipient.text
    return change("new-keys", by, at, member=who, signing_key=key, recipient=recipient)


FORBIDDEN: Final[dict[str, tuple[list[Step], str]]] = {
    "a request without a reason": ([ask(reason={})], ""),
    "a request without a ground": ([ask(ground="curiosity")], ""),
    "a request for longer than a window may be": ([ask(hours=73)], "no such length"),
    "a request for no time": ([ask(hours=0)], "no such length"),
    "a request of which the reporter is never told": ([ask(tell="never")], ""),
    "a request for an officer without the letter": ([ask(ground="decision", body="b1")], "letter"),
    "a request for an officer by somebody of their unit": ([framed(POLICE)], "accused officer's unit"),
    "a request for an officer by somebody of the unit above": ([framed(JUSTICE)], "accused officer's unit"),
    "a request for an officer by somebody of the unit beneath": ([framed(OFFICE)], "accused officer's unit"),
    "an officer's unit where none belongs": ([ask(accused_unit=COUNTY)], "another ground"),
    "a yes for an officer by somebody of their unit": ([framed(CITY), say()], "accused officer's unit"),
    "a yes for an officer by somebody of the unit above": (
        [framed(JUSTICE, by=[INTEGRITY], desk="integrity"), say(by=[OTHER_CUSTODIAN])],
        "accused officer's unit",
    ),
    "a look by somebody who came to the officer's unit": (
        [
            framed(COUNTY),
            say(),
            unlock(),
            change(
                "member-unit",
                [REGISTRAR, INTEGRITY],
                START + 25,
                member=REVIEWER_A,
                unit=COUNTY,
                past_units=[],
                conflicts=[],
            ),
            view(),
        ],
        "accused officer's unit",
    ),
    "another identity than staff wrote down": (
        [write_down(), ask(START + 5, hash="99" * 32)],
        "another identity",
    ),
    "an identity that staff wrote down in another tip": (
        [write_down(tip="cd" * 16), ask(START + 5)],
        "another identity",
    ),
    "a name written down by who holds no such desk": ([write_down(by=[CUSTODIAN])], ""),
    "a name written down by whom the route excludes": (
        [route([REVIEWER_A], START, [JUSTICE]), write_down(by=[REVIEWER_B])],
        "excludes a unit",
    ),
    "a letter where none belongs": ([ask(letter="2025-1", body="b1")], "letter"),
    "an emergency that is none": ([ask(ground="reward", hours=24, emergency=True)], "no emergency"),
    "an emergency of three days": ([ask(ground="life", hours=72, emergency=True)], "no emergency"),
    "an emergency that waits": ([ask(ground="life", hours=24, emergency=True, tell="first")], "no emergency"),
    "a request by two": ([ask(by=[REVIEWER_A, REVIEWER_B])], "alone"),
    "a request by a custodian": ([ask(by=[CUSTODIAN], desk="custodians")], ""),
    "a request by somebody who became a custodian": (
        [
            change("grant", [REGISTRAR, CUSTODIAN], START, member=REVIEWER_A, desk="custodians"),
            ask(START + 1),
        ],
        "custodian",
    ),
    "a request at a desk that the route does not name": (
        [route([INTEGRITY], START, desk="integrity", desks=["integrity"]), ask(START + 1)],
        "this desk",
    ),
    "a request from an excluded unit": (
        [route([REVIEWER_A], START, [JUSTICE]), ask(START + 1, by=[REVIEWER_B])],
        "excludes a unit",
    ),
    "a request about an erased tip": (
        [change("erase", ["keeper"], START, tips=[TIP]), ask(START + 1)],
        "erased",
    ),
    "a yes to nothing": ([say(request=0)], "not made"),
    "a yes to no request": ([ask(), say(request="1")], ""),
    "a yes without a reason": ([ask(), say(reason={})], ""),
    "neither yes nor no": ([ask(), say(approved="perhaps")], ""),  # type: ignore[arg-type]
    "a yes by who asked": (
        [
            ask(),
            change("revoke", [REGISTRAR], START + 5, member=REVIEWER_A, desk="intake"),
            change("grant", [REGISTRAR, CUSTODIAN], START + 6, member=REVIEWER_A, desk="custodians"),
            say(by=[REVIEWER_A]),
        ],
        "what they asked for",
    ),
    "a yes by who is no custodian": ([ask(), say(by=[REVIEWER_B])], "custodian"),
    "a yes by an auditor": ([ask(), say(by=[AUDITOR])], "custodian"),
    "a yes by two custodians": ([ask(), say(by=[CUSTODIAN, OTHER_CUSTODIAN])], "alone"),
    "a yes by who reads the tip": (
        [
            ask(),
            change("grant", [REGISTRAR, REVIEWER_A], START + 5, member=CUSTODIAN, desk="intake"),
            say(),
        ],
        "reads the tip",
    ),
    "a yes by who reads the tip at another desk of its route": (
        [
            ask(),
            route([REVIEWER_A], START + 1, desks=["intake", "integrity"]),
            change("grant", [REGISTRAR, INTEGRITY], START + 2, member=CUSTODIAN, desk="integrity"),
            say(),
        ],
        "reads the tip",
    ),
    "a yes by a custodian of an excluded unit": (
        [ask(), route([REVIEWER_A], START + 1, [CITY]), say()],
        "excludes a unit",
    ),
    "a no by a custodian of an excluded unit": (
        [ask(), route([REVIEWER_A], START + 1, [CITY]), say(approved=False)],
        "excludes a unit",
    ),
    "a yes to somebody who left": (
        [ask(), change("remove", [REGISTRAR], START + 1, member=REVIEWER_A), say()],
        "any more",
    ),
    "a yes to somebody whom the tip excludes by now": (
        [ask(by=[REVIEWER_B]), route([REVIEWER_A], START + 1, [JUSTICE]), say()],
        "excludes a unit",
    ),
    "a yes to a desk that the route names no more": (
        [ask(), route([REVIEWER_A], START + 1, desks=["integrity"]), say()],
        "this desk",
    ),
    "a second yes": ([ask(), say(), say(START + 11)], "before"),
    "a yes after a no": ([ask(), say(approved=False), say(START + 11)], "before"),
    "a yes after five working days": ([ask(), say(START + 9 * DAY)], "time for a decision"),
    "a yes after it had lapsed": (
        [ask(), lapse(START + 9 * DAY), say(START + 9 * DAY + 1, said=START + 9 * DAY)],
        "",
    ),
    "a lapse before its time": ([ask(), lapse(START + 6 * DAY)], "still be decided"),
    "a lapse of what was decided": ([ask(), say(), lapse(START + 9 * DAY)], "still be decided"),
    "an unlock before the yes": ([ask(), unlock()], "said yes"),
    "an unlock after a no": ([ask(), say(approved=False), unlock()], "said yes"),
    "an unlock by another custodian": (
        [ask(), say(), unlock(by=[OTHER_CUSTODIAN])],
        "another than who said yes",
    ),
    "an unlock by who asked": ([ask(), say(), unlock(by=[REVIEWER_A])], "custodian"),
    "an unlock after the window": ([ask(), say(), unlock(START + 10 + 2 * HOUR)], "over"),
    "an unlock of nothing": ([unlock(request=0)], "not made"),
    "a view before the yes": ([ask(), view()], "said yes"),
    "a view after a no": ([ask(), say(approved=False), view()], "said yes"),
    "a view of a request that lapsed": (
        [ask(), lapse(START + 9 * DAY), view(START + 9 * DAY + 1)],
        "said yes",
    ),
    "a view of nothing": ([view(request=7)], "not made"),
    "a view by another member of the desk": ([*OPEN, view(by=[REVIEWER_B])], "another than who asked"),
    "a view by the custodian": ([*OPEN, view(by=[CUSTODIAN])], ""),
    "a view of another identity": ([*OPEN, view(item="55" * 16)], "another identity"),
    "a view of another version": ([*OPEN, view(hash="55" * 32)], "another identity"),
    "a view of another tip": ([*OPEN, view(tip="cd" * 16)], "another identity"),
    "a view after the window": ([*OPEN, view(START + 10 + 2 * HOUR)], "over"),
    "a view before the next day when the reporter is told first": (
        [*FIRST, view(MIDNIGHT - 1)],
        "not begun",
    ),
    "a view after the window of the next day": ([*FIRST, view(MIDNIGHT + 2 * HOUR)], "over"),
    "a view when who said yes has left": ([*OPEN, GONE, view()], "any more"),
    "a view when who asked has left the desk": (
        [*OPEN, change("revoke", [REGISTRAR], START + 25, member=REVIEWER_A, desk="intake"), view()],
        "",
    ),
    "a view when who asked has become a custodian": (
        [
            *OPEN,
            change("grant", [REGISTRAR, CUSTODIAN], START + 25, member=REVIEWER_A, desk="custodians"),
            view(),
        ],
        "custodian",
    ),
    "a view when who said yes has come to a desk that reads the tip": (
        [
            *OPEN,
            change("grant", [REGISTRAR, REVIEWER_A], START + 25, member=CUSTODIAN, desk="intake"),
            view(),
        ],
        "reads the tip",
    ),
    "an unlock when who asked is of an excluded unit by now": (
        [ask(by=[REVIEWER_B]), say(), route([REVIEWER_A], START + 15, [JUSTICE]), unlock()],
        "excludes a unit",
    ),
    "a view when who said yes is of an excluded unit": (
        [*OPEN, route([REVIEWER_A], START + 25, [CITY]), view()],
        "excludes a unit",
    ),
    "a view when the route names the desk no more": (
        [*OPEN, route([REVIEWER_A], START + 25, desks=["integrity"]), view()],
        "this desk",
    ),
    "a view when who said yes has other keys": (
        [
            *OPEN,
            new_keys(CUSTODIAN, [REGISTRAR, REGISTRAR_2]),
            change("regrant", [OTHER_CUSTODIAN], START + 26, member=CUSTODIAN, desk="custodians"),
            view(),
        ],
        "other keys",
    ),
    "an unlock when who asked has left": (
        [ask(), say(), change("remove", [REGISTRAR], START + 15, member=REVIEWER_A), unlock()],
        "any more",
    ),
    "an emergency opened after its day": ([URGENT, say(), alert(), view(START + 10 + DAY)], "over"),
    "a custodian's reading of a tip": (
        [change("read", [CUSTODIAN], START, tip=TIP, desk="custodians", purpose="triage", items=[])],
        "nothing of a tip",
    ),
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_what_no_keeper_would_have_done_for_an_identity_is_refused_by_both_verifiers(
    name: str, tmp_path: Path
) -> None:
    steps, words = FORBIDDEN[name]
    both_refuse(steps, words, tmp_path / "file")


WITHOUT_ALERT: Final[dict[str, list[Step]]] = {
    "the log ends": [URGENT, say()],
    "a view follows": [URGENT, say(), view()],
    "it is of another member": [URGENT, say(), alert(member=REVIEWER_B)],
    "it is of another tip": [URGENT, say(), alert(tip="cd" * 16)],
    "it names other entries": [URGENT, say(), alert(entries=[ASKED])],
    "it is of another rule": [URGENT, say(), alert(rule="burst")],
    "it comes later": [URGENT, say(), unlock(), alert(START + 20)],
    "a refusal stands between": [
        URGENT,
        say(),
        lambda log: log.refused(read(9, by=[REVIEWER_B], at=START + 10), "excluded"),
        alert(),
    ],
}


@pytest.mark.parametrize("name", WITHOUT_ALERT)
def test_an_emergency_without_its_alert_is_refused_by_both_verifiers(name: str, tmp_path: Path) -> None:
    both_refuse(WITHOUT_ALERT[name], "no alert", tmp_path / "file", blamed=SAID)


# ------------------------------------------------------------------- what opens

ALLOWED: Final[dict[str, list[Step]]] = {
    "asked, allowed, unlocked twice, looked at twice": [*OPEN, unlock(START + 21), view(), view(START + 31)],
    "looked at in the last second": [*OPEN, view(START + 10 + 2 * HOUR - 1)],
    "told first, and looked at from midnight on": [*FIRST, view(MIDNIGHT), view(MIDNIGHT + 2 * HOUR - 1)],
    "refused": [ask(), say(approved=False)],
    "refused, and asked again": [
        ask(),
        say(approved=False),
        ask(START + 11),
        say(START + 12, request=3),
        unlock(request=3),
        view(request=3),
    ],
    "refused though who asked has left": [
        ask(),
        change("remove", [REGISTRAR], START + 1, member=REVIEWER_A),
        say(approved=False),
    ],
    "decided on the last day": [ask(), say(START + 6 * DAY)],
    "decided when days were off": [
        change(
            "calendar", [REGISTRAR, REVIEWER_A], START, year=2025, off=["2025-03-05", "2025-03-06"], worked=[]
        ),
        ask(START + 1),
        say(START + 10 * DAY, request=2),
    ],
    "lapsed": [ask(), lapse(START + 7 * DAY)],
    "an emergency with its alert": [URGENT, say(), alert(), unlock(), view(), view(START + 10 + DAY - 1)],
    "a name that staff wrote down": [write_down(), ask(START + 5), say(request=2)],
    "for an officer with the letter": [framed(COUNTY), say()],
    "for an officer before requests named the unit": [
        ask(ground="decision", body="b1", letter="2025-3"),
        say(),
    ],
    "a custodian reads the reason": [
        ask(),
        change("read", [CUSTODIAN], START + 1, tip="0" * 32, desk="custodians", purpose="other", items=[]),
        say(),
    ],
    "another route that shuts out neither": [*OPEN, route([REVIEWER_A], START + 25, [COUNTY]), view()],
}


@pytest.mark.parametrize("name", ALLOWED)
def test_what_two_people_may_do_is_taken_by_both_verifiers(name: str, tmp_path: Path) -> None:
    both_take(ALLOWED[name], tmp_path / "file")


# ------------------------------------------------------------------- of a pack, what is in it


def pack_of(steps: Sequence[Step], chosen: Sequence[int]) -> bytes:
    return Packer(log_of(steps), at=START + HOUR).pack(list(chosen))


@pytest.mark.parametrize("chosen", [[1], [2], [3], [4], [1, 4], [2, 4], [1, 2, 3, 4]], ids=str)
def test_a_pack_may_hold_a_part_of_a_disclosure(chosen: list[int], tmp_path: Path) -> None:
    pack = pack_of([*OPEN, view()], chosen)
    verify_pack(pack, log_key=KEY)
    assert holds(pack, tmp_path / "file")


def test_a_pack_may_leave_out_the_alert_of_an_emergency(tmp_path: Path) -> None:
    pack = pack_of([URGENT, say(), alert(), unlock(), view()], [1, 2, 5])
    verify_pack(pack, log_key=KEY)
    assert holds(pack, tmp_path / "file")
