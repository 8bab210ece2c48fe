"""The log's keys are changed by a statement, in steps of which any can be the last before the power fails."""

import io
import os
import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
import structlog
from click.testing import CliRunner
from sqlalchemy.orm import Session

from crypto.cosignatures import MldsaCosignatureVerifier, open_cosigned, parse_vkey
from crypto.keys import Identity, SigningKey
from crypto.log_keys import LogVerifier
from crypto.notes import NoteSigner, NoteVerifier, open_checkpoint, open_json, sign_json
from crypto.statements import Statement
from tests.clocks import FixedClock
from tests.founded import FoundedKeeper, found_keeper
from tests.journeys.trial import wait_for
from tests.keeper.observed import Observed
from tests.keeper.process import environment
from tests.keeper.test_acknowledging import acknowledgement, head
from tests.keeper.test_rollback import database_file, readings
from tests.world import DESKS, ORIGIN, World, _desk_seed, _founding, request
from tipline.addresses import answers_socket
from tipline.cli import program
from tipline.commands.rotating import rotate
from tipline.directory.errors import BadDirectory
from tipline.directory.types import open_directory
from tipline.evidence.errors import VerificationFailed
from tipline.evidence.export import ExportWriter
from tipline.evidence.verify import VerifyResult, verify_export
from tipline.keeper import rotation
from tipline.keeper.batch import own_statement
from tipline.keeper.errors import KeyFilesUnsafe
from tipline.keeper_client import AdminKeeper, KeeperLied, KeeperUnavailable, Reason, Refused
from tipline.keeper_client.frames import to_bytes, to_text

MANY: Final = 10


def change_keys(world: World) -> NoteVerifier:
    """Change the log's keys while no keeper runs; the new one."""
    return NoteVerifier.parse(rotate(world.settings, world.clock)[0])


def exported(world: World) -> bytes:
    out = io.BytesIO()
    writer = ExportWriter(out)
    export = world.operator().export()
    writer.header(ORIGIN, world.settings.genesis)
    for index, salt, entry in export:
        writer.entry(index, salt, entry)
    writer.finish(export.checkpoint)
    return out.getvalue()


def verified(data: bytes, key: NoteVerifier | None, old: bytes | None = None) -> VerifyResult:
    return verify_export(io.BytesIO(data), log_key=key, old_checkpoint=old, progress=None)


def reads(world: World, client: AdminKeeper) -> int:
    """Have a reading logged, as a site does; its index."""
    tip = world.seal_tip()
    return client.release(world.read("reviewer-a", tip), [request(tip.item("text"))]).index


def assert_changed(world: World) -> None:
    """The log names the key in the folder, under which all goes on; nothing is left of the change."""
    folder = world.keeper_folder
    with world.keeper():
        client, roster = world.client("fresh.json"), world.client("fresh.json").roster()
        assert len(roster.past_log_keys) == 1
        assert roster.past_log_keys[0].key == world.log_key.public
        assert roster.log_key == folder.present_pair()[0].public != world.log_key.public
        assert roster.log_key_pq == folder.present_pair()[1].public
        reads(world, client)
        assert verified(exported(world), world.verifier).signer_checked
    assert not rotation.is_under_way(folder)
    assert_old_key_is_gone(world)


def assert_old_key_is_gone(world: World) -> None:
    seed = world.log_key.seed
    files = [path for path in world.settings.data.rglob("*") if path.is_file()]
    assert not [
        path for path in files if seed in path.read_bytes() or seed.hex().encode() in path.read_bytes()
    ]


# ------------------------------------------------------------- what is refused


def test_nobody_but_the_keeper_itself_states_a_key(world: World, keeper: Observed) -> None:
    before = keeper.size()
    for by in ("registrar", "auditor"):
        statement = world.sign("log-key", by, log_key="00" * 32, log_key_pq="", proof="")
        with pytest.raises(Refused) as refused:
            keeper.client.append(statement)
        assert refused.value.reason is Reason.MALFORMED
    assert keeper.size() == before + 2


