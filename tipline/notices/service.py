"""Send the notice whose hour it is.

Notices go out at set hours, every day, whether or not anything waits. Whoever
watches mail going out of the office (its mail provider, an SMS gateway, the
network) would otherwise learn from a notice that somebody has just reported: in
a small place with one report a month, beside a list of who was online, that is
the reporter. Fixed hours say nothing, the content says nothing, and so the
process that sends needs to know nothing: it asks neither keeper nor database,
and could tell nobody of a tip if it were taken over.

The price is that a notice is no news. Whoever is on duty signs in at those hours;
overdue tips stand on top there, and deadlines escalate by themselves.

Each way of sending has a queue of one: the hour that was sent last. A server that
is down is asked again by the next run, within the hour; older notices are given
up. Nothing else waits for any of this: it is a process of its own.
"""

import ssl
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path

import structlog

from tipline.notices.errors import NotAllSent, NoticeError, SentToSome
from tipline.notices.hook import call_hook
from tipline.notices.mail import send_mail
from tipline.notices.schedule import due_hour, hour_of
from tipline.notices.settings import FOLDER, NoticeSettings, read_settings

Way = Callable[[datetime], None]

log = structlog.get_logger()


class Notices:
    """Sends notices, each hour's once by each way. What was sent is noted in the folder of the settings."""

    def __init__(self, data: Path, settings: NoticeSettings, ways: Mapping[str, Way]) -> None:
        """Use these ways, by name: `ways_of` makes them from the settings."""
        self._folder = data / FOLDER
        self._settings = settings
        self._ways = ways

    def send_due(self, now: datetime) -> int:
        """Send what is due and has not gone out; by how many ways it went.

        Raises:
            NotAllSent: a way failed. The others were tried.
            OSError: it went, and that cannot be noted: the next run sends it again.
        """
        hour = due_hour(self._settings, now)
        if hour is None:
            return 0
        waiting = [name for name in self._ways if not self._was_sent(name, hour)]
        return self._send(waiting, hour, lambda name: self._note(name, hour))

    def test(self, now: datetime) -> int:
        """Send this hour's notice by every way, whether it is due or not, and note nothing.

        Raises:
            NotAllSent: a way failed. The others were tried.
        """
        return self._send(self._ways, hour_of(self._settings, now), lambda _: None)

    def _send(self, names: Iterable[str], hour: datetime, note: Callable[[str], None]) -> int:
        went, problems = 0, list[str]()
        for name in names:
            try:
                self._ways[name](hour)
            except NoticeError as error:
                problems.append(str(error))
                log.warning("notice not sent to all", way=name, error=type(error).__name__)
                if not isinstance(error, SentToSome):
                    continue
            note(name)
            went += 1
        if problems:
            raise NotAllSent(" ".join(problems))
        return went

    def _was_sent(self, name: str, hour: datetime) -> bool:
        try:
            return self._place(name).read_text(encoding="ascii") == hour.isoformat()
        except FileNotFoundError:
            return False

    def _note(self, name: str, hour: datetime) -> None:
        fresh = self._place(f"{name}-new")
        fresh.write_text(hour.isoformat(), encoding="ascii")
        fresh.replace(self._place(name))

    def _place(self, name: str) -> Path:
        return self._folder / f"sent-{name}"


def ways_of(settings: NoticeSettings, tls: ssl.SSLContext) -> dict[str, Way]:
    """The ways of sending that the settings name."""
    ways: dict[str, Way] = {}
    mail, hook = settings.mail, settings.hook
    if mail:
        ways["mail"] = lambda hour: send_mail(mail, hour, tls)
    if hook:
        ways["webhook"] = lambda hour: call_hook(hook, hour, tls)
    return ways


def open_notices(data: Path) -> Notices:
    """The notices of a data folder, as its settings have them.

    Raises:
        BadNoticeSettings: they are missing, wrong, or readable by others.
    """
    settings = read_settings(data)
    return Notices(data, settings, ways_of(settings, ssl.create_default_context()))
