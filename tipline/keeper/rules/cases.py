"""What is stated about a tip's case: moves, clocks, whose it is, links, holds.

What a statement makes of a case is `tipline.tips.cases`; here stands who may state it.
"""

from collections.abc import Callable, Iterable, Sequence

from tipline.ids import INTEGRITY
from tipline.keeper.errors import Refusal
from tipline.keeper.pins import Standing
from tipline.keeper.rules.case import Case, Granted, require_desk
from tipline.keeper.rules.transfers import require_body, require_note
from tipline.keeper_client.reasons import Reason
from tipline.roster import Member
from tipline.roster.rules import is_settled
from tipline.routing import protects
from tipline.tips import cases
from tipline.tips.case_file import CaseFile
from tipline.tips.check_ins import watched
from tipline.tips.refusing import CaseRefused

Change = Callable[[CaseFile], CaseFile]


def move(case: Case) -> Granted:
    """A tip, or a protection case, goes into another state, as its table of moves allows."""
    body, detail, today, clocks = case.body, case.body["detail"], case.draft.today, case.draft.roster.clocks
    who, standing = case.only_signer(), standing_for_one(case)
    after = _or_refuse(lambda file: cases.moved(file, body, who.id, today, clocks), standing.case)
    if "of" in detail:
        other = _standing_at(case, detail["of"], [who])
        if detail["of"] == body["tip"] or other.case.protects:
            raise Refusal(Reason.NOT_ALLOWED)
    if "number" in detail:
        require_body(case, detail["body"])
        case.draft.pins.require_next_letter(detail["number"], today.year, body["desk"])
    for paper in ("receipt", "form"):
        if paper in detail:
            require_note(case, detail[paper])
    case.pin_new(body["reason"], "reason")
    if "number" in detail:
        case.draft.pins.take_letter(today.year, body["desk"])
    return changed(case, [(body["tip"], standing, after)])


def watch(case: Case) -> Granted:
    """A protected person and the desk agree on check-ins; on fewer, or on none any more, for a reason."""
    before, every = standing_for_one(case).case.watch_every, case.body["every"]
    if before and not 1 <= every <= before:
        _require_reason(case)
    return _change(case, lambda file: watched(file, case.body["every"], case.draft.today))


def pause(case: Case) -> Granted:
    """The clock of a tip stands still, for a reason, and at most for its term."""
    _require_reason(case)
    return _change(case, lambda file: cases.paused(file, case.draft.today, case.draft.roster.clocks))


def resume(case: Case) -> Granted:
    """It runs again."""
    return _change(case, lambda file: cases.resumed(file, case.draft.today, case.draft.roster.clocks))


def extend(case: Case) -> Granted:
    """Verification gets more time, once, for a reason."""
    _require_reason(case)
    return _change(case, lambda file: cases.extended(file, case.draft.roster.clocks))


def umbrella(case: Case) -> Granted:
    """An umbrella tip: its three clocks start, outside the township, where nobody who is named stops them."""
    if standing_for_one(case).route.desks != (INTEGRITY,):
        raise Refusal(Reason.NOT_ALLOWED)
    return _change(case, lambda file: cases.umbrella_begun(file, case.draft.today, case.draft.roster.clocks))


def umbrella_step(case: Case) -> Granted:
    """One of the three has happened; the reason says what."""
    _require_reason(case)
    return _change(case, lambda file: cases.umbrella_done(file, case.body["step"], case.draft.today))


def link(case: Case) -> Granted:
    """Two tips are on one matter; both mailboxes stay as they are."""
    return _link(case, cases.linked)


def unlink(case: Case) -> Granted:
    """They are not on one matter after all."""
    who = case.only_signer().id
    return _link(case, lambda file, other: cases.unlinked(file, other, who))


def assign(case: Case) -> Granted:
    """Tips are given to somebody at the desk, or to nobody: never to one who may not read them."""
    body, giver = case.body, case.only_signer()
    require_desk(giver, body["desk"])
    people = [giver]
    if body["to"]:
        taker = case.draft.roster.members.get(body["to"])
        if taker is None or not taker.holds(body["desk"]):
            raise Refusal(Reason.NOT_ALLOWED)
        people.append(taker)
    return changed(case, _each(case, people, lambda file: cases.assigned(file, body["to"])))


