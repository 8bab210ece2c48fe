"""What the full check can find."""

from tipline.keeper.errors import KeeperFault

NO_ENTRY = -1


class CheckFailed(KeeperFault):
    """The stored log does not hold; `index` is the first bad entry, -1 where no single one is to blame."""

    def __init__(self, index: int, sentence: str) -> None:
        super().__init__(sentence if index < 0 else f"Entry {index}: {sentence}")
        self.index = index


class EntryMissing(CheckFailed):
    """A row is gone, or stands where the log has none."""

    def __init__(self, index: int) -> None:
        super().__init__(index, "It is not stored, though later ones are, or the log ends before it.")


class EntryChanged(CheckFailed):
    """The row does not give the leaf that the tree was built from, or that leaf is not stored."""

    def __init__(self, index: int) -> None:
        super().__init__(index, "It is not the one that was logged here, or its hash was changed.")


class ColumnsChanged(CheckFailed):
    """What the keeper searches by says something else than the statement."""

    def __init__(self, index: int) -> None:
        super().__init__(index, "The columns beside it say something else than the statement.")


class ForgottenByNobody(CheckFailed):
    """A statement is gone that no entry says may go."""

    def __init__(self, index: int) -> None:
        super().__init__(index, "Its statement is gone, and no entry says that it was forgotten.")


class TreeChanged(CheckFailed):
    """A stored hash above the leaves is another than those below it give."""

    def __init__(self, index: int) -> None:
        super().__init__(index, "From here on the stored tree is not the one over the entries.")


class HeadChanged(CheckFailed):
    """The head is not the tree's, or not signed by the log."""

    def __init__(self) -> None:
        super().__init__(NO_ENTRY, "The entries fit each other, but not the head that the log signed.")


class OtherLog(CheckFailed):
    """The first entry is not the one that the settings pin."""

    def __init__(self) -> None:
        super().__init__(0, "It is not the first entry of this instance's log.")


class RosterForged(CheckFailed):
    """A change of the roster is not signed by those who may change it."""

    def __init__(self, index: int) -> None:
        super().__init__(index, "It changes the roster, and is not signed by those who may.")


class NotContinued(CheckFailed):
    """The log does not begin with the one whose head lies outside the database."""

    def __init__(self, size: int) -> None:
        super().__init__(NO_ENTRY, f"The log is not the one whose head of {size} entries lies outside.")


class NothingOutside(CheckFailed):
    """Outside the database lies no head of this log, so nobody can tell whether it was set back."""

    def __init__(self) -> None:
        super().__init__(NO_ENTRY, "No head of this log lies outside the database.")


class Unreadable(CheckFailed):
    """The database gives no answer; it may be damaged."""

    def __init__(self) -> None:
        super().__init__(NO_ENTRY, "The keeper's database cannot be read as a whole.")


class RowMissing(CheckFailed):
    """A table lacks what can be had again from an entry."""

    def __init__(self, index: int, table: str) -> None:
        super().__init__(index, f"The keeper's table {table} lacks what this entry says.")


class RowChanged(CheckFailed):
    """A table says something else than the entry that it repeats."""

    def __init__(self, index: int, table: str) -> None:
        super().__init__(index, f"The keeper's table {table} says something else than this entry.")


class RowAdded(CheckFailed):
    """A table holds what no entry says."""

    def __init__(self, index: int, table: str) -> None:
        super().__init__(index, f"The keeper's table {table} holds a row that no entry gives.")


class RowForged(CheckFailed):
    """A row that decides something is not as the keeper wrote it."""

    def __init__(self, table: str) -> None:
        super().__init__(NO_ENTRY, f"A row of the keeper's table {table} is not as the keeper wrote it.")


class RowForeign(CheckFailed):
    """A row that decides something was written by somebody else."""

    def __init__(self, table: str) -> None:
        super().__init__(NO_ENTRY, f"The keeper's table {table} holds a row that the keeper did not write.")


class RowGone(CheckFailed):
    """A row that decides something was taken out."""

    def __init__(self, table: str) -> None:
        super().__init__(NO_ENTRY, f"A row that the keeper wrote is gone from its table {table}.")


class DigestsChanged(CheckFailed):
    """What the rows are compared with was itself changed, or there is none."""

    def __init__(self) -> None:
        super().__init__(NO_ENTRY, "The digests of the keeper's rows (row_digests) are not those it sealed.")


class SchemaChanged(CheckFailed):
    """The database does something by itself, or shows other rows than there are."""

    def __init__(self, name: str) -> None:
        super().__init__(
            NO_ENTRY,
            f"The keeper's database holds a trigger or a view, {name}, that the keeper did not make. "
            "Keep this database as evidence, put the newest good copy in its place and start the keeper.",
        )
