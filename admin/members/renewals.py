"""What was settled among a desk's keys, and at which version of the roster."""

import threading

from tipline.ids import MemberId


class Renewals:
    """For each member, the version of the roster at which there was nothing left to do. One in a process."""

    def __init__(self) -> None:
        self._settled: dict[MemberId, int] = {}
        self._guard = threading.Lock()

    def is_settled(self, member: MemberId, version: int) -> bool:
        """Whether nothing has changed since this member's desks were last looked at."""
        with self._guard:
            return self._settled.get(member) == version

    def remember(self, member: MemberId, version: int) -> None:
        """Nothing is left to do at this version."""
        with self._guard:
            self._settled[member] = version
