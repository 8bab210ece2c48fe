"""The roster at one index of the log: what replaying its statements up to there gives.

The keeper decides by it, both sites ask it, and the verifier builds it again from an export. It rests on
nothing but statements: signatures are checked by the caller (`Roster.key_of`), rules are checked here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, Self

from crypto.keys import Recipient, VerifyKey
from crypto.log_keys import CHAIN, Link
from crypto.mldsa import MldsaVerifyKey
from tipline.alerts.rules import DEFAULT_RULES, RuleBook
from tipline.deadlines import DEFAULT_CLOCKS, Clocks
from tipline.ids import DeskId, UnitId
from tipline.rewards.rules import DEFAULT_REWARD_RULES, RewardRules
from tipline.roster.bodies import (
    BASE_FIELDS,
    listed,
    malformed,
    read_desk,
    read_member,
    read_recipient,
    read_unit,
    read_verify_key,
    require_fields,
    write_desk,
    write_unit,
)
from tipline.roster.changes import CHANGES, check_member, check_units
from tipline.roster.combinations import Profile
from tipline.roster.competent import Body
from tipline.roster.errors import RosterRefused
from tipline.roster.log_keys import PastLogKey, read_second_key, with_past
from tipline.roster.points import Point, write_points
from tipline.roster.rewards import write_mint_keys
from tipline.roster.rules import DUTIES, KEEPER
from tipline.roster.subjects import stated_on
from tipline.roster.types import Desk, Member, Unit
from tipline.roster.witnesses import NO_WITNESSES, WitnessPolicy
from tipline.roster.working_time import write_clocks

GENESIS: Final = "genesis"
PAST_YEARS: Final = 5
"""How long a unit that a member left still counts as theirs."""


@dataclass(frozen=True)
class Roster:
    """Units, desks and members by id, and the keys that statements rest on.

    It is never changed: `apply` gives another. `version` is the index of the last entry that changed it,
    `profile` is None where the first entry is from before there were profiles. `lost` is how many entries
    acknowledged rollbacks took, `lost_heads` size and root (hex) of each head that went with them,
    `acknowledged` the nonces of all acknowledgements, and `unwitnessed_since` when (Unix seconds) two people
    last let the log go on without its witnesses; 0 for never. `log_key_pq` is
    None in a log from before it had a second key, until a `log-key` statement brings one; `past_log_keys` are
    the pairs before the present one, the oldest first. `mint_keys` has for each year pairs of a voucher's
    value and its key's modulus (768 hex digits), ascending.
    """

    origin: str
    keeper: Recipient
    log_key: VerifyKey
    units: Mapping[str, Unit]
    desks: Mapping[str, Desk]
    members: Mapping[str, Member] = field(repr=False)
    version: int = 0
    clocks: Clocks = DEFAULT_CLOCKS
    bodies: Mapping[str, Body] = field(default_factory=dict)
    profile: Profile | None = None
    lost: int = 0
    lost_heads: frozenset[tuple[int, str]] = frozenset()
    acknowledged: tuple[str, ...] = ()
    unwitnessed_since: int = 0
    log_key_pq: MldsaVerifyKey | None = None
    past_log_keys: tuple[PastLogKey, ...] = ()
    alert_rules: RuleBook = DEFAULT_RULES
    witnesses: WitnessPolicy = NO_WITNESSES
    reward_rules: RewardRules = DEFAULT_REWARD_RULES
    points: Mapping[str, Point] = field(default_factory=dict)
    mint_keys: Mapping[int, tuple[tuple[int, str], ...]] = field(default_factory=dict)

    @property
    def directory_version(self) -> int:
        """Goes up with each change, also where the log was set back and begins to count anew."""
        return self.version + self.lost

    @classmethod
    def from_genesis(cls, body: Mapping[str, Any]) -> Self:
        """Begin with the body of entry 0.

        Raises:
            RosterRefused: it is malformed, or breaks a rule that later statements must keep too.
        """
        fields = require_fields(
            body,
            BASE_FIELDS
            | {"keeper", "log_key", "mint", "units", "desks", "members"}
            | ({"settings", "log_key_pq"} & body.keys()),
        )
        if fields["type"] != GENESIS or list(fields["by"]) != [KEEPER]:
            raise malformed("entry 0 is the keeper's genesis")
        if fields["mint"] != []:
            raise malformed("no mint key is known yet")
        units = [read_unit(unit) for unit in listed(fields["units"])]
        desks = [read_desk(desk) for desk in listed(fields["desks"])]
        members = [read_member(member) for member in listed(fields["members"])]
        for kind in (units, desks, members):
            if len({thing.id for thing in kind}) != len(kind):
                raise malformed("the genesis names something twice")
        roster = cls(
            origin=fields["log"],
            keeper=read_recipient(fields["keeper"]),
            log_key=read_verify_key(fields["log_key"]),
            units={unit.id: unit for unit in units},
            desks={desk.id: desk for desk in desks},
            members={member.id: member for member in members},
            profile=_read_profile(fields.get("settings")),
            log_key_pq=read_second_key(fields["log_key_pq"]) if "log_key_pq" in fields else None,
        )
        roster._check_whole()
        return roster

    def check(self, body: Mapping[str, Any]) -> None:
        """Check a statement: its signers, their desks, and all about statements that change the roster.

        What depends on tips (routes, states, items) is the keeper's to check. The body is that of a
        `Statement`, so its common fields have their shape.

        Raises:
            RosterRefused: a rule forbids it, or this type of statement is unknown.
        """
        if body["log"] != self.origin:
            raise malformed("the statement is for another log")
        if body["type"] in CHANGES:
            CHANGES[body["type"]](self, body)
        elif body["type"] in DUTIES:
            DUTIES[body["type"]](self, body)
        else:
            raise malformed("this type of statement is unknown")

    def apply(self, index: int, body: Mapping[str, Any]) -> "Roster":
        """Return the roster after a done statement; itself, when the statement changes nothing in it.

        Raises:
            RosterRefused: as `check`, for statements that change the roster.
        """
        change = CHANGES.get(body["type"])
        if change is None:
            return self
        if body["log"] != self.origin or index <= self.version:
            raise malformed("the statement is for another log, or out of order")
        return with_past(self, replace(change(self, body), version=index), index)

    def key_of(self, signer: str) -> VerifyKey:
        """The key of a member, removed ones too, or of the reserved signer "keeper".

        Raises:
            RosterRefused: nobody has this id.
        """
        return self.log_key if signer == KEEPER else self.member(signer).signing_key

    def member(self, member_id: str) -> Member:
        """A member, active or removed.

        Raises:
            RosterRefused: nobody has this id.
        """
        try:
            return self.members[member_id]
        except KeyError as error:
            raise RosterRefused("unknown-member", "nobody has this id") from error

    def signers(self, body: Mapping[str, Any]) -> list[Member]:
        """The members who sign a statement, in its order, with the desks that they hold on its day.

        Raises:
            RosterRefused: one is unknown, was removed, or is the keeper, who signs alone.
        """
        members = [self.member(signer).on(stated_on(body)) for signer in body["by"]]
        if not all(member.active for member in members):
            raise RosterRefused("removed-member", "a signer was removed")
        return members

    def as_of(self, day: date) -> "Roster":
        """The roster on a day: without deputies whose last day lies before it.

        The keeper states their end when it is next asked something; a site need not wait for that.
        """
        over: dict[str, Member] = {
            member.id: member.on(day)
            for member in self.members.values()
            if any(member.is_over(desk, day) for desk in member.until)
        }
        return replace(self, members={**self.members, **over}) if over else self

    def deputies_over(self, day: date) -> list[tuple[Member, DeskId]]:
        """Who is still a deputy although their last day lies before a day, by member and desk."""
        over = ((one, desk) for one in self.members.values() for desk in one.until if one.is_over(desk, day))
        return sorted(over, key=lambda pair: (pair[0].id, pair[1]))

    def holders(self, desk: str) -> list[Member]:
        """The active members who hold a desk, by id."""
        return sorted(
            (member for member in self.members.values() if member.holds(desk)), key=lambda one: one.id
        )

    def units_of(self, member_id: str, on: date) -> frozenset[UnitId]:
        """Every unit a member stands for on a day: theirs, those of the past five years, declared conflicts.

        Raises:
            RosterRefused: nobody has this id.
        """
        member = self.member(member_id)
        since = _years_before(on, PAST_YEARS).isoformat()
        past = {unit for unit, until in member.past_units if until >= since}
        return frozenset({member.unit, *past, *member.conflicts})

    def is_excluded(self, member_id: str, excluded: Collection[str], on: date) -> bool:
        """Whether one of a member's units is among the excluded.

        Raises:
            RosterRefused: nobody has this id.
        """
        return not self.units_of(member_id, on).isdisjoint(excluded)

    def directory_body(
        self,
        genesis: str,
        on: date,
        links: Sequence[Link] = (),
        crowds: Sequence[Mapping[str, Any]] = (),
    ) -> dict[str, Any]:
        """The directory that the keeper signs for both sites, as of a day.

        `genesis` is the hex SHA-256 of entry 0, `links` are the statements that brought the log's present
        keys, `crowds` how many awards hide one another under each mint key: the roster holds none of them.
        """
        present = self.as_of(on)
        return {
            "v": 1,
            "type": "directory",
            "log": self.origin,
            "version": self.directory_version,
            "genesis": genesis,
            "keeper": self.keeper.text,
            "log_key": self.log_key.raw.hex(),
            "day": on.isoformat(),
            "mint": write_mint_keys(self),
            "points": write_points(self),
            "crowds": list(crowds),
            "units": [write_unit(unit) for _, unit in sorted(self.units.items())],
            "desks": [
                {**write_desk(desk), "staff": present._staff(desk.id, on)}
                for _, desk in sorted(self.desks.items())
            ],
            "clocks": write_clocks(self.clocks),
            **({CHAIN: [link.to_fields() for link in links]} if links else {}),
        }

    def _staff(self, desk: DeskId, on: date) -> list[list[UnitId]]:
        return sorted(sorted(self.units_of(member.id, on)) for member in self.holders(desk))

    def _check_whole(self) -> None:
        check_units(self.units)
        for desk in self.desks.values():
            if desk.epoch != 1:
                raise malformed("a new desk begins with epoch 1")
        for member in self.members.values():
            if not member.desks <= self.desks.keys():
                raise malformed("a member holds a desk that does not exist")
            check_member(self, member)


def _read_profile(settings: object) -> Profile | None:
    if settings is None:
        return None
    try:
        return Profile(require_fields(settings, {"profile"})["profile"])
    except ValueError as error:
        raise malformed("the profile is unknown") from error


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