def close_spam(case: Case) -> Granted:
    """What is no tip at all is closed, many at once: all or none."""
    closer = case.only_signer()
    require_desk(closer, case.body["desk"])
    _require_reason(case)
    today, clocks = case.draft.today, case.draft.roster.clocks
    after = _each(case, [closer], lambda file: cases.closed_as_spam(file, closer.id, today, clocks))
    case.pin_new(case.body["reason"], "reason", tip=case.body["tips"][0])
    return changed(case, after)


def hold(case: Case) -> Granted:
    """For a legal reason a tip is not erased; two people state it."""
    return _hold(case, on=True)


def unhold(case: Case) -> Granted:
    """It may be erased again; two people too."""
    return _hold(case, on=False)


def standing_for_one(case: Case) -> Standing:
    """Where the tip stands, for one member who may read it now.

    Raises:
        Refusal: the signer does not hold the desk, or the tip's route keeps them out.
    """
    member = case.only_signer()
    require_desk(member, case.body["desk"])
    return _standing_at(case, case.body["tip"], [member])


def changed(case: Case, after: Iterable[tuple[str, Standing, CaseFile]]) -> Granted:
    """Put cases into the draft; their records go out with the answer."""
    rows = tuple(after)
    for tip, standing, file in rows:
        case.draft.pins.put_tip(bytes.fromhex(tip), standing.with_case(file))
    return Granted(cases=tuple((tip, file) for tip, _, file in rows))


def _change(case: Case, change: Change) -> Granted:
    standing = standing_for_one(case)
    after = _or_refuse(change, standing.case)
    case.pin_new(case.body["reason"], "reason")
    return changed(case, [(case.body["tip"], standing, after)])


def _each(case: Case, people: Sequence[Member], change: Change) -> list[tuple[str, Standing, CaseFile]]:
    """Every tip that the statement names, with its case afterwards: all, or the whole is refused."""
    found = [(tip, _standing_at(case, tip, people)) for tip in case.body["tips"]]
    if len({protects(standing.route) for _, standing in found}) > 1:
        raise Refusal(Reason.NOT_ALLOWED)  # nothing in the log names a tip and a protection case together
    return [(tip, standing, _or_refuse(change, standing.case)) for tip, standing in found]


def _link(case: Case, change: Callable[[CaseFile, str], CaseFile]) -> Granted:
    here, there = case.body["tip"], case.body["to"]
    if here == there:
        raise Refusal(Reason.NOT_ALLOWED)
    standing, other = standing_for_one(case), _standing_at(case, there, [case.only_signer()])
    after = [
        (here, standing, _or_refuse(lambda file: change(file, there), standing.case)),
        (there, other, _or_refuse(lambda file: change(file, here), other.case)),
    ]
    case.pin_new(case.body["reason"], "reason")
    return changed(case, after)


def _hold(case: Case, *, on: bool) -> Granted:
    """Two people, one of them outside the desk, and neither from a unit that is excluded."""
    signers = case.signers()
    holders = [member for member in signers if case.body["desk"] in member.desks]
    if not holders:
        raise Refusal(Reason.DESK_NOT_HELD)
    if len(signers) != 2 or len(holders) != 1 or not all(map(is_settled, signers)):
        raise Refusal(Reason.TWO_SIGNATURES)
    _require_reason(case)
    standing = _standing_at(case, case.body["tip"], signers)
    after = _or_refuse(lambda file: cases.held(file, on=on), standing.case)
    case.pin_new(case.body["reason"], "reason")
    return changed(case, [(case.body["tip"], standing, after)])


def _standing_at(case: Case, tip: str, people: Iterable[Member]) -> Standing:
    """Where a tip of this desk stands, for people who may all know of it."""
    standing = case.standing(tip)
    case.require_desk_reads(standing.route)
    case.require_not_excluded(people, standing.route.excluded)
    return standing


def _require_reason(case: Case) -> None:
    if not case.body["reason"]:
        raise Refusal(Reason.NOT_ALLOWED)


def _or_refuse(change: Change, file: CaseFile) -> CaseFile:
    try:
        return change(file)
    except CaseRefused as refused:
        raise Refusal(Reason(refused.reason)) from refused
