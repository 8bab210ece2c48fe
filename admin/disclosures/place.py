"""What a name is kept with: a tip or a protection case, as a desk sees it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from admin.errors import NotFound
from admin.protection.page import show_case
from admin.readings.identities import find_identities
from admin.readings.sealed import SealedItem
from admin.tip.page import TipPage, show_tip
from admin.visit import Visit
from tipline.identities.alias import alias_code
from tipline.ids import CUSTODIANS, TipId
from tipline.keeper_client import TipView
from tipline.tips.case_file import CaseFile


@dataclass(frozen=True)
class Place:
    """A tip or a case that this session may know of, and the names that are kept with it.

    Attributes:
        desk: the desk in whose list it stands, for which the session asks.
        address: of its page; `called` is what that page is called, `alias` what the person is.
        identities: the newest name that the person left, then the newest that staff wrote down, as far as
            there are any.
    """

    id: TipId
    desk: str
    address: str
    called: str
    alias: str
    view: TipView
    identities: Sequence[SealedItem]

    @property
    def case(self) -> CaseFile:
        """Where it stands, by the log."""
        return self.view.case

    @property
    def offered(self) -> Sequence[SealedItem]:
        """Those that this desk can ask for."""
        return [one for one in self.identities if one.slip]

    @property
    def came_before(self) -> Sequence[SealedItem]:
        """Those that were kept before this desk had the tip, so that no slip of them is for the desk."""
        return [one for one in self.identities if not one.slip]


Find = Callable[[Visit, str], Place]
"""Finds the place of an address, or raises `NotFound`."""


def tip_place(visit: Visit, text: str) -> Place:
    """The tip of an address.

    Raises:
        NotFound: nothing that this session may know of, or that nobody has opened or listed yet.
        KeeperError: the keeper does not answer.
    """
    page = show_tip(visit, text)
    view, identities = _names(visit, page)
    called = _("Tip %(handle)s", handle=page.handle)
    alias = _("Reporter %(code)s", code=alias_code(identities[0].id)) if identities else called
    return Place(page.id, page.tip.desk, f"/tips/{page.id.hex()}", called, alias, view, identities)


def case_place(visit: Visit, text: str) -> Place:
    """The protection case of an address.

    Raises:
        NotFound, KeeperError: as for a tip.
    """
    page = show_case(visit, text)
    view, identities = _names(visit, page.tip)
    return Place(page.id, page.tip.tip.desk, page.address, page.alias, page.alias, view, identities)


def _names(visit: Visit, page: TipPage) -> tuple[TipView, Sequence[SealedItem]]:
    """Where it stands, and its names. No custodian, who decides about names, asks for one."""
    view = page.view
    if view is None or not view.claim or CUSTODIANS in visit.member.desks:
        raise NotFound
    services = visit.services
    with services.database.reading() as session:
        return view, find_identities(session, page.id, page.tip.desk, view.claim, services.log_key)
