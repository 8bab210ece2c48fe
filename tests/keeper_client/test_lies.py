"""A keeper that lies gets nothing past its client: each lie is found before anything is handed out."""

import base64
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from typing import Any

import pytest

from crypto.keys import SigningKey
from crypto.notes import Checkpoint, NoteSigner, open_checkpoint, open_json, sign_checkpoint, sign_json
from crypto.policies import Route
from crypto.statements import Entry, Statement
from tests.keeper_client.liar import Lie, lying
from tests.world import ORIGIN, SealedTip, World, name, request
from tipline.deadlines import DEFAULT_CLOCKS
from tipline.keeper_client import (
    AdminKeeper,
    KeeperLied,
    KeeperRolledBack,
    Listing,
    OperatorKeeper,
    Release,
    SeenFile,
)
from tipline.keeper_client.frames import to_bytes, to_text
from tipline.tips.case_file import CaseFile

CASE = CaseFile.opened(date(2026, 3, 3), DEFAULT_CLOCKS).to_fields()


@contextmanager
def lied_to(world: World, lie: Lie, memory: str = "seen.json") -> Iterator[AdminKeeper]:
    """A client whose keeper changes answers; it shares what the world's honest client has seen."""
    path = world.settings.ram / "liar.sock"
    with lying(world.settings.admin_socket, path, lie):
        client = AdminKeeper(path, ORIGIN, world.verifier, SeenFile(world.settings.admin_folder / memory))
        try:
            yield client
        finally:
            client.close()


