"""One confined process, as its parent sees it: bytes in, an answer, bytes out, and always an end."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import IO, Self

from tipline.confined.answer import MAX_LINE, read_line
from tipline.confined.errors import CannotRead
from tipline.confined.types import Reason

PIECE_BYTES = 65_536

# -I: nothing of the folder, the user or the environment; -B: nothing written beside the code.
_COMMAND = [sys.executable, "-I", "-B", "-m"]


class ConfinedProcess:
    """A child that knows nothing: no environment, no descriptor but its two pipes, no folder of ours.

    What it writes to its standard error may quote the file, so nobody reads it.
    """

    def __init__(self, seconds: float, module: str, *arguments: str) -> None:
        """Start a module of ours, which confines itself first; it is ended after so many seconds."""
        self._until = time.monotonic() + seconds
        self._process = subprocess.Popen(  # noqa: S603 - our own modules, and words from closed lists
            [*_COMMAND, module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={},
            cwd="/",
            start_new_session=True,
        )
        self._stdin = _descriptor(self._process.stdin)
        self._stdout = _descriptor(self._process.stdout)

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it, whatever it is doing, and reap it."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def write_all(self, pieces: Iterable[bytes], most: int) -> None:
        """Hand over a whole file.

        Raises:
            CannotRead: TOO_LARGE, it is longer than `most` bytes; or the process ended, or its time is over.
        """
        length = 0
        for piece in pieces:
            length += len(piece)
            if length > most:
                raise CannotRead(Reason.TOO_LARGE)
            self.write(piece)

    def write(self, data: bytes) -> None:
        """Hand over the next bytes of the file.

        Raises:
            CannotRead: it ended, or its time is over.
        """
        view = memoryview(data)
        while view:
            self._wait_for(self._stdin, select.POLLOUT)
            try:
                view = view[os.write(self._stdin, view[:PIECE_BYTES]) :]
            except BlockingIOError:
                continue  # less room than a piece: wait again
            except BrokenPipeError:
                raise CannotRead(self._why_it_ended()) from None

    def answer(self) -> int:
        """End the file and wait for the answer: the length of what comes next.

        Raises:
            CannotRead: nothing comes.
            Dangerous: likewise.
        """
        if self._process.stdin is not None:
            self._process.stdin.close()
        line = bytearray()
        while len(line) < MAX_LINE and not line.endswith(b"\n"):
            byte = self._read(1)
            if not byte:
                raise CannotRead(self._why_it_ended())
            line += byte
        return read_line(bytes(line))

    def read(self, length: int) -> Iterator[bytes]:
        """The next `length` bytes of what it made, in pieces of at most 64 KiB.

        Raises:
            CannotRead: it ended too early, or its time is over.
        """
        while length:
            piece = self._read(min(length, PIECE_BYTES))
            if not piece:
                raise CannotRead(self._why_it_ended())
            length -= len(piece)
            yield piece

    def _read(self, most: int) -> bytes:
        self._wait_for(self._stdout, select.POLLIN)
        return os.read(self._stdout, most)

    def _wait_for(self, descriptor: int, event: int) -> None:
        poll = select.poll()
        poll.register(descriptor, event)
        if not poll.poll(max(0.0, self._until - time.monotonic()) * 1_000):
            raise CannotRead(Reason.TOOK_TOO_LONG)

    def _why_it_ended(self) -> Reason:
        left = max(0.0, self._until - time.monotonic())
        try:
            ended = self._process.wait(left)
        except subprocess.TimeoutExpired:
            return Reason.TOOK_TOO_LONG
        return Reason.TOOK_TOO_LONG if ended == -signal.SIGXCPU else Reason.DAMAGED


def _descriptor(pipe: IO[bytes] | None) -> int:
    if pipe is None:
        raise ValueError("the process was started without its pipe")
    descriptor = pipe.fileno()
    os.set_blocking(descriptor, False)
    return descriptor
