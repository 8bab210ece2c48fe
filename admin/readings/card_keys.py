"""The card keys that a session was given, and the boxes that they open.

A listed card is boxed under its group's key; a group is a key of a desk and a
set of excluded units. The keys live in the session's own box, between its requests.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from crypto.keys import Identity
from tipline.ids import GroupId, TipId
from tipline.roster import Roster
from tipline.sealing import cards
from tipline.tips.answers import Card


@dataclass(frozen=True)
class GroupKey:
    """The key of one card group. `epoch` is the desk's key that it lies under."""

    desk: str
    group: GroupId
    excluded: tuple[str, ...]
    epoch: int
    identity: Identity

    @cached_property
    def box_key(self) -> bytes:
        """The key of the group's cards, 32 bytes."""
        return cards.box_key(self.identity)

    def seal_card(self, card: Card, tip: TipId, version: int) -> bytes:
        """Box a card, padded, bound to tip, group and version."""
        return cards.seal_card(self.box_key, card.encode(), tip, self.group, version)

    def open_card(self, box: bytes, tip: TipId, version: int) -> Card:
        """Open a card.

        Raises:
            CannotOpen: another tip, group or version, or altered.
            BadFormat: not a card.
        """
        return Card.decode(cards.content_of(self.opener()(box, tip, version)))

    def opener(self) -> cards.OpenCard:
        """What opens very many cards of this group, each to its padded bytes."""
        return cards.opener(self.box_key, self.group)


@dataclass(frozen=True)
class CardKeys:
    """What a session holds: group keys, the desks it has listed, the tips that were withheld from it.

    `shut` are groups that the keeper did not open to this member, so that they are not asked for again.
    """

    groups: Mapping[GroupId, GroupKey] = field(default_factory=dict)
    listed: frozenset[str] = frozenset()
    withheld: frozenset[TipId] = frozenset()
    shut: frozenset[GroupId] = frozenset()

    @classmethod
    def from_session(cls, held: Mapping[str, Any]) -> "CardKeys":
        """Read what a session keeps."""
        groups = [
            GroupKey(
                one["desk"],
                GroupId(bytes.fromhex(one["group"])),
                tuple(one["excluded"]),
                one["epoch"],
                Identity.from_seed(bytes.fromhex(one["seed"])),
            )
            for one in held.get("groups", [])
        ]
        return cls(
            {one.group: one for one in groups},
            frozenset(held.get("listed", [])),
            frozenset(TipId(bytes.fromhex(tip)) for tip in held.get("withheld", [])),
            frozenset(GroupId(bytes.fromhex(group)) for group in held.get("shut", [])),
        )

    def for_session(self) -> dict[str, Any]:
        """What a session keeps, for its box alone."""
        return {
            "groups": [
                {
                    "desk": one.desk,
                    "group": one.group.hex(),
                    "excluded": list(one.excluded),
                    "epoch": one.epoch,
                    "seed": one.identity.seed.hex(),
                }
                for one in self.groups.values()
            ],
            "listed": sorted(self.listed),
            "withheld": sorted(tip.hex() for tip in self.withheld),
            "shut": sorted(group.hex() for group in self.shut),
        }

    def joined(self, other: "CardKeys") -> "CardKeys":
        """Both together."""
        return CardKeys(
            {**self.groups, **other.groups},
            self.listed | other.listed,
            self.withheld | other.withheld,
            self.shut | other.shut,
        )

    def with_groups(self, groups: Iterable[GroupKey]) -> "CardKeys":
        """These keys and more."""
        return replace(self, groups={**self.groups, **{one.group: one for one in groups}})

    def find(self, desk: str, excluded: Collection[str], epoch: int) -> GroupKey | None:
        """The key of a desk's epoch and a set of excluded units, if it is held."""
        wanted = (desk, tuple(sorted(excluded)), epoch)
        return next((g for g in self.groups.values() if (g.desk, g.excluded, g.epoch) == wanted), None)

    def allowed(self, roster: Roster, member: str, desks: Collection[str], on: date) -> "CardKeys":
        """Those that the roster lets this member use today: a unit may have been added since."""
        kept = {
            group: one
            for group, one in self.groups.items()
            if one.desk in desks and not roster.is_excluded(member, one.excluded, on)
        }
        return replace(self, groups=kept)
