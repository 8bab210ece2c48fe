"""Who may reach which page. Every endpoint names its permission, or the site does not start.

A permission is checked against the keeper's roster at each request, so that a
grant or a removal binds at once and a row in the main database grants nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any, Final, TypeVar

from flask import Flask

from tipline.ids import AUDITORS, CUSTODIANS, INTAKE, INTEGRITY, PAYMENTS, PROTECTION
from tipline.roster import Member, Roster
from tipline.roster.rules import is_settled
from tipline.roster.types import APPROVER, LEADER, PAY_CLERK, PROPOSER, REGISTRAR, REWARD_ROLES, VERIFIER

View = TypeVar("View", bound=Callable[..., Any])

_DECLARED = "__permission__"


class Permission(Enum):
    """What a page asks of whoever opens it."""

    PUBLIC = "nobody in particular"
    SIGNED_IN = "an active member"
    READ_TIPS = "an active member of a desk that reads tips"
    READ_NAMES = "an active member of a desk that reads tips or protection cases, or of the pay clerks'"
    OPEN_CASES = "an active member of the intake or the protection desk"
    ENTER_TIPS = "an active member of the intake desk"
    SEE_DISCLOSURES = "an active member of a desk that reads, or of the custodians' or pay clerks' desk"
    DECIDE_DISCLOSURES = "an active member of the custodians' desk"
    AUDIT = "an active member of the auditors' desk"
    LEAD_FIGURES = "an active leader, or an auditor"
    REGISTER = "an active registrar"
    PROTECT = "an active member of the protection or the integrity desk"
    SETTLED = "an active member with a desk or a role"
    READ_INTERFERENCE = "an active member of the integrity desk, or an auditor"
    ANSWER_INTERFERENCE = "an active member of the integrity desk"
    DECIDE_HEADS = "an active member with a desk or a role, also while the keeper is stopped"
    REWARDS = "an active proposer, verifier or approver of rewards, or an auditor"
    STEP_REWARDS = "an active proposer, verifier or approver of rewards"
    PROPOSE_REWARDS = "an active proposer of rewards at a desk that reads tips"
    REWARD_BUDGET = "an active proposer, verifier or approver of rewards, a leader, or an auditor"
    SET_BUDGET = "an active verifier or approver of rewards, or a leader"
    OPEN_KEYS = "an active verifier or approver of rewards"
    REWARD_PLACES = "an active member with a role in rewards, a registrar, or an auditor"
    REWARD_RULES = "an active registrar, or an approver of rewards"
    LEDGER = "an active proposer, verifier or approver of rewards, a leader, or an auditor: the ledger"
    PAY = "an active pay clerk"
    UNDO_PAYMENTS = "an active pay clerk, or a verifier of rewards"


class UndeclaredPermission(Exception):
    """An endpoint names no permission: the site must not start."""


def requires(permission: Permission) -> Callable[[View], View]:
    """Declare the permission of a view."""

    def declare(view: View) -> View:
        setattr(view, _DECLARED, permission)
        return view

    return declare


def declared_permission(app: Flask, endpoint: str) -> Permission:
    """The permission that an endpoint declares.

    Raises:
        UndeclaredPermission: it declares none.
    """
    permission = getattr(app.view_functions.get(endpoint), _DECLARED, None)
    if not isinstance(permission, Permission):
        raise UndeclaredPermission(f"{endpoint} names no permission")
    return permission


def check_every_endpoint(app: Flask) -> None:
    """Walk the map of addresses.

    Raises:
        UndeclaredPermission: an endpoint declares none.
    """
    for rule in app.url_map.iter_rules():
        declared_permission(app, rule.endpoint)


def holds(permission: Permission, member: Member, roster: Roster) -> bool:
    """Whether a member may open pages of this permission now."""
    return permission is Permission.PUBLIC or (member.active and _ASKED[permission](member, roster))


def reading_desks(desks: Iterable[str], roster: Roster) -> tuple[str, ...]:
    """Those of the desks that read tips or protection cases, by name."""
    return tuple(sorted(desk for desk in desks if desk in roster.desks and roster.desks[desk].reads))


_DECIDING: Final = (PROPOSER, VERIFIER, APPROVER)
"""Whose steps lead to an award."""


def _is_one_of(member: Member, *roles: str) -> bool:
    return not member.roles.isdisjoint(roles)


_ASKED: Final[Mapping[Permission, Callable[[Member, Roster], bool]]] = {
    Permission.SIGNED_IN: lambda member, roster: True,
    Permission.READ_TIPS: lambda member, roster: bool(
        set(reading_desks(member.desks, roster)) - {PROTECTION}
    ),
    Permission.READ_NAMES: lambda member, roster: (
        PAYMENTS in member.desks or bool(reading_desks(member.desks, roster))
    ),
    Permission.OPEN_CASES: lambda member, roster: not member.desks.isdisjoint((PROTECTION, INTAKE)),
    Permission.ENTER_TIPS: lambda member, roster: INTAKE in member.desks,
    Permission.SEE_DISCLOSURES: lambda member, roster: (
        not member.desks.isdisjoint((CUSTODIANS, PAYMENTS)) or bool(reading_desks(member.desks, roster))
    ),
    Permission.DECIDE_DISCLOSURES: lambda member, roster: CUSTODIANS in member.desks,
    Permission.AUDIT: lambda member, roster: AUDITORS in member.desks,
    Permission.LEAD_FIGURES: lambda member, roster: LEADER in member.roles or AUDITORS in member.desks,
    Permission.REGISTER: lambda member, roster: member.is_registrar,
    Permission.PROTECT: lambda member, roster: not member.desks.isdisjoint((PROTECTION, INTEGRITY)),
    Permission.SETTLED: lambda member, roster: is_settled(member),
    Permission.READ_INTERFERENCE: lambda member, roster: not member.desks.isdisjoint((AUDITORS, INTEGRITY)),
    Permission.ANSWER_INTERFERENCE: lambda member, roster: INTEGRITY in member.desks,
    Permission.DECIDE_HEADS: lambda member, roster: is_settled(member),
    Permission.REWARDS: lambda member, roster: _is_one_of(member, *_DECIDING) or AUDITORS in member.desks,
    Permission.STEP_REWARDS: lambda member, roster: _is_one_of(member, *_DECIDING),
    Permission.PROPOSE_REWARDS: lambda member, roster: (
        PROPOSER in member.roles and bool(set(reading_desks(member.desks, roster)) - {PROTECTION})
    ),
    Permission.REWARD_BUDGET: lambda member, roster: (
        _is_one_of(member, *_DECIDING, LEADER) or AUDITORS in member.desks
    ),
    Permission.SET_BUDGET: lambda member, roster: _is_one_of(member, VERIFIER, APPROVER, LEADER),
    Permission.OPEN_KEYS: lambda member, roster: _is_one_of(member, VERIFIER, APPROVER),
    Permission.REWARD_PLACES: lambda member, roster: (
        _is_one_of(member, *REWARD_ROLES, REGISTRAR) or AUDITORS in member.desks
    ),
    Permission.REWARD_RULES: lambda member, roster: _is_one_of(member, REGISTRAR, APPROVER),
    Permission.LEDGER: lambda member, roster: (
        _is_one_of(member, *_DECIDING, LEADER) or AUDITORS in member.desks
    ),
    Permission.PAY: lambda member, roster: PAY_CLERK in member.roles,
    Permission.UNDO_PAYMENTS: lambda member, roster: _is_one_of(member, PAY_CLERK, VERIFIER),
}
"""What each permission asks of an active member."""
