"""Everything a deployment may set, in one frozen place.

Security choices are constants where they are used, not settings here.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from crypto.assertions import LOCAL, check_host
from crypto.errors import BadFormat

SITE_FILE = "site.json"
SQLITE = "sqlite:///"
TRIAL = "trial"
PRODUCTION = "production"
PUBLIC_BIND = "127.0.0.1:8000"
ADMIN_BIND = "127.0.0.1:8001"
RAM_FOLDER = Path("/run/tipline")
TRIAL_RAM_ROOT = Path("/dev/shm")  # noqa: S108  a folder of our own with mode 0700 is made below it


class SettingsError(Exception):
    """A setting is missing or wrong; the sentence says which and what to do."""


@dataclass(frozen=True)
class Settings:
    """The settings of one deployment.

    `origin`, `genesis` (hex SHA-256 of entry 0) and `log_key` (a verifier key,
    c2sp.org/signed-note) pin the log; they come from `site.json`, which
    `tipline init` writes. `through_onion` marks the public site's second process,
    which only the onion service reaches. `admin_host` is the name under which
    browsers reach the admin site; passkeys are made for it, and not without it.
    """

    data: Path
    ram: Path
    public_bind: str
    admin_bind: str
    database_url: str
    keeper_database_url: str
    proxies: int
    trial: bool
    origin: str
    genesis: str
    log_key: str
    onion_bind: str = ""
    through_onion: bool = False
    admin_host: str = ""

    @classmethod
    def from_mapping(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the settings of an instance that `tipline init` or `tipline trial` has made.

        Raises:
            SettingsError: the data folder holds no instance, or a value is wrong.
        """
        data = data_folder(environment)
        return cls._of(environment, data, _site(data))

    @classmethod
    def for_new(cls, environment: Mapping[str, str], *, origin: str, trial: bool) -> "Settings":
        """The settings of an instance that is being made: its log has no key and no first entry yet.

        Raises:
            SettingsError: a value is wrong.
        """
        profile = TRIAL if trial else PRODUCTION
        site = {"origin": origin, "genesis": "", "log_key": "", "profile": profile}
        return cls._of(environment, data_folder(environment), site)

    @classmethod
    def _of(cls, environment: Mapping[str, str], data: Path, site: Mapping[str, str]) -> "Settings":
        trial = site["profile"] == TRIAL
        return cls(
            data=data,
            ram=_ram_folder(environment, data, trial=trial),
            public_bind=environment.get("TIPLINE_PUBLIC_BIND", PUBLIC_BIND),
            admin_bind=environment.get("TIPLINE_ADMIN_BIND", ADMIN_BIND),
            database_url=_database(environment, "TIPLINE_DATABASE_URL", data / "main.db"),
            keeper_database_url=_database(
                environment, "TIPLINE_KEEPER_DATABASE_URL", data / "keeper" / "keeper.db"
            ),
            proxies=_number(environment, "TIPLINE_PROXIES", 0),
            trial=trial,
            origin=site["origin"],
            genesis=site["genesis"],
            log_key=site["log_key"],
            onion_bind=environment.get("TIPLINE_ONION_BIND", ""),
            admin_host=_host(environment, "TIPLINE_ADMIN_HOST", LOCAL if trial else ""),
        )

    def for_onion(self) -> "Settings":
        """The same for the public site behind the onion service, where no proxy's headers are believed.

        Raises:
            SettingsError: no address was named for it.
        """
        if not self.onion_bind:
            raise SettingsError("Name an address for the onion service: TIPLINE_ONION_BIND=127.0.0.1:8002")
        return replace(self, public_bind=self.onion_bind, proxies=0, through_onion=True)

    @property
    def secure_cookies(self) -> bool:
        """Cookies travel over HTTPS only, except in a trial and through the onion service.

        An onion service encrypts up to the machine it runs on, and has no certificate; of the browsers that
        reach one only Tor Browser keeps a `Secure` cookie without HTTPS. The process decides, not a header.
        """
        return not (self.trial or self.through_onion)

    @property
    def files(self) -> Path:
        """Sealed files."""
        return self.data / "files"

    @property
    def staging(self) -> Path:
        """Sealed files whose tip is not stored yet."""
        return self.data / "staging"

    @property
    def keeper_folder(self) -> Path:
        """Key files and last signed size of the keeper."""
        return self.data / "keeper"

    @property
    def public_folder(self) -> Path:
        """What the public site has seen."""
        return self.data / "public"

    @property
    def admin_folder(self) -> Path:
        """What the admin site has seen, and its key file."""
        return self.data / "admin"

    @property
    def account_key_file(self) -> Path:
        """The key file without which no password opens a member's seed."""
        return self.admin_folder / "account.key"

    @property
    def admin_socket(self) -> Path:
        """Where the keeper answers the admin site."""
        return self.ram / "keeper-admin.sock"

    @property
    def public_socket(self) -> Path:
        """Where the keeper answers the public site."""
        return self.ram / "keeper-public.sock"

    @property
    def operator_socket(self) -> Path:
        """Where the keeper answers its operator, in a folder that its own account alone can enter."""
        return self.ram / "keeper" / "operator.sock"


