"""What the notices' own file says: when, to whom, and through whom.

It lies with its secrets in the folder `notices` of the data folder. The process
that sends sees that folder and nothing else.
"""

import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta, timezone
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tipline.notices.errors import BadNoticeSettings

FOLDER = "notices"
FILE = "notices.toml"
MIN_SECRET_BYTES = 16

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_MAIL = {"host", "port", "security", "user", "password_file", "from", "to"}
_HOOK = {"url", "secret_file"}
_TOP = {"hours", "utc_offset_hours", "mail", "webhook"}


class Security(StrEnum):
    """How the way to the mail server is encrypted."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"  # to a mail server on this machine alone


@dataclass(frozen=True)
class MailSettings:
    """A mail server and the one list of addresses."""

    host: str
    port: int
    security: Security
    sender: str
    to: tuple[str, ...] = field(repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def domain(self) -> str:
        """The part of the sender's address that stands for this machine wherever one must be named."""
        return self.sender.rpartition("@")[2]


@dataclass(frozen=True)
class HookSettings:
    """An address that is called, and the key that signs the call."""

    url: str = field(repr=False)
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class NoticeSettings:
    """When notices go out, in the office's hours, and by which ways."""

    hours: tuple[int, ...]
    zone: timezone
    mail: MailSettings | None
    hook: HookSettings | None


def read_settings(data: Path) -> NoticeSettings:
    """Read the file of a data folder.

    Raises:
        BadNoticeSettings: it is missing, wrong, or readable by others.
    """
    folder = data / FOLDER
    try:
        fields = tomllib.loads(_private(folder, FILE).decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadNoticeSettings(f"{FILE} is not readable TOML: {error}") from error
    _only(fields, _TOP, FILE)
    mail, hook = fields.get("mail"), fields.get("webhook")
    if mail is None and hook is None:
        raise BadNoticeSettings(f"{FILE} names no way to send: fill in [mail], [webhook] or both.")
    return NoticeSettings(
        hours=_hours(fields),
        zone=timezone(timedelta(hours=_number(fields, "utc_offset_hours", -12, 14, default=8))),
        mail=_mail(_table(mail, "mail"), folder) if mail is not None else None,
        hook=_hook(_table(hook, "webhook"), folder) if hook is not None else None,
    )


def _mail(fields: Mapping[str, Any], folder: Path) -> MailSettings:
    _only(fields, _MAIL, "[mail]")
    host, user = _text(fields, "host"), str(fields.get("user", ""))
    try:
        security = Security(_text(fields, "security"))
    except ValueError:
        raise BadNoticeSettings(f'"security" in [mail] is one of {", ".join(Security)}.') from None
    if security is Security.NONE and not _is_here(host):
        raise BadNoticeSettings('"security" in [mail] may be "none" for 127.0.0.1 or ::1 alone.')
    to = fields.get("to")
    if not isinstance(to, list) or not to:
        raise BadNoticeSettings('"to" in [mail] is a list of addresses.')
    return MailSettings(
        host=host,
        port=_number(fields, "port", 1, 65_535),
        security=security,
        sender=_mail_address(fields.get("from"), "from"),
        to=tuple(_mail_address(one, "to") for one in to),
        user=user,
        password=_secret(fields, "password_file", folder).decode("utf-8") if user else "",
    )


def _hook(fields: Mapping[str, Any], folder: Path) -> HookSettings:
    _only(fields, _HOOK, "[webhook]")
    url = _text(fields, "url")
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.fragment or not url.isascii():
        raise BadNoticeSettings('"url" in [webhook] is an address with https://, without name and password.')
    secret = _secret(fields, "secret_file", folder)
    if len(secret) < MIN_SECRET_BYTES:
        raise BadNoticeSettings(f'"secret_file" in [webhook] holds at least {MIN_SECRET_BYTES} bytes.')
    return HookSettings(url, secret)


def _hours(fields: Mapping[str, Any]) -> tuple[int, ...]:
    hours = fields.get("hours")
    if (
        not isinstance(hours, list)
        or not hours
        or not all(type(one) is int and 0 <= one < 24 for one in hours)
    ):
        raise BadNoticeSettings('"hours" is a list of whole hours of the day, like [9, 14].')
    return tuple(sorted(set(hours)))


def _secret(fields: Mapping[str, Any], name: str, folder: Path) -> bytes:
    secret = _private(folder, _text(fields, name)).strip()
    if not secret:
        raise BadNoticeSettings(f'The file of "{name}" is empty.')
    return secret


def _private(folder: Path, name: str) -> bytes:
    """The bytes of a file that nobody else may read."""
    try:
        with (folder / name).open("rb") as file:
            status = os.fstat(file.fileno())
            if status.st_mode & _OTHERS:
                raise BadNoticeSettings(f"{name} can be read by others: chmod 600.")
            return file.read()
    except OSError as error:
        raise BadNoticeSettings(
            f"{name} cannot be read in the folder {FOLDER} of the data folder ({error.strerror}). "
            "`tipline notices sample` prints what to fill in."
        ) from error


def _only(fields: Mapping[str, Any], known: set[str], place: str) -> None:
    unknown = sorted(fields.keys() - known)
    if unknown:
        raise BadNoticeSettings(f'{place} has "{unknown[0]}", which nothing here knows.')


def _table(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadNoticeSettings(f"[{name}] is a table.")
    return value


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadNoticeSettings(f'"{name}" is missing or no text.')
    return value.strip()


def _number(fields: Mapping[str, Any], name: str, least: int, most: int, default: int | None = None) -> int:
    value = fields.get(name, default)
    if type(value) is not int or not least <= value <= most:
        raise BadNoticeSettings(f'"{name}" is a whole number from {least} to {most}.')
    return value


def _mail_address(value: object, name: str) -> str:
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or " " in value:
        raise BadNoticeSettings(f'"{name}" in [mail] has something else than a plain mail address.')
    local, _, domain = value.rpartition("@")
    if not local or not domain or set("<>,;@") & set(local + domain):
        raise BadNoticeSettings(f'"{name}" in [mail] has something else than a plain mail address.')
    return value


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
