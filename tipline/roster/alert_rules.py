"""The statement by which two people, one of them an auditor, set what raises an alert."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tipline.alerts.errors import BadRules
from tipline.alerts.rules import RuleBook
from tipline.roster import rules
from tipline.roster.bodies import BASE_FIELDS, malformed, require_fields

if TYPE_CHECKING:
    from tipline.roster.replay import Roster


def set_alert_rules(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """Set the rules of alerts: {"rules": {code: {…}}}; what is not named is as it is by default."""
    fields = require_fields(body, BASE_FIELDS | {"rules"})
    rules.require_auditor_and_another(roster, body)
    try:
        return replace(roster, alert_rules=RuleBook.read(fields["rules"]))
    except BadRules as error:
        raise malformed(str(error)) from error
