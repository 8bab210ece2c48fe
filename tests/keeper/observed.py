"""The running keeper from both sides: what it answers, and what stands in its database afterwards."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import func, select

from crypto.statements import Entry, Statement
from tests.world import World, request
from tipline.keeper import models
from tipline.keeper_client import Reason, Refused
from tipline.keeper_client.connections import Connections
from tipline.roster.rules import KEEPER
from tipline.sealing.items import NewItem


class Observed:
    """A world's running keeper."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client = world.client()
        self._database = world.open_database(world.settings.keeper_database_url)

    def ask(self, operation: str, **fields: Any) -> dict[str, Any]:
        """A request as bytes on the admin site's socket, with nothing checked."""
        connections = Connections(self.world.settings.admin_socket, 5.0)
        try:
            return connections.ask({"op": operation, **fields})
        finally:
            connections.close()

    def refusal(self, call: Callable[[], object]) -> Reason:
        """The reason of a refusal, which must stand in the log as its last entry."""
        before = self.size()
        with pytest.raises(Refused) as refused:
            call()
        last = self.size() - 1
        assert last >= before
        assert refused.value.index == last
        # Alerts, which the keeper states by itself, may come before it.
        assert {self.entry(index).statement.body["type"] for index in range(before, last)} <= {"alert"}
        entry = self.entry(last)
        assert (entry.outcome, entry.reason) == ("refused", refused.value.reason)
        return refused.value.reason

    def refused(self, statement: Statement, *items: NewItem, desk: str = "intake") -> Reason:
        """The same for a statement, which must stand in that entry; with items it is a reading."""
        if items:
            reason = self.refusal(
                lambda: self.client.release(statement, [request(item, desk) for item in items])
            )
        else:
            reason = self.refusal(lambda: self.client.append(statement))
        logged = self.entry(self.size() - 1).statement
        if logged.body["type"] == "unreadable" and logged.signers == (
            KEEPER,
        ):  # its own words do not stand there
            assert logged.body["digest"] == sha256(statement.encode()).hexdigest()
        else:
            assert logged.digest == statement.digest
        return reason

    def size(self) -> int:
        """How many entries the log has."""
        with self._database.reading() as session:
            return session.scalar(select(func.count()).select_from(models.entries)) or 0

    def entry(self, index: int) -> Entry:
        """An entry as it is stored."""
        with self._database.reading() as session:
            data = session.scalar(select(models.entries.c.entry).where(models.entries.c.index == index))
        assert data is not None
        return Entry.decode(data)
