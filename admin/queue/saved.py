"""Views of the list that a member keeps under a name: filters and order, never searched words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from admin.queue.choice import Choice
from admin.queue.errors import NoViewName, TooManyViews
from admin.queue.models import SavedViews
from crypto import canonical, padding
from crypto.boxes import open_box, seal_box
from crypto.errors import CryptoError
from crypto.keys import derive
from tipline.accounts.types import UnlockedMember
from tipline.database import Database

MAX_VIEWS: Final = 20
MAX_NAME: Final = 40
_INFO: Final = "tipline/saved-views"


@dataclass(frozen=True)
class SavedView:
    """A name and what it stands for."""

    name: str
    choice: Choice


def saved_views(session: Session, member: UnlockedMember) -> tuple[SavedView, ...]:
    """The views that a member keeps, in the order in which they came.

    A box that does not open counts as none: the member has new keys, or somebody wrote over it.
    """
    row = session.get(SavedViews, member.id)
    if row is None:
        return ()
    try:
        data = padding.unpad(open_box(_key(member), row.box, _context(member)))
        views = canonical.decode(data)["views"]
    except (CryptoError, KeyError):
        return ()
    return tuple(SavedView(one["name"], Choice.read(one["chosen"])) for one in views)


def save_view(database: Database, member: UnlockedMember, name: str, choice: Choice) -> None:
    """Keep a view; one of the same name is replaced.

    Raises:
        NoViewName: empty or too long.
        TooManyViews: there is no room for another.
    """
    name = " ".join(name.split())
    if not 1 <= len(name) <= MAX_NAME:
        raise NoViewName

    def add(views: tuple[SavedView, ...]) -> tuple[SavedView, ...]:
        others = tuple(view for view in views if view.name != name)
        if len(others) >= MAX_VIEWS:
            raise TooManyViews
        return (*others, SavedView(name, choice))

    _change(database, member, add)


def drop_view(database: Database, member: UnlockedMember, name: str) -> None:
    """Keep a view no longer."""
    _change(database, member, lambda views: tuple(view for view in views if view.name != name))


def _change(
    database: Database,
    member: UnlockedMember,
    change: Callable[[tuple[SavedView, ...]], tuple[SavedView, ...]],
) -> None:
    with database.writing() as session:
        views = change(saved_views(session, member))
        fields = {"views": [{"name": view.name, "chosen": view.choice.chosen} for view in views]}
        data = padding.pad(canonical.encode(fields), padding.CARD_FLOOR)
        session.merge(SavedViews(member_id=member.id, box=seal_box(_key(member), data, _context(member))))


def _key(member: UnlockedMember) -> bytes:
    return derive(member.seed.seed, _INFO)


def _context(member: UnlockedMember) -> bytes:
    return canonical.encode({"member": member.id})
