"""The interference register: entries and answers that are added and never changed, and reports on them.

    entry by anybody with a desk or a role ─▶ answers by the integrity desk, never by who filed it
                                          └─▶ report upward, signed by the integrity desk

Whoever is of a unit that the entry names as excluded reads neither it nor its answers, and answers nothing.
"""

from tipline.ids import AUDITORS, INTEGRITY, NO_TIP
from tipline.interference.ways import INTERFERENCE
from tipline.keeper.errors import Refusal
from tipline.keeper.registering.acts import ANSWERED, FILED, NONE, REPORTED, Act, add, entry_of, filed_at
from tipline.keeper.rules.case import Case, Granted, require_desk
from tipline.keeper_client.reasons import Reason
from tipline.roster import Member
from tipline.roster.rules import is_settled


def file(case: Case) -> Granted:
    """Somebody tells of interference; somebody else must be able to read it."""
    member, excluded = case.only_signer(), case.body["excluded"]
    if not is_settled(member) or not set(excluded) <= case.draft.roster.units.keys():
        raise Refusal(Reason.NOT_ALLOWED)
    if not _somebody_reads(case, member, frozenset(excluded)):
        raise Refusal(Reason.NOT_ALLOWED)
    item = _pin(case)
    place = case.draft.growth.next_index
    add(case.draft.rows, Act(place, FILED, NONE, item, member.id, " ".join(excluded)))
    return Granted()


def answer(case: Case) -> Granted:
    """The integrity desk says what was done; several answers may follow."""
    member = case.only_signer()
    require_desk(member, INTEGRITY)
    entry = filed_at(case.draft.rows, case.body["entry"])
    if entry is None:
        raise Refusal(Reason.NOT_ALLOWED)
    case.require_not_excluded([member], entry.kept_out)
    if member.id == entry.member:
        raise Refusal(Reason.ANOTHER_PERSON)
    item = _pin(case)
    add(case.draft.rows, Act(case.draft.growth.next_index, ANSWERED, entry.index, item, member.id))
    return Granted()


def report(case: Case) -> Granted:
    """The integrity desk reports upward."""
    member = case.only_signer()
    require_desk(member, INTEGRITY)
    add(case.draft.rows, Act(case.draft.growth.next_index, REPORTED, NONE, b"", member.id))
    return Granted()


def require_may_read(case: Case, reader: Member, item: bytes) -> None:
    """Both desks read what is not kept from a unit of the reader's.

    Raises:
        Refusal: not-allowed; excluded.
    """
    entry = entry_of(case.draft.connection, case.draft.rows, item)
    if entry is None or case.body["desk"] not in (AUDITORS, INTEGRITY):
        raise Refusal(Reason.NOT_ALLOWED)
    case.require_not_excluded([reader], entry.kept_out)


def _pin(case: Case) -> bytes:
    case.pin_new({"item": case.body["item"], "hash": case.body["hash"]}, INTERFERENCE, tip=NO_TIP.hex())
    return bytes.fromhex(case.body["item"])


def _somebody_reads(case: Case, filer: Member, excluded: frozenset[str]) -> bool:
    others = (one for one in case.draft.roster.members.values() if one.active and one.id != filer.id)
    readers = (one for one in others if not one.desks.isdisjoint((AUDITORS, INTEGRITY)))
    return any(not case.units(one) & excluded for one in readers)