def data_folder(environment: Mapping[str, str], default: str = "instance") -> Path:
    """The data folder, absolute.

    Raises:
        SettingsError: a file is named.
    """
    data = Path(environment.get("TIPLINE_DATA") or default).resolve()
    if data.is_file():
        raise SettingsError(f"TIPLINE_DATA names {data}, which is a file. Name a folder.")
    return data


def write_site(data: Path, *, origin: str, genesis: str, log_key: str, profile: str) -> None:
    """Pin the log of this instance in its settings file, whole or not at all."""
    site = {"origin": origin, "genesis": genesis, "log_key": log_key, "profile": profile}
    fresh = data / f"{SITE_FILE}.new"
    with fresh.open("w", encoding="utf-8") as file:
        file.write(json.dumps(site, indent=2) + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(data / SITE_FILE)


def _site(data: Path) -> dict[str, str]:
    path = data / SITE_FILE
    try:
        site = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(_no_instance(data)) from None
    except ValueError as error:
        raise SettingsError(f"{path} is not readable JSON: {error}") from error
    missing = {"origin", "genesis", "log_key", "profile"} - site.keys()
    if missing:
        raise SettingsError(f"{path} lacks {', '.join(sorted(missing))}.")
    return {key: str(value) for key, value in site.items()}


def _no_instance(data: Path) -> str:
    if (data / TRIAL / SITE_FILE).exists():
        return (
            f"There is no instance in {data}, but a trial in {data / TRIAL}: set TIPLINE_DATA={data / TRIAL}."
        )
    return f"There is no instance in {data}. Make one with `tipline init` or `tipline trial`."


def _database(environment: Mapping[str, str], name: str, default: Path) -> str:
    url = environment.get(name) or f"sqlite:///{default}"
    if not url.startswith(SQLITE) or url == SQLITE:
        raise SettingsError(
            f"{name} must name a SQLite file, like sqlite:////srv/tipline/main.db: "
            "this version works with no other database."
        )
    return url


def _ram_folder(environment: Mapping[str, str], data: Path, *, trial: bool) -> Path:
    named = environment.get("TIPLINE_RAM")
    if named:
        return Path(named).resolve()
    if not trial:
        return RAM_FOLDER
    # One folder for each trial instance, short enough for a socket's path (108 bytes).
    mark = hashlib.sha256(str(data).encode()).hexdigest()[:16]
    return TRIAL_RAM_ROOT / f"tipline-{os.getuid()}-{mark}"


def _host(environment: Mapping[str, str], name: str, default: str) -> str:
    host = environment.get(name, default)
    try:
        if host:
            check_host(host)
    except BadFormat:
        raise SettingsError(f"{name} must be the name of a host, not {host!r}.") from None
    return host


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name, str(default))
    try:
        value = int(text)
    except ValueError:
        raise SettingsError(f"{name} must be a whole number, not {text!r}.") from None
    if value < 0:
        raise SettingsError(f"{name} must not be negative.")
    return value
