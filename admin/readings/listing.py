"""Listing: cards new to a desk are opened once, against a logged statement, and boxed for its groups.

Rows in clear say only that a card is listed and for which group; who may hold
the group's key is the keeper's decision.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy import func, select, update

from admin.readings.card_keys import CardKeys, GroupKey
from admin.readings.errors import refusal
from admin.readings.reader import Reader
from admin.readings.sealed import SealedItem, sealed_item
from admin.readings.service import Signs
from admin.readings.tags import standing_tags
from crypto.errors import CryptoError
from crypto.keys import Identity, Recipient
from crypto.notes import NoteVerifier
from crypto.policies import Policy
from crypto.slips import make_slip
from tipline.database import Database
from tipline.ids import GroupId, TipId, new_group_id
from tipline.keeper_client import AdminKeeper, CardGroup, Listing, Reason, Refused, SlipRequest
from tipline.routing import Route
from tipline.sealing.opening import open_item
from tipline.tips.answers import Card
from tipline.tips.models import Item, Slip, Tip
from tipline.tips.tags import Tag, decode_tags

BATCH = 200
"""Tips in one statement, each with a card and perhaps tags; the keeper takes 400 items."""

BATCHES_AT_ONCE = 6
"""So that a page never takes longer than a few seconds; the next page goes on."""

NO_HASH = "0" * 64
NO_TIP = "0" * 32


@dataclass(frozen=True)
class Lister:
    """What listing at a desk needs: its keeper, the keeper's and the log's keys, the store, the signature.

    `open_reader` opens the member's keys of the desk, which is done only when there is something to list.
    """

    desk: str
    open_reader: Callable[[], Reader]
    keeper: AdminKeeper
    keeper_key: Recipient
    log_key: NoteVerifier
    database: Database
    sign: Signs

    @cached_property
    def reader(self) -> Reader:
        """The member at the desk."""
        return self.open_reader()

    def bring_up_to_date(self, keys: CardKeys) -> CardKeys:
        """List what is new to the desk; the keys that the session may hold afterwards.

        A session that has listed before, with nothing new to list, makes no statement.

        Raises:
            AdminError: the keeper refused the list as a whole.
            KeeperError: nothing was proved to be logged.
        """
        most = len(keys.withheld) + BATCH * BATCHES_AT_ONCE
        waiting = [tip for tip in self._unlisted(most) if tip not in keys.withheld]
        unknown = self._groups() - keys.groups.keys() - keys.shut
        if not waiting and not unknown and self.desk in keys.listed:
            return keys
        starts = range(0, max(len(waiting), 1), BATCH)
        for start in starts[:BATCHES_AT_ONCE]:
            keys = self._list(waiting[start : start + BATCH], keys)
        shut = keys.shut | (unknown - keys.groups.keys())
        return replace(keys, listed=keys.listed | {self.desk}, shut=shut)

    def _unlisted(self, most: int) -> list[TipId]:
        with self.database.reading() as session:
            found = session.scalars(
                select(Tip.id)
                .where(Tip.desk == self.desk, Tip.card_group.is_(None))
                .order_by(Tip.id)
                .limit(most)
            )
            return [TipId(tip) for tip in found]

    def _groups(self) -> set[GroupId]:
        """The groups that the desk's listed cards are in: a colleague may have made one since.

        From one group to the next: to look at each card for it would take as long as the whole page.
        """
        least = select(func.min(Tip.card_group)).where(Tip.desk == self.desk)
        first = select(least.scalar_subquery().label("found")).cte(recursive=True)
        following = least.where(Tip.card_group > first.c.found).scalar_subquery()
        each = first.union_all(select(following).where(first.c.found.is_not(None)))
        with self.database.reading() as session:
            return {GroupId(group) for group in session.scalars(select(each.c.found)) if group is not None}

    def _list(self, tips: Sequence[TipId], keys: CardKeys) -> CardKeys:
        cards, tags = self._cards(tips), self._tags(tips)
        listing = self._ask([*(card for card, _ in cards.values()), *tags.values()])
        keys = keys.with_groups(self._group_keys(listing.groups))
        boxed = []
        for card, version in cards.values():
            if card.id.hex() not in listing.inner:
                continue
            try:
                content = self._with_tags(self._open(card, listing), tags.get(card.tip), listing)
                keys, key = self._key_for(keys, listing.routes[card.id.hex()])
            except CryptoError:
                continue
            if key is None:
                break  # this member lacks the desk's present key: a colleague lists the rest
            boxed.append((card.tip, version, key.group, key.seal_card(content, card.tip, version + 1)))
        self._store(boxed)
        # What was withheld, or did not open, is not asked for again in this session.
        return replace(keys, withheld=keys.withheld | (set(tips) - {tip for tip, *_ in boxed}))

    def _cards(self, tips: Sequence[TipId]) -> dict[TipId, tuple[SealedItem, int]]:
        with self.database.reading() as session:
            rows = session.execute(
                select(Item, Slip.slip, Tip.card_version)
                .join(Tip, Tip.id == Item.tip_id)
                .join(Slip, Slip.item_id == Item.id)
                .where(Item.tip_id.in_(tips), Item.kind == "card", Slip.desk == self.desk)
                .order_by(Item.position.desc())  # the reporter's own card comes first, and stays
            ).all()
        return {TipId(item.tip_id): (sealed_item(item, slip), version) for item, slip, version in rows}

    def _tags(self, tips: Sequence[TipId]) -> Mapping[TipId, SealedItem]:
        with self.database.reading() as session:
            return standing_tags(session, tips, self.desk, self.log_key)

    def _ask(self, items: Sequence[SealedItem]) -> Listing:
        fields = {"desk": self.desk, "items": [item.named for item in items]}
        requests = [SlipRequest(item.slip, item.kind, item.claim_signature) for item in items]
        try:
            return self.keeper.list_cards(self.sign("list", fields), requests)
        except Refused as refused:
            raise refusal(refused.reason) from refused

    def _open(self, item: SealedItem, listing: Listing) -> bytes:
        key = self.reader.open_slip(listing.inner[item.id.hex()])
        return open_item(item.sealed, key, kind=item.kind, tip=item.tip, item=item.id).content.reveal()

    def _with_tags(self, card: bytes, tags: SealedItem | None, listing: Listing) -> Card:
        """The reporter's card with the desk's tags; whatever else it says of tags was never a desk's."""
        plain = replace(Card.decode(card), tags=(), tagged="")
        if tags is None:
            return plain
        return replace(plain, tags=self._opened_tags(tags, listing), tagged=tags.id.hex())

    def _opened_tags(self, tags: SealedItem, listing: Listing) -> tuple[Tag, ...]:
        if tags.id.hex() not in listing.inner:
            return ()
        try:
            return decode_tags(self._open(tags, listing))
        except CryptoError:
            return ()  # not what was logged: the card is shown without them

    def _group_keys(self, groups: Sequence[CardGroup]) -> list[GroupKey]:
        desk, found = self.desk, []
        for one in groups:
            try:
                identity = self.reader.open_slip(one.inner)
            except CryptoError:
                continue  # made for a key of the desk that this member never held
            group = GroupId(bytes.fromhex(one.group))
            found.append(GroupKey(desk, group, one.excluded, one.epoch, identity))
        return found

    def _key_for(self, keys: CardKeys, route: Route) -> tuple[CardKeys, GroupKey | None]:
        """The card key of the desk's present epoch: whoever left the desk may have kept an older one.

        None when there is one that does not open to this member.
        """
        epoch = self.reader.desk.epoch
        held = keys.find(self.desk, route.excluded, epoch)
        if held:
            return keys, held
        try:
            made = self._make_group(route)
            return keys.with_groups([made]), made
        except Refused as refused:
            if refused.reason is not Reason.GROUP_EXISTS:
                raise refusal(refused.reason) from refused
        # Somebody made it in between: the next list brings it.
        keys = keys.with_groups(self._group_keys(self._ask([]).groups))
        return keys, keys.find(self.desk, route.excluded, epoch)

    def _make_group(self, route: Route) -> GroupKey:
        desk, group, identity = self.reader.desk, new_group_id(), Identity.generate()
        policy = Policy(
            item=group.hex(),
            digest=NO_HASH,
            tip=NO_TIP,
            desk=desk.id,
            epoch=desk.epoch,
            kind="card-key",
            route=Route((desk.id,), route.excluded),
            claim=NO_HASH,
        )
        slip = make_slip(policy, identity, self.keeper_key, desk.recipient)
        fields = {
            "desk": desk.id,
            "group": group.hex(),
            "excluded": list(route.excluded),
            "slip": hashlib.sha256(slip).hexdigest(),
        }
        self.keeper.append(self.sign("card-group", fields), slip)
        return GroupKey(desk.id, group, route.excluded, desk.epoch, identity)

    def _store(self, boxed: Sequence[tuple[TipId, int, GroupId, bytes]]) -> None:
        if not boxed:
            return
        with self.database.writing() as session:
            for tip, version, group, box in boxed:
                # The first who lists a card stores it; after a change of route the next list does.
                session.execute(
                    update(Tip)
                    .where(
                        Tip.id == tip,
                        Tip.desk == self.desk,
                        Tip.card_group.is_(None),
                        Tip.card_version == version,
                    )
                    .values(card_group=group, card_version=version + 1, card_box=box)
                )
