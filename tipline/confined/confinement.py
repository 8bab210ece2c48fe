"""What a confined process takes from itself before it looks at a stranger's file.

Memory, processor time, files, descriptors, other processes, new rights, the
network. None of it needs root; where the kernel refuses a part (a network of its
own inside a container, say), the others hold: without a free descriptor there
is no socket to open.
"""

import ctypes
import os
import resource
import signal

MEMORY_BYTES = 176 * 1024 * 1024
"""Memory of its own (heap and anonymous maps). Measured with the libraries' pages it stays below 200 MB."""

CPU_SECONDS = 30

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER = 0x10000000  # <linux/sched.h>
_CLONE_NEWNET = 0x40000000


def confine(memory: int = MEMORY_BYTES) -> None:
    """Take away what can be taken away before the libraries are loaded; `memory` is in bytes."""
    os.umask(0o077)
    _limit(resource.RLIMIT_CPU, CPU_SECONDS, CPU_SECONDS + 1)
    _limit(resource.RLIMIT_DATA, memory, memory)
    _limit(resource.RLIMIT_CORE, 0, 0)
    _limit(resource.RLIMIT_FSIZE, 0, 0)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    # It ends with whoever started it.
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if libc.unshare(_CLONE_NEWNET):
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def close_the_door() -> None:
    """Open nothing any more: no file, no socket, no process. Everything is loaded by now."""
    _limit(resource.RLIMIT_NOFILE, 0, 0)
    _limit(resource.RLIMIT_NPROC, 0, 0)


def _limit(what: int, soft: int, hard: int) -> None:
    _, ceiling = resource.getrlimit(what)
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(what, (soft, hard))
