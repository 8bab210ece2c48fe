"""What the two sites may ask of the keeper, one class each."""

from tipline.keeper_client.admin import AdminKeeper, Release
from tipline.keeper_client.errors import (
    KeeperError,
    KeeperLied,
    KeeperRolledBack,
    KeeperUnavailable,
    Refused,
)
from tipline.keeper_client.export import Export
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
    "EntryPage",
    "ExpiringTips",
    "Export",
    "KeeperError",
    "KeeperLied",
    "KeeperRolledBack",
    "KeeperUnavailable",
    "Listing",
    "Looked",
    "Reason",
    "Refused",
    "Release",
    "SeenFile",
    "SlipRequest",
    "TipView",
]
