"""Where passkeys are made, and what the browser says of a new one."""

from collections.abc import Mapping
from dataclasses import dataclass

from admin.account.errors import PasskeyElsewhere, PasskeyUnfit
from admin.visit import Visit
from crypto.assertions import Passkey, belongs
from crypto.errors import BadFormat

FIELDS = ("id", "key", "algorithm")


@dataclass(frozen=True)
class Address:
    """The host that passkeys are made for, and whether the page was opened under it."""

    host: str
    is_here: bool


def passkey_address(visit: Visit, host: str) -> Address:
    """The host of this site's passkeys; `host` is what the browser asked for, without its port."""
    named = visit.services.settings.admin_host
    return Address(named, bool(named) and belongs(host.lower(), named))


def require_address(visit: Visit, host: str) -> str:
    """The host that a passkey is made for.

    Raises:
        PasskeyElsewhere: browsers would make none at this address.
    """
    address = passkey_address(visit, host)
    if not address.is_here:
        raise PasskeyElsewhere
    return address.host


def read_new(form: Mapping[str, str], host: str) -> Passkey:
    """The passkey that the page's script put into the form.

    Nothing vouches for it yet: the statement that brings it carries its first answer.

    Raises:
        PasskeyUnfit: it is of a kind that cannot be checked.
    """
    identifier, key, algorithm = (form.get(field, "") for field in FIELDS)
    try:
        return Passkey(identifier, key, host, int(algorithm))
    except (BadFormat, ValueError) as error:
        raise PasskeyUnfit from error
