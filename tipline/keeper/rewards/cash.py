"""Everything between the grant and the cash: the keys, the mint, what is redeemed, lists for banks."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crypto.keys import Identity
from crypto.notes import NoteSigner
from crypto.pickup_codes import MistypedPickup, PickupCode
from tipline.database import Database
from tipline.keeper.answering import Operation
from tipline.keeper.asked import APPEND, Asked
from tipline.keeper.fields import read_text
from tipline.keeper.folder import KeeperFolder
from tipline.keeper.kept_time import KeptTime
from tipline.keeper.rewards.lists import PICKUP_LIST, Lists
from tipline.keeper.rewards.memory import InMemory
from tipline.keeper.rewards.mint_keys import MintKeys
from tipline.keeper.rewards.minting import Minting
from tipline.keeper.rewards.redeeming import Redeeming, pickup_key
from tipline.keeper.writer import Writer


class Cash:
    """Answers the public site's `mint` and `redeem`, and what the admin site asks beside its statements."""

    def __init__(
        self,
        folder: KeeperFolder,
        database: Database,
        writer: Writer,
        keeper: Identity,
        signer: NoteSigner,
        clock: KeptTime,
        memory: InMemory,
    ) -> None:
        self._pickup_key = pickup_key(keeper)
        self.keys = MintKeys(folder, writer, clock)
        self._lists = Lists(writer, database, self._pickup_key, clock, memory)
        self.minting = Minting(writer, database, self.keys, signer, clock)
        self._public = {
            "mint": self.minting.answer,
            "redeem": Redeeming(writer, self._pickup_key, memory).answer,
        }

    def public_operation(self, name: str) -> Operation | None:
        """What the public site may ask; nothing else."""
        return self._public.get(name)

    def operations(self) -> Mapping[str, Operation]:
        """By their names on the admin site's socket."""
        return {
            "mint-keys": self.keys.make,
            "pickup-prepare": self._lists.prepare,
            "pickup-lists": self._lists.prepared,
            "pickup-file": self._lists.file,
        }

    def typed(self, request: Mapping[str, Any]) -> bytes:
        """What stands for the pickup code that a clerk typed; empty when it is none.

        Raises:
            BadFormat: there is no code.
        """
        try:
            return PickupCode.parse(read_text(request, "code")).digest(self._pickup_key)
        except MistypedPickup:
            return b""

    def with_list(self, asked: Asked) -> Asked:
        """A statement about a list, with the digest of the one that was prepared for its point."""
        statement = asked.statement
        if asked.op != APPEND or statement is None or statement.body["type"] != PICKUP_LIST:
            return asked
        return replace(asked, pickup=self._lists.stated(statement.body))
