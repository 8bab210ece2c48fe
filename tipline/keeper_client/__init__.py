"""What the two sites and the operator may ask of the keeper, one class each."""

from tipline.keeper_client.admin import AdminKeeper, Release
from tipline.keeper_client.errors import (
    EntryNotProven,
    KeeperError,
    KeeperLied,
    KeeperRolledBack,
    KeeperStopped,
    KeeperUnavailable,
    Refused,
)
from tipline.keeper_client.export import Export
from tipline.keeper_client.inventory import (
    HarmedItem,
    HeldReport,
    MailboxNotes,
    Night,
    StoredItem,
)
from tipline.keeper_client.operator import OperatorKeeper
from tipline.keeper_client.reasons import Reason
from tipline.keeper_client.seen import SeenFile
from tipline.keeper_client.types import (
    Appended,
    CardGroup,
    EntryPage,
    ExpiringTips,
    Listing,
    Looked,
    SlipRequest,
    TipView,
)

__all__ = [
    "AdminKeeper",
    "Appended",
    "CardGroup",
    "EntryNotProven",
    "EntryPage",
    "ExpiringTips",
    "Export",
    "HarmedItem",
    "HeldReport",
    "KeeperError",
    "KeeperLied",
    "KeeperRolledBack",
    "KeeperStopped",
    "KeeperUnavailable",
    "Listing",
    "Looked",
    "MailboxNotes",
    "Night",
    "OperatorKeeper",
    "Reason",
    "Refused",
    "Release",
    "SeenFile",
    "SlipRequest",
    "StoredItem",
    "TipView",
]
