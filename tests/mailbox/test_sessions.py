"""Mailbox sessions whose code changes while another request of the same visitor is under way."""

from pathlib import Path

import pytest

from crypto.tracking_codes import TrackingCode
from tests.clocks import FixedClock
from tests.public.instance import MOMENT
from tipline.mailbox.errors import SignedOut
from tipline.mailbox.sessions import COARSE_SECONDS, IDLE_SECONDS, MailboxSessions

OLD, NEW = TrackingCode.generate(), TrackingCode.generate()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MOMENT)


@pytest.fixture
def sessions(tmp_path: Path, clock: FixedClock) -> MailboxSessions:
    return MailboxSessions(tmp_path / "mailbox", clock)


def interrupt(sessions: MailboxSessions, monkeypatch: pytest.MonkeyPatch, what: object) -> None:
    """Let something happen after a request has read the session and before it writes the new end."""
    real = sessions._prolong

    def prolong(token: bytes, code: TrackingCode, seen: bytes) -> None:
        assert callable(what)
        what()
        real(token, code, seen)

    monkeypatch.setattr(sessions, "_prolong", prolong)


def test_asking_whether_a_session_runs_does_not_prolong_it(
    sessions: MailboxSessions, clock: FixedClock
) -> None:
    token = sessions.start(OLD)
    assert not sessions.runs("nobody's")
    clock.advance(IDLE_SECONDS - COARSE_SECONDS)
    assert sessions.runs(token)
    clock.advance(2 * COARSE_SECONDS)
    assert not sessions.runs(token)


def test_a_request_under_way_does_not_put_the_old_code_back(
    sessions: MailboxSessions, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = sessions.start(OLD)
    clock.advance(COARSE_SECONDS)
    interrupt(sessions, monkeypatch, lambda: sessions.change_code(token, NEW))
    assert sessions.resume(token).raw == OLD.raw
    monkeypatch.undo()
    assert sessions.resume(token).raw == NEW.raw


def test_a_request_under_way_does_not_bring_an_ended_session_back(
    sessions: MailboxSessions, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = sessions.start(OLD)
    clock.advance(COARSE_SECONDS)
    interrupt(sessions, monkeypatch, lambda: sessions.end(token))
    sessions.resume(token)
    monkeypatch.undo()
    with pytest.raises(SignedOut):
        sessions.resume(token)


def test_above_the_most_sessions_the_one_that_was_used_longest_ago_ends(
    sessions: MailboxSessions, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tipline.mailbox.sessions.MAX_SESSIONS", 3)
    first, second, third = (sessions.start(OLD) for _ in range(3))
    clock.advance(COARSE_SECONDS)
    sessions.resume(first)
    fresh = sessions.start(NEW)
    assert len(list((tmp_path / "mailbox").iterdir())) == 3
    for token in (first, third, fresh):
        sessions.resume(token)
    with pytest.raises(SignedOut):
        sessions.resume(second)


def test_a_full_ram_folder_ends_no_session_that_runs(
    sessions: MailboxSessions, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    token = sessions.start(OLD)
    clock.advance(COARSE_SECONDS)
    monkeypatch.setattr(Path, "replace", full)
    assert sessions.resume(token).raw == OLD.raw
    with pytest.raises(OSError, match="No space"):
        sessions.start(NEW)
    # Nothing is left half written.
    assert len(list((tmp_path / "mailbox").iterdir())) == 1


def test_no_session_takes_another_code_after_its_end(sessions: MailboxSessions) -> None:
    token = sessions.start(OLD)
    sessions.end(token)
    with pytest.raises(SignedOut):
        sessions.change_code(token, NEW)
    with pytest.raises(SignedOut):
        sessions.resume(token)


def test_a_session_that_is_used_goes_on_under_its_code(sessions: MailboxSessions, clock: FixedClock) -> None:
    token = sessions.start(OLD)
    sessions.change_code(token, NEW)
    for _ in range(20):
        clock.advance(COARSE_SECONDS)
        assert sessions.resume(token).raw == NEW.raw
