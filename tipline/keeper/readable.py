"""What of a refused statement enters the log.

A member who is known may state anything, and the log keeps it where auditors read it. So a refused statement
stands there only when each of its fields has the form of its type; of any other one stands the digest, and
who signed it.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from crypto.statements import Statement
from tipline.alerts.errors import BadRules
from tipline.alerts.rules import RuleBook
from tipline.deadlines import TERMS
from tipline.keeper.errors import Refusal
from tipline.keeper.shapes import check_shape
from tipline.roster import RosterRefused
from tipline.roster.bodies import read_desk, read_member, read_passkey, read_past_units, read_unit
from tipline.roster.competent import read_body
from tipline.roster.witnesses import POLICY_FIELDS, read_policy

_HEAD: Final = {"size", "root"}
_ROOT_LENGTH: Final = 64


def is_readable(body: Mapping[str, Any]) -> bool:
    """Whether a body has the form of its type, also in what the roster alone takes apart."""
    try:
        check_shape(body)
        _INSIDE.get(body["type"], _nothing)(body)
    except (Refusal, RosterRefused, BadRules):
        return False
    return True


def without_answers(statement: Statement) -> Statement:
    """The statement without what passkeys said: nobody signed that, and what is refused needs none."""
    return Statement(statement.body, statement.signatures) if statement.assertions else statement


def _nothing(_body: Mapping[str, Any]) -> None:
    """Most types hold nothing that their shape does not say."""


def _heads(body: Mapping[str, Any]) -> None:
    for head in (body["lost"], body["found"]):
        whole = head.keys() == _HEAD and type(head["size"]) is int
        if head and not (whole and isinstance(head["root"], str) and _is_hash(head["root"])):
            raise RosterRefused("malformed", "a head is none")


def _is_hash(text: str) -> bool:
    return len(text) == _ROOT_LENGTH and not set(text) - set("0123456789abcdef")


def _terms(body: Mapping[str, Any]) -> None:
    days = body["days"]
    if not (days.keys() <= TERMS.keys() and all(type(number) is int for number in days.values())):
        raise RosterRefused("malformed", "a deadline has an unknown name, or no number of days")


_INSIDE: Final[Mapping[str, Callable[[Mapping[str, Any]], object]]] = {
    "unit": lambda body: read_unit(body["unit"]),
    "member": lambda body: read_member(body["member"]),
    "member-unit": lambda body: read_past_units(body["past_units"]),
    "desk": lambda body: read_desk(body["desk"]),
    "rekey": lambda body: read_desk(body["desk"]),
    "passkey": lambda body: read_passkey(body["passkey"]),
    "body": lambda body: read_body(body["body"]),
    "witnesses": lambda body: read_policy({name: body[name] for name in POLICY_FIELDS}),
    "acknowledge": _heads,
    "deadlines": _terms,
    "alert-rules": lambda body: RuleBook.read(body["rules"]),
}
