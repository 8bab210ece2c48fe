"""Reading the keeper's answers about cases of tips."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from crypto.errors import BadFormat, CryptoError
from crypto.notes import NoteVerifier, open_json
from crypto.policies import Route
from crypto.statements import Statement
from tipline.keeper_client.entries import read_bytes
from tipline.keeper_client.errors import KeeperLied
from tipline.keeper_client.frames import to_bytes
from tipline.keeper_client.types import CardGroup, ExpiringTips, Looked, TipView
from tipline.tips.case_file import CaseFile


def records_of(
    statement: Statement, index: int, day: str, answer: Mapping[str, Any], log_key: NoteVerifier
) -> dict[str, bytes]:
    """The records of the tips that a statement changed: of each that it names, and of this very entry.

    Raises:
        KeeperLied: one is missing, or says something else.
    """
    body = statement.body
    said = {"statement": statement.digest, "index": index, "day": day, "kind": body["type"]}
    if body["type"] == "move":
        said["state"] = body["to"]
    records = _records(answer, log_key, said)
    if records.keys() != set(body.get("tips", [body.get("tip")])):
        raise KeeperLied("the answer holds a record of other tips than the statement names")
    return records


def read_standings(answer: Mapping[str, Any], log_key: NoteVerifier) -> dict[str, bytes]:
    """The records of tips as they stand now.

    Raises:
        KeeperLied: one is not the log's, or of another tip.
    """
    return _records(answer, log_key, {})


def _records(answer: Mapping[str, Any], log_key: NoteVerifier, said: Mapping[str, Any]) -> dict[str, bytes]:
    notes = answer.get("records")
    if not isinstance(notes, dict):
        raise KeeperLied("the answer holds no record")
    return {tip: _record(note, log_key, {**said, "tip": tip}) for tip, note in notes.items()}


def _record(value: object, log_key: NoteVerifier, said: Mapping[str, Any]) -> bytes:
    try:
        note = to_bytes(value)
        fields = open_json(note, log_key)
    except CryptoError as error:
        raise KeeperLied("a record is not signed by the log") from error
    wanted = {"type": "standing", "log": log_key.name, **said}
    if {name: fields.get(name) for name in wanted} != wanted:
        raise KeeperLied("a record is of something else")
    return note


def read_view(value: object) -> TipView:
    """Where a tip stands.

    Raises:
        KeeperLied: the answer does not say.
    """
    if not isinstance(value, dict) or not isinstance(value.get("case"), dict):
        raise KeeperLied("the answer holds no state")
    lists = (value.get("desks"), value.get("excluded"))
    if not all(isinstance(one, list) and all(isinstance(each, str) for each in one) for one in lists):
        raise KeeperLied("the answer holds no state")
    try:
        return TipView(
            tuple(value["desks"]),
            tuple(value["excluded"]),
            CaseFile.from_fields(value["case"]),
            bytes.fromhex(value["claim"]),
        )
    except (BadFormat, KeyError, TypeError, ValueError) as error:
        raise KeeperLied("the answer holds no state") from error


def read_looked(answer: Mapping[str, Any], log_key: NoteVerifier) -> Looked:
    """What the keeper stated by itself.

    Raises:
        KeeperLied: the answer does not say.
    """
    stated = answer.get("stated")
    if not isinstance(stated, dict) or not all(type(number) is int for number in stated.values()):
        raise KeeperLied("the answer does not say what was stated")
    return Looked(stated, _records(answer, log_key, {}))


def read_expiring(answer: Mapping[str, Any]) -> ExpiringTips:
    """Tips that may go.

    Raises:
        KeeperLied: the answer does not say.
    """
    try:
        tips = tuple((str(tip), date.fromisoformat(until)) for tip, until in answer["tips"])
        return ExpiringTips(tips, str(answer["last"]))
    except (KeyError, TypeError, ValueError) as error:
        raise KeeperLied("the answer names no tips") from error


def read_group(value: object) -> CardGroup:
    """A card group's key, for who may have it.

    Raises:
        KeeperLied: it is none.
    """
    if not isinstance(value, dict) or not isinstance(value.get("group"), str):
        raise KeeperLied("the answer holds no card group")
    excluded, epoch = value.get("excluded"), value.get("epoch")
    if not isinstance(excluded, list) or not all(isinstance(unit, str) for unit in excluded):
        raise KeeperLied("the answer holds no card group")
    if type(epoch) is not int:
        raise KeeperLied("the answer holds no card group")
    return CardGroup(value["group"], tuple(excluded), epoch, read_bytes(value.get("inner")))


def read_route(value: object) -> Route:
    """A tip's route.

    Raises:
        KeeperLied: it is none.
    """
    try:
        if isinstance(value, dict):
            return Route(tuple(value["desks"]), tuple(value["excluded"]))
    except (BadFormat, KeyError, TypeError) as error:
        raise KeeperLied("the answer holds no route") from error
    raise KeeperLied("the answer holds no route")
