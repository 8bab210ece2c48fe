"""Which hour's notice is due. What could not be sent within its hour is given up: a later one is the same."""

from datetime import datetime

from tipline.notices.settings import NoticeSettings


def due_hour(settings: NoticeSettings, now: datetime) -> datetime | None:
    """The set hour that it is now, whose notice is to go out if it has not; None in other hours."""
    hour = hour_of(settings, now)
    return hour if hour.hour in settings.hours else None


def hour_of(settings: NoticeSettings, now: datetime) -> datetime:
    """The hour that it is at the office, to its full hour."""
    return now.astimezone(settings.zone).replace(minute=0, second=0, microsecond=0)
