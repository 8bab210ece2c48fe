"""What stands inside a tip's sealed items: the text, the card, the messages.

All are canonical JSON, so that two programs agree on every byte.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from crypto.canonical import decode, encode
from crypto.errors import BadFormat
from crypto.keys import Recipient
from crypto.policies import Route
from tipline.protection.asking import Asking
from tipline.tips.categories import Category, Channel, Official, Urgency
from tipline.tips.tags import Tag, from_fields, to_fields
from tipline.tips.topics import Topic, in_order

FORMAT = 1
MAX_TEXT_BYTES = 65_536
"""The longest text of one item, as UTF-8."""


@dataclass(frozen=True)
class FileEntry:
    """A file that belongs to a text: item and digest (hex), name, bytes, media type.

    `hidden` says what became of its hidden data: a `HiddenData`, "" in what older versions wrote.
    """

    item: str
    digest: str
    name: str
    size: int
    media_type: str
    hidden: str = ""


@dataclass(frozen=True)
class Entered:
    """How a tip came that a member of staff typed in.

    `came_on` is the day of the letter or the talk, `original` where the paper is kept.
    """

    channel: Channel
    came_on: date
    original: str = ""


@dataclass(frozen=True)
class TipText:
    """The first item of a tip: the answers, and what binds the reporter to it.

    `received` is when the tip came, in UTC: it stands here and nowhere in clear. `entered` is None for what
    a reporter typed, `asking` for what is no protection case.
    """

    description: str
    category: Category
    unit: str
    official: Official
    exclude: tuple[str, ...]
    exclude_text: str
    urgency: Urgency
    language: str
    received: datetime
    recipient: Recipient
    claim: bytes
    route: Route
    files: tuple[FileEntry, ...] = ()
    entered: Entered | None = None
    asking: Asking | None = None

    def encode(self) -> bytes:
        """Canonical JSON; `entered` and `asking` are left out where they are None."""
        return encode(
            {
                "v": FORMAT,
                "description": self.description,
                "category": self.category,
                "unit": self.unit,
                "official": self.official,
                "exclude": list(self.exclude),
                "exclude_text": self.exclude_text,
                "urgency": self.urgency,
                "language": self.language,
                "received": self.received.isoformat(timespec="seconds"),
                # Not as bech32, which takes a tenth of what sealing the whole tip does.
                "recipient": b64encode(self.recipient.raw).decode(),
                "claim": self.claim.hex(),
                "route": {"desks": list(self.route.desks), "excluded": list(self.route.excluded)},
                "files": _from_files(self.files),
                **_entered_fields(self.entered),
                **({"asking": self.asking.to_fields()} if self.asking else {}),
            }
        )

    @classmethod
    def decode(cls, data: bytes) -> "TipText":
        """Read the answers.

        Raises:
            BadFormat: not a tip's text.
        """
        fields = decode(data)
        try:
            return cls(
                description=_text(fields, "description"),
                category=Category(_text(fields, "category")),
                unit=_text(fields, "unit"),
                official=Official(_text(fields, "official")),
                exclude=tuple(fields["exclude"]),
                exclude_text=_text(fields, "exclude_text"),
                urgency=Urgency(_text(fields, "urgency")),
                language=_text(fields, "language"),
                received=datetime.fromisoformat(_text(fields, "received")),
                recipient=Recipient(b64decode(_text(fields, "recipient"), validate=True)),
                claim=bytes.fromhex(_text(fields, "claim")),
                route=Route(tuple(fields["route"]["desks"]), tuple(fields["route"]["excluded"])),
                files=_to_files(fields["files"]),
                entered=_entered(fields.get("entered")),
                asking=Asking.from_fields(fields["asking"]) if "asking" in fields else None,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise BadFormat("not a tip's text") from error


@dataclass(frozen=True)
class Card:
    """What a desk's list shows of a tip.

    `tags` are the desk's, added when the card is listed; `tagged` is the item that holds them (hex), empty
    when there is none. `asking` is that of a protection case.
    """

    category: Category
    unit: str
    official: Official
    urgency: Urgency
    files: int
    language: str
    day: date
    tags: tuple[Tag, ...] = ()
    tagged: str = ""
    asking: Asking | None = None

    def encode(self) -> bytes:
        """Canonical JSON; tags and `asking` are left out where there are none."""
        fields: dict[str, Any] = {
            "v": FORMAT,
            "category": self.category,
            "unit": self.unit,
            "official": self.official,
            "urgency": self.urgency,
            "files": self.files,
            "language": self.language,
            "day": self.day.isoformat(),
        }
        if self.tags:
            fields["tags"] = to_fields(self.tags)
        if self.tagged:
            fields["tagged"] = self.tagged
        if self.asking:
            fields["asking"] = self.asking.to_fields()
        return encode(fields)

    @classmethod
    def decode(cls, data: bytes) -> "Card":
        """Read a card.

        Raises:
            BadFormat: not a card.
        """
        fields = {"tags": [], "tagged": ""} | decode(data)
        try:
            return cls(
                category=Category(_text(fields, "category")),
                unit=_text(fields, "unit"),
                official=Official(_text(fields, "official")),
                urgency=Urgency(_text(fields, "urgency")),
                files=int(fields["files"]),
                language=_text(fields, "language"),
                day=date.fromisoformat(_text(fields, "day")),
                tags=from_fields(fields["tags"]),
                tagged=_text(fields, "tagged"),
                asking=Asking.from_fields(fields["asking"]) if "asking" in fields else None,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise BadFormat("not a card") from error


@dataclass(frozen=True)
class Message:
    """One message of the thread, from the reporter or from a desk.

    `topic` says what it is about: a `Topic`, or a word of a later version. `answers` maps a question's
    name to what was answered, `files` are those that came with it, and `sending` (hex) tells which form
    brought them, so that the same form sent twice is one message.
    """

    text: str
    day: date
    topic: str = Topic.MESSAGE
    answers: Mapping[str, str] = field(default_factory=dict)
    files: tuple[FileEntry, ...] = ()
    sending: str = ""

    def encode(self) -> bytes:
        """Canonical JSON; what is empty is left out, so a plain message has text and day alone."""
        fields: dict[str, Any] = {"v": FORMAT, "text": self.text, "day": self.day.isoformat()}
        if self.topic:
            fields["topic"] = str(self.topic)
        if self.answers:
            fields["answers"] = dict(self.answers)
        if self.files:
            fields["files"] = _from_files(self.files)
        if self.sending:
            fields["sending"] = self.sending
        return encode(fields)

    @classmethod
    def decode(cls, data: bytes) -> "Message":
        """Read a message.

        Raises:
            BadFormat: not a message.
        """
        fields = {"topic": "", "answers": {}, "files": [], "sending": ""} | decode(data)
        try:
            return cls(
                text=_text(fields, "text"),
                day=date.fromisoformat(_text(fields, "day")),
                topic=_text(fields, "topic"),
                answers=in_order({name: _text(fields["answers"], name) for name in fields["answers"]}),
                files=_to_files(fields["files"]),
                sending=_text(fields, "sending"),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise BadFormat("not a message") from error


def _from_files(files: tuple[FileEntry, ...]) -> list[dict[str, Any]]:
    return [
        {"item": f.item, "digest": f.digest, "name": f.name, "size": f.size, "type": f.media_type}
        | ({"hidden": f.hidden} if f.hidden else {})
        for f in files
    ]


def _to_files(files: list[dict[str, Any]]) -> tuple[FileEntry, ...]:
    return tuple(
        FileEntry(f["item"], f["digest"], f["name"], f["size"], f["type"], str(f.get("hidden", "")))
        for f in files
    )


def _entered_fields(entered: Entered | None) -> dict[str, Any]:
    if entered is None:
        return {}
    how = {"channel": entered.channel, "came_on": entered.came_on.isoformat(), "original": entered.original}
    return {"entered": how}


def _entered(fields: dict[str, Any] | None) -> Entered | None:
    if fields is None:
        return None
    return Entered(
        channel=Channel(_text(fields, "channel")),
        came_on=date.fromisoformat(_text(fields, "came_on")),
        original=_text(fields, "original"),
    )


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields[name]
    if not isinstance(value, str):
        raise TypeError(name)
    return value
