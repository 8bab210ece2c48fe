"""What does not fit the digests."""

from tipline.keeper.errors import KeeperFault


class RowsChanged(KeeperFault):
    """A row is not the one that the keeper wrote, or is gone; `table` is its table's name."""

    def __init__(self, table: str) -> None:
        super().__init__(f"rows of {table} are not those that the keeper wrote")
        self.table = table
