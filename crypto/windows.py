"""The block that lies under the keeper's lock in an identity that was put back: whose it is, and until when.

It is as long as a policy, so that ``tail -c +1025`` opens both by hand. Its tag and its fields are its own:
neither can be taken for the other.
"""

import re
from dataclasses import asdict, dataclass

from crypto import canonical
from crypto.errors import BadFormat

WINDOW_LENGTH = 1_024
_VERSION = 1
_TAG = "tipline-window"
_ID = re.compile(r"[a-z][a-z0-9-]{0,39}")
_HEX_32 = re.compile(r"[0-9a-f]{32}")
_HEX_64 = re.compile(r"[0-9a-f]{64}")
_FIELDS: dict[str, type] = {
    "item": str,
    "digest": str,
    "tip": str,
    "desk": str,
    "epoch": int,
    "requester": str,
    "request": int,
    "until": int,
}


@dataclass(frozen=True, slots=True)
class Window:
    """What was approved: one member may look at one identity, at one desk, until a moment.

    Attributes:
        item: the identity's id, 32 hex digits.
        digest: SHA-256 of the sealed identity, 64 hex digits.
        tip: the tip's id, 32 hex digits.
        desk: the desk whose lock is innermost.
        epoch: which of the desk's keys that is.
        requester: the id of the member whose lock is around it.
        request: the index of their request in the log.
        until: when the window closes, in Unix seconds.

    Raises:
        BadFormat: a field of another form.
    """

    item: str
    digest: str
    tip: str
    desk: str
    epoch: int
    requester: str
    request: int
    until: int

    def __post_init__(self) -> None:
        if any(type(getattr(self, name)) is not kind for name, kind in _FIELDS.items()):
            raise BadFormat("a window has other fields")
        ids = _HEX_32.fullmatch(self.item) and _HEX_32.fullmatch(self.tip) and _HEX_64.fullmatch(self.digest)
        names = _ID.fullmatch(self.desk) and _ID.fullmatch(self.requester)
        if not (ids and names and min(self.epoch, self.request, self.until) >= 0):
            raise BadFormat("a window has a field of a wrong form")

    def encode(self) -> bytes:
        """Exactly 1,024 bytes: canonical JSON, then zeros. Every window has room.

        Raises:
            BadFormat: a number beyond 2^53.
        """
        return canonical.encode({"v": _VERSION, "tag": _TAG, **asdict(self)}).ljust(WINDOW_LENGTH, b"\0")

    @classmethod
    def decode(cls, block: bytes) -> "Window":
        """Read a block of 1,024 bytes.

        Raises:
            BadFormat: another length, other fields, or not what ``encode`` writes.
        """
        if len(block) != WINDOW_LENGTH:
            raise BadFormat("a window has 1,024 bytes")
        fields = canonical.decode(block.rstrip(b"\0"))
        if fields.keys() != {"v", "tag", *_FIELDS}:
            raise BadFormat("a window has other fields")
        version, tag = fields.pop("v"), fields.pop("tag")
        if type(version) is not int or (version, tag) != (_VERSION, _TAG):
            raise BadFormat("a window has another tag or an unknown version")
        return cls(**fields)
