"""Time and memory of running processes, as the kernel accounts for them.

Source: proc(5), /proc/pid/stat, /proc/pid/status and /proc/pid/clear_refs.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tipline.bench.errors import BenchError

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
RESET_PEAK = "5"  # proc(5), clear_refs: the peak starts again from what is resident now
KIB_IN_MIB = 1024


@dataclass(frozen=True)
class _Stat:
    parent: int
    ticks: int  # its own time and that of its children that have ended


class ProcessTree:
    """Processes and everything below them; what runs beside them never counts."""

    def __init__(self, roots: Sequence[int]) -> None:
        self._roots = tuple(roots)

    def pids(self) -> list[int]:
        """The processes that live now, roots first."""
        return _below(self._roots, _all_stats())

    def cpu_seconds(self) -> float:
        """User and system time of the tree since it began, ended children included.

        A process that ends moves its time to the parent that waits for it, so nothing is lost.
        """
        stats = _all_stats()
        return sum(stats[pid].ticks for pid in _below(self._roots, stats)) / TICKS


class MemoryWatch:
    """How far the memory of processes rises above what they hold now."""

    def __init__(self, pids: Sequence[int]) -> None:
        """Begin: the kernel's record of each process's peak starts again here.

        Raises:
            BenchError: the kernel does not let us.
        """
        try:
            for pid in pids:
                (PROC / str(pid) / "clear_refs").write_text(RESET_PEAK)
        except OSError as error:
            raise BenchError(f"The peak of memory cannot be measured here ({error.strerror}).") from error
        self._before = {pid: _kib(pid, "VmRSS") for pid in pids}

    def growth_mib(self) -> float:
        """The sum, over all processes, of the highest since the beginning less the beginning (MiB)."""
        rises = (_kib(pid, "VmHWM") - before for pid, before in self._before.items())
        return sum(rises) / KIB_IN_MIB


def _all_stats() -> dict[int, _Stat]:
    stats = {}
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            try:
                stats[int(folder.name)] = _parsed((folder / "stat").read_text(encoding="utf-8"))
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended while we looked
    return stats


def _parsed(line: str) -> _Stat:
    # The name in brackets may hold anything, brackets too. After it: field 3, the state, and so on.
    fields = line.rpartition(")")[2].split()
    user, system, ended_user, ended_system = (int(field) for field in fields[11:15])
    return _Stat(parent=int(fields[1]), ticks=user + system + ended_user + ended_system)


def _below(roots: Sequence[int], stats: Mapping[int, _Stat]) -> list[int]:
    found = [pid for pid in roots if pid in stats]
    for pid in found:  # grows while it is walked
        found += [child for child, stat in stats.items() if stat.parent == pid]
    return found


def _kib(pid: int, name: str) -> int:
    for line in (PROC / str(pid) / "status").read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise BenchError(f"Process {pid} does not tell its {name}.")