def changed(field: str, change: Callable[[Any], Any]) -> Lie:
    """A lie about one field."""

    def lie(_request: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        if field in answer.get("ok", {}):
            answer["ok"][field] = change(answer["ok"][field])
        return answer

    return lie


def left_out(field: str) -> Lie:
    """A lie by silence."""

    def lie(_request: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        answer["ok"].pop(field, None)
        return answer

    return lie


def of_entries(lie: Lie) -> Lie:
    """Lies when it is asked for entries, and only then."""
    return lambda request, answer: lie(request, answer) if request["op"] == "entries" else answer


def flipped(text: str) -> str:
    """The same base64 with its first byte changed."""
    data = bytearray(to_bytes(text))
    data[0] ^= 1
    return to_text(bytes(data))


def read(world: World, client: AdminKeeper, tip: SealedTip) -> Release:
    return client.release(world.read("reviewer-a", tip), [request(tip.item("text"))])


@pytest.fixture
def tip(world: World) -> SealedTip:
    """A tip that was read a few times, so that proofs are not empty."""
    sealed, client = world.seal_tip(), world.client()
    for _ in range(4):
        read(world, client, sealed)
    return sealed


@pytest.mark.parametrize("field", ["proof", "salt", "entry", "checkpoint", "consistency"])
def test_a_changed_proof_is_a_lie(world: World, tip: SealedTip, field: str) -> None:
    with lied_to(world, changed(field, flipped)) as client, pytest.raises(KeeperLied):
        read(world, client, tip)


@pytest.mark.parametrize(
    "field", ["index", "proof", "salt", "entry", "checkpoint", "consistency", "inner", "route"]
)
def test_a_missing_proof_is_a_lie(world: World, tip: SealedTip, field: str) -> None:
    with lied_to(world, left_out(field)) as client, pytest.raises(KeeperLied):
        read(world, client, tip)


@pytest.mark.parametrize("field", ["proof", "consistency"])
@pytest.mark.parametrize("change", ["", "AAAA"], ids=["empty", "short"])
def test_a_proof_of_another_length_is_a_lie(world: World, tip: SealedTip, field: str, change: str) -> None:
    with lied_to(world, changed(field, lambda _: change)) as client, pytest.raises(KeeperLied):
        read(world, client, tip)


@pytest.mark.parametrize("index", [0, 4, 99, -1, True, "5"], ids=str)
def test_another_place_in_the_log_is_a_lie(world: World, tip: SealedTip, index: object) -> None:
    with lied_to(world, changed("index", lambda _: index)) as client, pytest.raises(KeeperLied):
        read(world, client, tip)


def test_the_entry_of_another_statement_is_a_lie(world: World, tip: SealedTip) -> None:
    """The keeper logs something harmless, and hands out what was asked for."""
    kept: dict[str, Any] = {}

    def lie(_request: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        true = dict(answer["ok"])
        answer["ok"] |= {key: kept.get(key, true[key]) for key in ("index", "salt", "entry", "proof")}
        answer["ok"] |= {key: kept.get(key, true[key]) for key in ("checkpoint", "consistency")}
        kept.update(true)
        return answer

    with lied_to(world, lie, "fresh.json") as client:
        read(world, client, tip)
        with pytest.raises(KeeperLied):
            read(world, client, tip)


def test_a_refused_entry_proves_no_reading(world: World) -> None:
    """The keeper logs a refusal, and hands out what it refused."""
    hidden = world.seal_tip(excluded=["u2"])
    statement = world.read("reviewer-a", hidden)

    def lie(_request: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        if "refused" not in answer:
            return answer
        auditing = world.sign("audit", "auditor", first=0, count=10)
        honest = world.client("honest.json")
        honest.append(auditing)
        page = honest.entries(auditing, answer["index"], 1)
        index, salt, entry = page.rows[0]
        assert Entry.decode(entry).statement == statement
        proof = honest._connections.ask({"op": "proof", "index": index, "seen": 0})
        return {
            "ok": {
                "index": index,
                "salt": to_text(salt),
                "entry": to_text(entry),
                "inner": [to_text(b"inner")],
                **proof,
            }
        }

    with (
        lied_to(world, lie, "fresh.json") as client,
        pytest.raises(KeeperLied, match="not that of the statement"),
    ):
        client.release(statement, [request(hidden.item("text"))])


def test_a_checkpoint_by_another_key_is_a_lie(world: World, tip: SealedTip) -> None:
    forger = NoteSigner(ORIGIN, SigningKey.generate())

    def forge(note: str) -> str:
        text = to_bytes(note).decode().partition("\n\n")[0] + "\n"
        return to_text(sign_checkpoint(Checkpoint.parse(text), [forger]))

    with lied_to(world, changed("checkpoint", forge)) as client, pytest.raises(KeeperLied, match="signed"):
        read(world, client, tip)


def test_nothing_is_handed_out_before_its_head_is_remembered(
    world: World, tip: SealedTip, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError("no room for what was seen")

    client = world.client()
    monkeypatch.setattr(SeenFile, "_write", full)
    with pytest.raises(OSError, match="no room"):
        read(world, client, tip)


def test_a_forked_log_is_a_lie(world: World, tip: SealedTip) -> None:
    """Even one that is signed by the log's own key."""
    signer = NoteSigner(ORIGIN, world.log_key)

    def fork(note: str) -> str:
        true = open_checkpoint(to_bytes(note), [world.verifier])
        return to_text(sign_checkpoint(Checkpoint(ORIGIN, true.size, bytes(32)), [signer]))

    with lied_to(world, changed("checkpoint", fork)) as client:
        with pytest.raises(KeeperRolledBack):
            client.checkpoint()
        with pytest.raises(KeeperRolledBack):
            read(world, client, tip)


def test_an_older_checkpoint_is_a_lie(world: World, tip: SealedTip) -> None:
    honest = world.client()
    old = honest.checkpoint()
    read(world, honest, tip)
    with lied_to(world, changed("checkpoint", lambda _: to_text(old))) as client:
        with pytest.raises(KeeperRolledBack):
            client.checkpoint()
        with pytest.raises(KeeperRolledBack):
            client.roster()


def test_another_number_of_inner_slips_is_a_lie(world: World, tip: SealedTip) -> None:
    with lied_to(world, changed("inner", lambda inner: inner * 2)) as client, pytest.raises(KeeperLied):
        read(world, client, tip)


def listing(world: World, client: AdminKeeper, *tips: SealedTip) -> Listing:
    cards = [tip.item("card") for tip in tips]
    statement = world.sign("list", "reviewer-a", desk="intake", items=[name(card) for card in cards])
    return client.list_cards(statement, [request(card) for card in cards])


def test_cards_that_the_entry_withholds_or_does_not_name_are_lies(world: World, tip: SealedTip) -> None:
    hidden = world.seal_tip(excluded=["u2"])
    card = hidden.item("card").id.hex()
    with (
        lied_to(world, changed("inner", lambda inner: {**inner, card: to_text(b"x")})) as client,
        pytest.raises(KeeperLied),
    ):
        listing(world, client, tip, hidden)
    with lied_to(world, changed("inner", lambda _: {})) as client, pytest.raises(KeeperLied):
        listing(world, client, tip, hidden)


@pytest.mark.parametrize("lie", [{"group": 1}, {"excluded": "u3"}, {"epoch": "1"}], ids=str)
def test_a_card_group_of_another_form_is_a_lie(world: World, tip: SealedTip, lie: dict[str, Any]) -> None:
    group = {"group": "0" * 32, "excluded": [], "epoch": 1, "inner": to_text(b"x"), **lie}
    with lied_to(world, changed("groups", lambda _: [group])) as client, pytest.raises(KeeperLied):
        listing(world, client, tip)


def move(world: World, tip: SealedTip) -> Statement:
    fields = {
        "tip": tip.id.hex(),
        "desk": "intake",
        "from": "received",
        "to": "screening",
        "detail": {},
        "reason": {},
    }
    return world.sign("move", "reviewer-a", **fields)


@pytest.mark.parametrize("field", ["state", "tip", "index", "statement", "day", "kind"])
def test_a_record_that_says_something_else_is_a_lie(world: World, tip: SealedTip, field: str) -> None:
    signer = NoteSigner(ORIGIN, world.log_key)

    def forge(notes: dict[str, str]) -> dict[str, str]:
        records = {tip: open_json(to_bytes(note), world.verifier) for tip, note in notes.items()}
        return {
            tip: to_text(sign_json(record | {field: "closed"}, signer)) for tip, record in records.items()
        }

    with lied_to(world, changed("records", forge)) as client, pytest.raises(KeeperLied, match="record"):
        client.append(move(world, tip))


def test_a_record_by_another_key_is_a_lie(world: World, tip: SealedTip) -> None:
    forger = NoteSigner(ORIGIN, SigningKey.generate())

    def forge(notes: dict[str, str]) -> dict[str, str]:
        return {
            tip: to_text(sign_json(open_json(to_bytes(note), world.verifier), forger))
            for tip, note in notes.items()
        }

    with lied_to(world, changed("records", forge)) as client, pytest.raises(KeeperLied, match="record"):
        client.append(move(world, tip))


@pytest.mark.parametrize("notes", [{}, []], ids=str)
def test_a_record_that_is_left_out_is_a_lie(world: World, tip: SealedTip, notes: object) -> None:
    with lied_to(world, changed("records", lambda _: notes)) as client, pytest.raises(KeeperLied):
        client.append(move(world, tip))


def test_a_directory_by_another_key_or_older_than_seen_is_a_lie(world: World) -> None:
    old = world.client().directory()
    unit = {"id": "u5", "names": {"zh": "新", "en": "New"}, "superior": "", "inside": True}
    world.client().append(world.sign("unit", "registrar", "integrity", unit=unit))
    world.client().directory()
    with (
        lied_to(world, changed("directory", lambda _: to_text(old))) as client,
        pytest.raises(KeeperRolledBack),
    ):
        client.directory()
    forged = sign_json(open_json(old, world.verifier), NoteSigner(ORIGIN, SigningKey.generate()))
    with lied_to(world, changed("directory", lambda _: to_text(forged))) as client, pytest.raises(KeeperLied):
        client.directory()


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows[1:],
        lambda rows: [{**row, "entry": flipped(row["entry"])} for row in rows],
        lambda rows: [{**row, "index": row["index"] + 1} for row in rows],
        lambda _: "rows",
        lambda _: [],
    ],
    ids=["no-genesis", "changed", "moved", "no-list", "empty"],
)
def test_a_changed_roster_is_a_lie(world: World, change: Callable[[Any], Any]) -> None:
    unit = {"id": "u5", "names": {"zh": "新", "en": "New"}, "superior": "", "inside": True}
    world.client().append(world.sign("unit", "registrar", "integrity", unit=unit))
    with lied_to(world, changed("rows", change)) as client, pytest.raises(KeeperLied):
        client.roster()


def test_other_entries_than_asked_for_are_a_lie(world: World, tip: SealedTip) -> None:
    audit = world.sign("audit", "auditor", first=0, count=100)
    world.client().append(audit)
    for change in (lambda rows: rows[1:], lambda rows: rows * 2, lambda rows: rows[::-1]):
        with lied_to(world, changed("rows", change)) as client, pytest.raises(KeeperLied):
            client.entries(audit, 0, 5)


def test_an_export_that_lacks_or_changes_an_entry_is_a_lie(world: World, tip: SealedTip) -> None:
    def edited(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        entry = base64.b64decode(rows[2]["entry"])
        rows[2]["entry"] = to_text(entry.replace(b"triage", b"verify"))
        return rows

    path, seen = world.settings.ram / "liar.sock", SeenFile(world.settings.keeper_folder / "seen.json")
    for change in (edited, lambda rows: rows[:-1] if len(rows) > 1 else [], lambda rows: rows[1:]):
        with lying(world.settings.operator_socket, path, of_entries(changed("rows", change))):
            operator = OperatorKeeper(path, ORIGIN, world.verifier, seen)
            with closing(operator), pytest.raises(KeeperLied):
                list(operator.export())


@pytest.mark.parametrize(
    "answer",
    [{}, {"ok": []}, {"refused": "because"}, {"refused": "stale"}, {"refused": 1, "index": 1}],
    ids=str,
)
def test_an_answer_without_form_is_a_lie(world: World, answer: dict[str, Any]) -> None:
    with lied_to(world, lambda _request, _answer: answer) as client, pytest.raises(KeeperLied):
        client.checkpoint()


@pytest.mark.parametrize(
    "states",
    [
        "x",
        {"a": 1},
        {"a": {"state": 1}},
        {"a": {"case": {}, "desks": [], "excluded": []}},
        {"a": {"case": CASE, "desks": [1], "excluded": []}},
        {"a": {"case": CASE, "desks": [], "excluded": [1]}},
        {"a": {"case": CASE, "desks": []}},
        {"a": {"case": CASE | {"state": "burnt"}, "desks": [], "excluded": []}},
    ],
    ids=str,
)
def test_states_without_form_are_a_lie(world: World, states: object) -> None:
    with lied_to(world, changed("states", lambda _: states)) as client, pytest.raises(KeeperLied):
        client.states(["0" * 32])


def test_a_release_is_made_by_the_client_alone() -> None:
    with pytest.raises(TypeError):
        Release(object(), 1, (b"inner",), Route(("intake",), ()))


def test_what_is_true_is_handed_out(world: World, tip: SealedTip) -> None:
    with lied_to(world, lambda _request, answer: answer) as client:
        assert read(world, client, tip).inner
        assert client.append(move(world, tip)).records