def test_key_files_that_no_statement_leads_to_are_refused(world: World) -> None:
    change_keys(world)
    world.keeper_folder.log_keys.unlink()
    world.keeper_folder.log_key.write_text(SigningKey.from_seed(bytes(32)).seed.hex())
    with world.keeper(), pytest.raises(KeeperUnavailable, match="rolled back or altered"):
        world.client("fresh.json").roster()


@pytest.mark.parametrize("content", ["", "not hex", "00" * 31, "00" * 33])
def test_a_malformed_second_key_file_is_refused(world: World, content: str) -> None:
    world.keeper_folder.log_pq_key.write_text(content)
    with pytest.raises(KeyFilesUnsafe, match="does not hold a key"):
        world.keeper_folder.keys()


@pytest.mark.parametrize("content", ["{}\n", "x\n", '{"old":"00","statement":{}}\n'])
def test_a_damaged_chain_of_keys_is_refused(world: World, content: str) -> None:
    world.keeper_folder.log_keys.write_text(content)
    with pytest.raises(KeyFilesUnsafe, match="does not hold statements"):
        world.keeper_folder.keys()


def test_a_site_refuses_a_keeper_that_goes_on_with_a_key_no_statement_brought(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = world.client()
    with world.keeper():
        client.roster()
    change_keys(world)
    with world.keeper() as keeper:
        empty = keeper.answer_operator({"op": "log-keys", "seen": 0})["ok"] | {"rows": []}
        monkeypatch.setitem(keeper._operations, "log-keys", lambda _request: empty)
        for ask in (client.roster, client.checkpoint):
            with pytest.raises(KeeperLied):
                ask()


def test_a_site_refuses_a_chain_that_stands_elsewhere_in_the_log(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings(world, 3)
    change_keys(world)
    with world.keeper() as keeper:
        answer = keeper.answer_admin({"op": "log-keys", "seen": 0})["ok"]
        moved = answer | {"rows": [answer["rows"][0] | {"index": answer["rows"][0]["index"] - 1}]}
        monkeypatch.setitem(keeper._operations, "log-keys", lambda _request: moved)
        with pytest.raises(KeeperLied):
            world.client("fresh.json").roster()


def test_a_directory_by_the_old_key_is_refused_once_the_new_one_is_known(world: World) -> None:
    with world.keeper():
        before = world.client().directory()
    change_keys(world)
    pinned = LogVerifier.parse(world.settings.log_key)
    with world.keeper():
        note = world.client("fresh.json").directory()
    genesis = world.settings.genesis
    newest = open_directory(note, pinned, ORIGIN, genesis)
    assert newest.log_key == pinned.present.key
    assert open_directory(before, pinned, ORIGIN, genesis).version < newest.version  # as it was stored then
    body = open_json(note, pinned) | {"version": newest.version + 1}
    forged = sign_json({**body, "log_keys": []}, NoteSigner(ORIGIN, world.log_key))
    with pytest.raises(BadDirectory):
        open_directory(forged, pinned, ORIGIN, genesis)


def test_an_export_is_refused_under_a_key_that_the_log_never_had(world: World) -> None:
    change_keys(world)
    with world.keeper():
        data = exported(world)
    stranger = NoteVerifier(ORIGIN, SigningKey.from_seed(bytes(32)).public)
    with pytest.raises(VerificationFailed, match="neither the genesis nor a later entry"):
        verified(data, stranger)


def test_an_export_whose_change_of_keys_is_left_out_is_refused(world: World) -> None:
    change_keys(world)
    with world.keeper():
        lines = exported(world).splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if b'"type":"log-key"' in line)
    with pytest.raises(VerificationFailed):
        verified(b"".join(lines[:at] + lines[at + 1 :]), None)


# ------------------------------------------------------------------- how it goes


def test_a_site_that_knows_the_first_key_alone_follows(world: World) -> None:
    client = world.client()
    with world.keeper():
        first = reads(world, client)
        old = client.checkpoint()
    new = change_keys(world)
    with world.keeper():
        assert reads(world, client) > first  # the same process of the site, and one that starts anew
        assert world.client().roster().log_key == new.key
        fresh = client.checkpoint()
    for note, key in ((old, world.verifier), (fresh, new)):
        open_checkpoint(note, [key])
    assert client.log_key.present == new


def test_what_a_fresh_site_asks_first_does_not_matter(world: World) -> None:
    change_keys(world)
    asks: list[Callable[[AdminKeeper], Any]] = [
        lambda client: client.directory(),
        lambda client: client.roster(),
        lambda client: client.checkpoint(),
        lambda client: client.look_at_clocks([], [], []),
        lambda client: client.standings([]),
    ]
    with world.keeper():
        for number, ask in enumerate(asks):
            ask(world.client(f"fresh-{number}.json"))


def test_an_export_verifies_under_every_key_that_the_log_had(world: World, clock: FixedClock) -> None:
    readings(world, 1)
    with world.keeper():
        early = world.client().checkpoint()
    second = change_keys(world)
    clock.advance(seconds=400 * 24 * 3600)
    third = change_keys(world)
    with world.keeper():
        reads(world, world.client())
        late, data = world.client().checkpoint(), exported(world)
    for key in (world.verifier, second, third):
        assert verified(data, key).signer_checked
    for old in (early, late):
        assert verified(data, world.verifier, old).old_size
    wrong = NoteSigner(ORIGIN, world.log_key).line(late.decode().partition("\n\n")[0] + "\n")
    forged = (late.decode().partition("\n\n")[0] + "\n\n" + wrong).encode()
    with pytest.raises(VerificationFailed, match="not signed by the log's key"):
        verified(data, world.verifier, forged)  # the first key signs for nothing that came after it


def test_a_log_that_was_set_back_to_before_the_change_makes_it_again(world: World) -> None:
    readings(world, 2)
    with world.keeper():
        world.client().roster()
    found, old = head(world), world.settings.data / "old.db"
    shutil.copy(database_file(world), old)
    new = change_keys(world)
    with world.keeper():
        world.client().roster()
    signed = [open_checkpoint(note, [new]) for note in world.keeper_folder.signed()]
    lost = max(signed, key=lambda one: one.size)
    shutil.copy(old, database_file(world))
    with world.keeper() as keeper:
        assert keeper.writer.stopped
        statement = acknowledgement(world, {"size": lost.size, "root": lost.root.hex()}, found)
        answer = Observed(world).ask("append", statement=to_text(statement.encode()), seen=0, slip="")
        assert answer["index"] == found["size"] + 1
        assert keeper.writer.memory.roster.log_key == new.key
        assert verified(exported(world), world.verifier).signer_checked


# ------------------------------------------------------------- cut short anywhere


class PowerCut(BaseException):
    """Nothing after this happens any more."""


class Cutting:
    """Counts steps, and cuts the power before one of them; 0 never."""

    def __init__(self, at: int) -> None:
        self._at = at
        self.reached = 0

    def before(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def cut(*arguments: Any, **options: Any) -> Any:
            self.reached += 1
            if self.reached == self._at:
                raise PowerCut
            return call(*arguments, **options)

        return cut


def cut_short(world: World, at: int = 0) -> int:
    """Change the keys, and stop before a step that leaves something on the disk; how many were begun.

    Steps are what makes a file durable, puts one in another's place, or commits to the database.
    """
    cutting = Cutting(at)
    with pytest.MonkeyPatch.context() as patch:
        for where, name in ((os, "fsync"), (os, "fdatasync"), (Path, "replace"), (Session, "commit")):
            patch.setattr(where, name, cutting.before(getattr(where, name)))
        with suppress(PowerCut):
            rotate(world.settings, world.clock)
    return cutting.reached


def test_a_change_that_is_cut_short_anywhere_goes_on_where_it_was(tmp_path: Path, clock: FixedClock) -> None:
    with World.made(tmp_path / "whole", clock) as world:
        steps = cut_short(world)
        assert_changed(world)
    assert steps > MANY
    begun = 0
    for at in range(1, steps + 1):
        with World.made(tmp_path / str(at), clock) as world:
            cut_short(world, at)
            if rotation.is_under_way(world.keeper_folder) or world.keeper_folder.chain():
                begun += 1  # the keeper's next start is enough
            else:
                rotate(world.settings, world.clock)
            assert_changed(world)
    assert begun > steps - MANY


def test_after_a_cut_the_command_goes_on_too(tmp_path: Path, clock: FixedClock) -> None:
    for at in (4, 8, 12):
        with World.made(tmp_path / str(at), clock) as world:
            cut_short(world, at)
            rotate(world.settings, world.clock)
            assert_changed(world)


# ------------------------------------------------------------ two signatures


def test_a_published_note_bears_both_signatures_of_the_log(world: World) -> None:
    with world.keeper() as keeper:
        client = world.client()
        reads(world, client)
        note = keeper.published_note()
        answered = Observed(world).ask("signed-checkpoint", seen=0)
        roster = client.roster()
        assert roster.log_key_pq
        second = MldsaCosignatureVerifier(ORIGIN, roster.log_key_pq)
        opened = open_cosigned(note, [world.verifier], [second])
        assert opened.checkpoint == open_checkpoint(client.checkpoint(), [world.verifier])
        assert [(each.verifier, each.at) for each in opened.by] == [(second, 0)]
        assert to_bytes(answered["checkpoint"]) == note == keeper.published_note()
        reads(world, client)
        assert keeper.published_note() != note


def test_after_a_change_the_new_pair_signs_what_is_published(world: World) -> None:
    new = change_keys(world)
    with world.keeper() as keeper:
        roster = world.client("fresh.json").roster()
        assert roster.log_key_pq
        second = MldsaCosignatureVerifier(ORIGIN, roster.log_key_pq)
        assert len(open_cosigned(keeper.published_note(), [new], [second]).by) == 1


def test_a_log_from_before_there_were_two_keys_gets_its_second_by_a_change(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.world._founded_at", _founded_before)
    with World.made(tmp_path / "world", clock) as world:
        world.keeper_folder.log_pq_key.unlink()
        with world.keeper() as keeper:
            client = world.client()
            assert client.roster().log_key_pq is None
            assert keeper.published_note() == client.checkpoint()
        assert world.keeper_folder.log_pq_key.exists()
        rotate(world.settings, world.clock)
        with world.keeper() as keeper:
            assert world.client("fresh.json").roster().log_key_pq
            assert keeper.published_note().count("—".encode()) == 2


def _founded_before(moment: int) -> FoundedKeeper:
    """A keeper from before there was a second key."""

    def stated(origin: str, at: int, fields: dict[str, object], key: SigningKey) -> Statement:
        before = {name: value for name, value in fields.items() if name != "log_key_pq"}
        return own_statement(origin, at, before, key)

    keys = {desk: Identity.from_seed(_desk_seed(desk)) for desk in DESKS}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tipline.keeper.genesis.own_statement", stated)
        return found_keeper(ORIGIN, _founding(keys), FixedClock(datetime.fromtimestamp(moment, UTC)))


# ---------------------------------------------------------------- the command


def test_the_command_prints_both_new_keys(world: World) -> None:
    try:
        done = CliRunner().invoke(program, ["log", "rotate-key"], env=environment(world))
    finally:
        structlog.reset_defaults()  # what the command writes to has gone with it
    assert done.exit_code == 0, done.output
    first, second = [parse_vkey(line) for line in done.stdout.splitlines()]
    with world.keeper():
        roster = world.client("fresh.json").roster()
    assert roster.log_key_pq
    assert (first.raw, second.raw) == (roster.log_key.raw, roster.log_key_pq.raw)


def test_a_keeper_that_runs_is_started_anew_for_it(world: World) -> None:
    first = threading.Thread(target=_supervised, args=(world,))
    first.start()
    try:
        wait_for("the keeper answers", answers_socket(world.settings.operator_socket), pause=0.01)
        change_keys(world)
    finally:
        first.join()
    assert_changed(world)


def _supervised(world: World) -> None:
    """A keeper that is started anew when its operator wants it to end."""
    with world.keeper() as keeper:
        assert keeper.ending.wait(30)
    with world.keeper():
        pass
