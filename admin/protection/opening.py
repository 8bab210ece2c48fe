"""Opening a case for somebody who came in person, by phone or on paper.

Whoever is at intake opens one and cannot read it afterwards.
"""

from collections.abc import Collection

from admin.entry.service import Handed, enter_tip
from admin.protection.cases import CaseRow, all_cases
from admin.protection.errors import NobodyProtects
from admin.protection.forms import CaseForm
from admin.visit import Visit
from tipline.ids import INTAKE, PROTECTION, TipId
from tipline.tips.errors import NoProtectionDesk


def known_cases(visit: Visit) -> list[CaseRow]:
    """The cases that a relative's can hang together with: for the desk that protects, and for nobody else."""
    if PROTECTION not in visit.member.desks:
        return []
    return [one for one in all_cases(visit, list_new=True) if not one.case.has_ended]


def open_case(visit: Visit, form: CaseForm, language: str, spare: TipId, known: Collection[str]) -> Handed:
    """Seal, log and store a case.

    Raises:
        AdminError: nothing was stored; the sentence says why.
        KeeperError: nothing was proved to be logged, and nothing was stored.
    """
    today = visit.services.clock.today()
    draft = form.draft(language, visit.directory.units.keys(), known)
    desk = PROTECTION if PROTECTION in visit.member.desks else INTAKE
    try:
        return enter_tip(visit, draft, form.entry.entered(today), form.entry.number(), spare, desk)
    except NoProtectionDesk as error:
        raise NobodyProtects from error
