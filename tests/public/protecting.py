"""An instance with a protection desk, and somebody who asks it for protection."""

import json
from collections.abc import Mapping
from typing import Any

from werkzeug.test import TestResponse

from crypto.keys import Identity
from crypto.notes import sign_json
from tests.mailbox.test_standing import record_of
from tests.public.instance import Instance
from tests.public.visitor import Visitor, code_on, parts
from tipline.ids import TipId

ASK = "/mailbox/protection"
RELATIVE = f"{ASK}/relative"
PAGE = "/protection"
FEAR = "He waits\r\nat the gate <every> night."


def with_desk(instance: Instance) -> Instance:
    """The instance with a protection desk and custodians, at which somebody of the district sits."""
    instance.desks |= {"protection": Identity.generate(), "custodians": Identity.generate()}
    instance.publish(2)
    return instance


def send(visitor: Visitor, path: str, **typed: object) -> TestResponse:
    """Fill the last form of a page and send it."""
    return visitor.post(path, {**visitor.hidden(path), **typed})


def reported(visitor: Visitor) -> str:
    """Report, and open the mailbox; the code."""
    code = code_on(visitor.report(description="Seen at the market."))
    visitor.sign_in(code)
    return code


def asked(visitor: Visitor, **typed: object) -> TestResponse:
    """Ask for protection out of the mailbox that is open."""
    return send(visitor, ASK, **{"message": FEAR, "agrees": "yes", **typed})


def asked_without_report(visitor: Visitor, **typed: object) -> TestResponse:
    """Ask for protection on the page of its own."""
    answers: dict[str, object] = {"description": FEAR, "group": "witness", **typed}
    return visitor.send(PAGE, parts({**visitor.hidden(PAGE), **answers}, [(b"", "")]))


def ids(instance: Instance) -> tuple[list[bytes], list[bytes]]:
    """The ids of tips and of cases."""
    rows = instance.rows("select id, state from tips")
    cases = [row[0] for row in rows if row[1] == "asked"]
    return [row[0] for row in rows if row[1] != "asked"], cases


def read_by(instance: Instance, kind: str, desk: str = "protection") -> list[dict[str, Any]]:
    """What a desk can open of a kind, oldest first by item."""
    rows = instance.rows(
        "select sealed, slip from slips join items on items.id = item_id"
        " where kind = :kind and desk = :desk order by tip_id, position",
        kind=kind,
        desk=desk,
    )
    opened = [instance.open_slipped(row[0], row[1], desk) for row in rows]
    return [json.loads(data.split(b"\n", 1)[1].split(b"\0", 1)[0]) for data in opened]


def stands(instance: Instance, case: bytes, **changes: object) -> None:
    """Let the keeper's record say where a case stands."""
    fields: Mapping[str, object] = {
        "state": "protected",
        "since": "2026-03-02",
        "due": "2026-04-01",
        **changes,
    }
    record = sign_json(record_of(TipId(case), **fields), instance.signer)
    instance.change(
        "update tips set state = :state, state_record = :record where id = :id",
        state=fields["state"],
        record=record,
        id=case,
    )
