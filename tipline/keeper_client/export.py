"""An export under way: entries one after the other, and the checkpoint that they must lead to."""

from collections.abc import Callable, Iterator
from typing import Final

from crypto.merkle import Frontier, leaf_hash
from crypto.notes import Checkpoint
from crypto.statements import Statement, commitment
from tipline.keeper_client.errors import KeeperLied
from tipline.keeper_client.types import Row

PAGE: Final = 256

AskRows = Callable[[str, int, int], Iterator[Row]]
"""(digest of the statement that allows it, first, count) -> some of the entries from `first` on."""


class Export:
    """All entries up to `checkpoint`, in order, with the memory of one page.

    Attributes:
        size: how many entries.
        checkpoint: the signed note that covers them.
    """

    def __init__(self, statement: Statement, checkpoint: Checkpoint, note: bytes, ask: AskRows) -> None:
        self._digest = statement.digest
        self._root = checkpoint.root
        self._ask = ask
        self.size = checkpoint.size
        self.checkpoint = note

    def __iter__(self) -> Iterator[Row]:
        """The entries. What was taken counts only when the iteration ends without an error.

        Raises:
            KeeperLied: an entry is missing, or together they are not what the checkpoint signs.
        """
        tree = Frontier()
        while tree.size < self.size:
            before = tree.size
            for index, salt, data in self._ask(self._digest, before, min(PAGE, self.size - before)):
                if index != tree.size:
                    raise KeeperLied("the entries do not follow one another")
                tree.append(leaf_hash(commitment(salt, data)) if data else salt)
                yield index, salt, data
            if tree.size == before:
                raise KeeperLied("entries are missing")
        if tree.root() != self._root:
            raise KeeperLied("the entries are not those that the checkpoint signs")
