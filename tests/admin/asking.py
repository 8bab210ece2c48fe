"""Pages that ask a passkey, as the tests answer them."""

import re
from base64 import b64decode
from html import unescape

from werkzeug.test import TestResponse

from tests.admin.conftest import Office
from tests.passkeys import SoftPasskey
from tests.world import member_id

HOST = "localhost"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
CHALLENGE = re.compile(r'data-challenge="([^"]+)"')


def hidden(page: TestResponse) -> dict[str, str]:
    """The hidden fields of a page that asks, without the form's token."""
    fields = {name: unescape(value) for name, value in HIDDEN.findall(page.text)}
    fields.pop("csrf_token", None)
    return fields


def challenge(page: TestResponse) -> bytes:
    found = CHALLENGE.search(page.text)
    assert found, page.text
    text = found[1]
    return b64decode(text + "=" * (-len(text) % 4), altchars=b"-_")


def with_passkey(office: Office, name: str) -> SoftPasskey:
    """A member whose passkey is in the roster."""
    soft = SoftPasskey.make(host=HOST)
    fields = {"member": member_id(name), "passkey": soft.passkey.fields()}
    statement = office.world.sign("passkey", name, **fields)
    office.keeper().append(
        statement.add_assertion(member_id(name), soft.answer(statement.challenge, origin=f"http://{HOST}"))
    )
    return soft
