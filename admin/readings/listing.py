"""Listing: cards new to a desk are opened once, against a logged statement, and boxed for its groups.

Rows in clear say only that a card is listed and for which group; who may hold
the group's key is the keeper's decision.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select, update

from admin.readings.card_keys import CardKeys, GroupKey
from admin.readings.errors import NotWhatWasSealed, refusal
from admin.readings.reader import Reader
from admin.readings.sealed import SealedItem, sealed_item
from admin.readings.service import Signs
from crypto.errors import CryptoError
from crypto.keys import Identity, Recipient
from crypto.policies import Policy
from crypto.slips import make_slip
from tipline.database import Database
from tipline.ids import GroupId, TipId, new_group_id
from tipline.keeper_client import AdminKeeper, CardGroup, Listing, Reason, Refused, SlipRequest
from tipline.routing import Route
from tipline.sealing.opening import open_item
from tipline.tips.answers import Card
from tipline.tips.models import Item, Slip, Tip

BATCH = 400
"""Cards in one statement; the keeper takes no more."""

BATCHES_AT_ONCE = 3
"""So that a page never takes longer than a few seconds; the next page goes on."""

NO_HASH = "0" * 64
NO_TIP = "0" * 32


@dataclass(frozen=True)
class Lister:
    """What listing needs: the reader, the keeper, its key, the store, and the member's signature."""

    reader: Reader
    keeper: AdminKeeper
    keeper_key: Recipient
    database: Database
    sign: Signs

    def bring_up_to_date(self, keys: CardKeys) -> CardKeys:
        """List what is new to the desk; the keys that the session may hold afterwards.

        A session that has listed before, with nothing new to list, makes no statement.

        Raises:
            AdminError: the keeper refused the list as a whole.
            KeeperError: nothing was proved to be logged.
        """
        waiting = [tip for tip in self._unlisted() if tip not in keys.withheld]
        unknown = self._groups() - keys.groups.keys() - keys.shut
        if not waiting and not unknown and self.reader.desk.id in keys.listed:
            return keys
        starts = range(0, max(len(waiting), 1), BATCH)
        for start in starts[:BATCHES_AT_ONCE]:
            keys = self._list(waiting[start : start + BATCH], keys)
        shut = keys.shut | (unknown - keys.groups.keys())
        return replace(keys, listed=keys.listed | {self.reader.desk.id}, shut=shut)

    def _unlisted(self) -> list[TipId]:
        with self.database.reading() as session:
            found = session.scalars(
                select(Tip.id)
                .where(Tip.desk == self.reader.desk.id, Tip.card_group.is_(None))
                .order_by(Tip.id)
            )
            return [TipId(tip) for tip in found]

    def _groups(self) -> set[GroupId]:
        """The groups that the desk's listed cards are in: a colleague may have made one since."""
        with self.database.reading() as session:
            found = session.scalars(
                select(Tip.card_group)
                .where(Tip.desk == self.reader.desk.id, Tip.card_group.is_not(None))
                .distinct()
            )
            return {GroupId(group) for group in found if group is not None}

    def _list(self, tips: Sequence[TipId], keys: CardKeys) -> CardKeys:
        cards = self._cards(tips)
        listing = self._ask(cards)
        keys = keys.with_groups(self._group_keys(listing.groups))
        boxed = []
        for card, version in cards.values():
            if card.id.hex() not in listing.inner:
                continue
            try:
                content = self._open(card, listing.inner[card.id.hex()])
                keys, key = self._key_for(keys, listing.routes[card.id.hex()])
            except CryptoError:
                continue
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
                .where(Item.tip_id.in_(tips), Item.kind == "card", Slip.desk == self.reader.desk.id)
                .order_by(Item.position.desc())  # the reporter's own card comes first, and stays
            ).all()
        return {TipId(item.tip_id): (sealed_item(item, slip), version) for item, slip, version in rows}

    def _ask(self, cards: dict[TipId, tuple[SealedItem, int]]) -> Listing:
        items = [card for card, _ in cards.values()]
        fields = {"desk": self.reader.desk.id, "items": [item.named for item in items]}
        requests = [SlipRequest(item.slip, item.kind, item.claim_signature) for item in items]
        try:
            return self.keeper.list_cards(self.sign("list", fields), requests)
        except Refused as refused:
            raise refusal(refused.reason) from refused

    def _open(self, card: SealedItem, inner: bytes) -> Card:
        key = self.reader.open_slip(inner)
        return Card.decode(
            open_item(card.sealed, key, kind="card", tip=card.tip, item=card.id).content.reveal()
        )

    def _group_keys(self, groups: Sequence[CardGroup]) -> list[GroupKey]:
        desk, found = self.reader.desk.id, []
        for one in groups:
            try:
                identity = self.reader.open_slip(one.inner)
            except CryptoError:
                continue  # made for a key of the desk that this member never held
            found.append(GroupKey(desk, GroupId(bytes.fromhex(one.group)), one.excluded, identity))
        return found

    def _key_for(self, keys: CardKeys, route: Route) -> tuple[CardKeys, GroupKey]:
        held = keys.find(self.reader.desk.id, route.excluded)
        if held:
            return keys, held
        try:
            made = self._make_group(route)
            return keys.with_groups([made]), made
        except Refused as refused:
            if refused.reason is not Reason.GROUP_EXISTS:
                raise refusal(refused.reason) from refused
        # Somebody made it in between: the next list brings it.
        keys = keys.with_groups(self._group_keys(self._ask({}).groups))
        held = keys.find(self.reader.desk.id, route.excluded)
        if held is None:
            raise NotWhatWasSealed
        return keys, held

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
        return GroupKey(desk.id, group, route.excluded, identity)

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
                        Tip.desk == self.reader.desk.id,
                        Tip.card_group.is_(None),
                        Tip.card_version == version,
                    )
                    .values(card_group=group, card_version=version + 1, card_box=box)
                )
