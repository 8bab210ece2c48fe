"""Names of accused persons: the items that hold them, and opening them by themselves.

Each record of the keeper names the item whose place its item takes, as with tags; what stood before stays as
history.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from admin.readings.errors import NotWhatWasSealed
from admin.readings.reader import Reader
from admin.readings.sealed import SealedItem, load_items, recorded
from admin.readings.service import Signs, read_items
from admin.readings.tags import NONE_YET, chain_of
from admin.readings.thread import ACCUSED, THREAD_KINDS
from crypto.errors import CryptoError
from crypto.notes import NoteVerifier
from tipline.accused.record import AccusedPerson, AccusedRecord
from tipline.ids import TipId
from tipline.keeper_client import AdminKeeper
from tipline.tips.purposes import Purpose


@dataclass(frozen=True)
class NamesReading:
    """What was opened of a tip's names: how they once stood and how they stand now, the latter last."""

    index: int
    base: str
    versions: tuple[AccusedRecord, ...] = field(repr=False)

    @property
    def people(self) -> tuple[AccusedPerson, ...]:
        """Those who are marked now."""
        return self.versions[-1].people if self.versions else ()


def names_chain(session: Session, tip: TipId, desk: str, log_key: NoteVerifier) -> tuple[SealedItem, ...]:
    """The items of a tip's names that stood one after the other, the one that stands now last."""
    return chain_of(load_items(session, tip, desk, {ACCUSED}), log_key)


def base_of(chain: Sequence[SealedItem]) -> str:
    """The item (hex) that stands now; `NONE_YET` when there is none."""
    return chain[-1].id.hex() if chain else NONE_YET


def load_with_names(session: Session, tip: TipId, desk: str, log_key: NoteVerifier) -> tuple[SealedItem, ...]:
    """Text and thread of a tip with the names that stand now, and with items of names that are not genuine.

    The latter are left shut, and told.
    """
    items = load_items(session, tip, desk, (*THREAD_KINDS, ACCUSED))
    names = [item for item in items if item.kind == ACCUSED]
    before = {item.id for item in recorded(names, log_key)} - {
        item.id for item in chain_of(names, log_key)[-1:]
    }
    return tuple(item for item in items if item.id not in before)


def read_names(
    tip: TipId,
    chain: Sequence[SealedItem],
    reader: Reader,
    purpose: Purpose,
    keeper: AdminKeeper,
    sign: Signs,
) -> NamesReading:
    """Open the names of a tip, as one logged reading of nothing else.

    Raises:
        AdminError: the reading was refused, or what is stored is not what was sealed.
        KeeperError: nothing was proved to be logged, so nothing is shown.
    """
    read = read_items(tip, chain, reader, purpose, keeper, sign)
    try:
        versions = tuple(AccusedRecord.decode(one.content.reveal(), tip) for one in read.opened)
    except CryptoError as error:
        raise NotWhatWasSealed from error
    return NamesReading(read.index, base_of(chain), versions)
