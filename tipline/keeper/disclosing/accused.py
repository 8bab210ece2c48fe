"""A written decision about a framed officer: nobody of the accused officer's unit asks, agrees or looks.

The unit stands in the request alone, under its requester's signature, and is read from there whenever
somebody acts on it. Who is of that unit, of one above it inside the township or of one beneath it is shut out
as if the tip's route excluded them.

Source: docs/decisions/0008-identities-that-need-two-people.md.
"""

from dataclasses import replace

from sqlalchemy import Connection

from crypto.policies import Route
from tipline.disclosures.grounds import Ground
from tipline.keeper.digests.rows import Rows
from tipline.keeper.disclosing.payees import as_payee
from tipline.keeper.disclosing.people import signed_request
from tipline.keeper.disclosing.standing import Disclosure
from tipline.keeper.pins import Standing
from tipline.roster import Roster
from tipline.roster.lines import line_of

ACCUSED_UNIT = "accused_unit"
"""The statement's field, for this ground alone; older requests do without."""


def shut_out(
    connection: Connection, rows: Rows, roster: Roster, asked: Disclosure, standing: Standing
) -> Standing:
    """The standing of a request's tip, as the people who act on this request meet it.

    Raises:
        Refusal: not-approved; what was asked for does not stand in the log under the requester's present key.
            not-allowed; a pay clerk asked, and nobody is to be paid by name any more.
    """
    met = as_payee(rows, asked.tip, asked.desk, asked.ground, standing)
    if asked.ground != Ground.DECISION:
        return met
    return apart(roster, named_unit(connection, roster, asked), met)


def named_unit(connection: Connection, roster: Roster, asked: Disclosure) -> str:
    """The unit that a request names as the accused officer's; empty for other grounds.

    Raises:
        Refusal: as for `shut_out`.
    """
    if asked.ground != Ground.DECISION:
        return ""
    unit: str = signed_request(connection, roster, asked).body.get(ACCUSED_UNIT, "")
    return unit


def apart(roster: Roster, unit: str, standing: Standing) -> Standing:
    """The same with this unit, those above and those beneath it excluded, too."""
    excluded = {*standing.route.excluded, *line_of(roster.units, unit)}
    return replace(standing, route=Route(standing.route.desks, tuple(sorted(excluded))))
