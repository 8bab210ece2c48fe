"""The second look at one request: how long ago somebody confirmed, and what their passkey answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from admin.confirming.prepared import open_body
from admin.sessions.service import OpenSession
from crypto.assertions import PARTS
from crypto.errors import CryptoError
from crypto.statements import Statement
from tipline.accounts.errors import AssertionNeeded, ConfirmationNeeded
from tipline.ids import MemberId
from tipline.roster import Roster
from tipline.roster.bodies import BASE_FIELDS
from tipline.roster.sensitive import passkeys_needed

CONFIRMED: Final = "confirmed"
"""Where a session keeps when its member last confirmed, in Unix seconds; boxed under the cookie."""
FRESH_SECONDS: Final = 300
ANSWER_SECONDS: Final = 110
"""How long a prepared statement waits for its passkey: the keeper takes it for two minutes."""
FIELD: Final = "confirm_"
"""How the names of this room's form fields begin."""
BODY: Final = f"{FIELD}body"


@dataclass(frozen=True)
class PageLook:
    """Asks on pages: raises, and finds the answer in the form of the next post."""

    session: OpenSession
    roster: Roster
    form: Mapping[str, str]
    path: str
    now: int

    @property
    def is_fresh(self) -> bool:
        """Whether password and code were confirmed in this session a short while ago."""
        since: int = self.now - self.session.held.get(CONFIRMED, 0)
        return 0 <= since < FRESH_SECONDS

    def body(self, kind: str, fields: Mapping[str, Any], by: Sequence[MemberId]) -> Mapping[str, Any] | None:
        """The body that the page has shown, if it is about the same and fresh enough to be logged."""
        shown = self._shown
        if shown is None or not 0 <= self.now - shown["at"] < ANSWER_SECONDS:
            return None
        same = (shown["type"], shown["by"], _stated(shown)) == (kind, list(by), dict(fields))
        return shown if same else None

    def answered(self, statement: Statement) -> bool:
        """Whether this form brings a passkey's answer that is about the same as this statement."""
        shown, body = self._shown, statement.body
        if shown is None or not self._brings_answer:
            return False
        return (shown["type"], _stated(shown)) == (body["type"], _stated(body))

    def answered_another(self, statement: Statement) -> bool:
        """Whether this form brings a passkey's answer for something else: the step before this one."""
        return self._shown is not None and self._brings_answer and not self.answered(statement)

    @property
    def _brings_answer(self) -> bool:
        return any(self.form.get(FIELD + part) for part in PARTS)

    @cached_property
    def _shown(self) -> Mapping[str, Any] | None:
        """The body that stood on the page from which this form came."""
        return open_body(self.session.token.form_key, self.path, self.form.get(BODY, ""))

    def confirm(self, statement: Statement, signer: MemberId) -> Statement:
        """The statement, with the answer of the signer's passkey where it must answer.

        Who has no passkey yet confirms with password and code, also for their first passkey.

        Raises:
            ConfirmationNeeded: password and code were not confirmed lately.
            AssertionNeeded: the passkey has not answered, or not rightly.
        """
        needed = passkeys_needed(self.roster, statement).get(signer)
        if (needed is None or needed != self.roster.member(signer).passkey) and not self.is_fresh:
            raise ConfirmationNeeded
        if needed is None:
            return statement
        answer = {part: self.form.get(FIELD + part, "") for part in PARTS}
        try:
            needed.verify(answer, statement.challenge)
        except CryptoError as error:
            raise AssertionNeeded(statement) from error
        return statement.add_assertion(signer, answer)


def _stated(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a body says beside what every body says."""
    return {name: value for name, value in body.items() if name not in BASE_FIELDS}
