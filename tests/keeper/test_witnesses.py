"""The keeper's witnesses: asked beside the writer, believed only by their signatures, missed when late."""

import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, redirect
from sqlalchemy import delete, insert, select, update

from crypto.cosignatures import Ed25519Cosigner, cosign, open_cosigned
from crypto.keys import SigningKey
from crypto.statements import Statement
from tests.clocks import FixedClock
from tests.keeper.observed import Observed
from tests.keeper.test_acknowledging import set_back
from tests.keeper.test_rollback import database_file, in_ram
from tests.witness.running import Running, log_of, running, served
from tests.world import World, request
from tipline import calling
from tipline.keeper.checking.outcome import Outcome, keep_outcome
from tipline.keeper.heads import LogHead
from tipline.keeper.service import Keeper
from tipline.keeper.witnessing import asking
from tipline.keeper.witnessing.models import cosignatures
from tipline.keeper_client import Reason, Refused
from tipline.keeper_client.witnesses import Health
from tipline.roster.witnesses import Witness

HOUR = 3600


@pytest.fixture
def raw(world: World) -> Iterator[Keeper]:
    """The running keeper itself."""
    with world.keeper() as keeper:
        yield keeper


@pytest.fixture
def keeper(raw: Keeper, world: World) -> Observed:
    """The same, as a client and the log see it."""
    return Observed(world)


@pytest.fixture
def county(tmp_path: Path, world: World, clock: FixedClock) -> Iterator[Running]:
    """A witness that runs."""
    with running(tmp_path / "county", world, clock) as one:
        yield one


def policy(world: World, *witnesses: dict[str, Any], **changes: Any) -> Statement:
    fields = {"witnesses": list(witnesses), "quorum": len(witnesses), "alarm_hours": 24, "stop": False}
    return world.sign("witnesses", "registrar", "auditor", **(fields | changes))


def ask(raw: Keeper, name: str = "witness.example/county") -> None:
    """Ask a witness now, as the thread does in its time."""
    witness = raw.writer.memory.roster.witnesses.find(name)
    assert witness
    raw.witnesses.ask(witness)


def grow(world: World, keeper: Observed, entries: int = 1) -> None:
    tip = world.seal_tip()
    for _ in range(entries):
        keeper.client.release(world.read("reviewer-a", tip), [request(tip.item("text"))])


def impostor(name: str = "witness.example/county") -> dict[str, Any]:
    return {"name": name, "keys": [Ed25519Cosigner(name, SigningKey.generate()).verifier.vkey]}


def test_one_person_alone_names_no_witness(world: World, keeper: Observed, county: Running) -> None:
    fields = {"witnesses": [county.fields()], "quorum": 1, "alarm_hours": 24, "stop": False}
    assert keeper.refused(world.sign("witnesses", "registrar", **fields)) is Reason.TWO_SIGNATURES


def test_a_cosignature_by_another_key_does_not_count(
    world: World, raw: Keeper, keeper: Observed, county: Running
) -> None:
    keeper.client.append(policy(world, county.fields(**impostor())))
    ask(raw)
    assert keeper.client.health().cosigned == ()


def test_one_key_of_a_witness_without_the_other_does_not_count(
    world: World, raw: Keeper, keeper: Observed, county: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper.client.append(policy(world, county.fields()))
    monkeypatch.setattr(county.witness, "_cosigners", county.witness._cosigners[:1])
    ask(raw)
    assert keeper.client.health().cosigned == ()


@pytest.mark.parametrize(
    ("status", "body"), [(200, "—"), (200, ""), (200, "x" * 100_000), (409, "1\n"), (500, "no"), (404, "")]
)
def test_nonsense_is_no_cosignature_and_no_alarm(
    world: World, raw: Keeper, keeper: Observed, county: Running, status: int, body: str
) -> None:
    app = Flask("nonsense")
    app.post("/add-checkpoint", endpoint="add")(lambda: (body, status))
    with served(app) as url:
        keeper.client.append(policy(world, county.fields(url=url)))
        ask(raw)
    assert (keeper.client.health().cosigned, keeper.client.health().alarms) == ((), ())


def test_a_redirect_is_not_followed(world: World, raw: Keeper, keeper: Observed, county: Running) -> None:
    app = Flask("elsewhere")
    app.post("/add-checkpoint", endpoint="add")(lambda: redirect(f"{county.url}/add-checkpoint", 307))
    with served(app) as url:
        keeper.client.append(policy(world, county.fields(url=url)))
        ask(raw)
    assert keeper.client.health().cosigned == ()


def test_a_witness_that_hangs_delays_nobody(
    world: World, raw: Keeper, keeper: Observed, county: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes the connection and says nothing, for as long as the patience lasts."""
    monkeypatch.setattr(calling, "SECONDS", 2.0)

    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        slow = county.fields(**impostor("slow"), url=url)
        keeper.client.append(policy(world, slow, county.fields()))
        for witness in raw.writer.memory.roster.witnesses.witnesses:
            raw.witnesses._begin(witness)
        grow(world, keeper, 3)
        raw.witnesses._under_way["witness.example/county"].join()
        assert raw.witnesses._under_way["slow"].is_alive()
        assert [one.name for one in keeper.client.health().cosigned] == ["witness.example/county"]
        raw.witnesses._under_way["slow"].join()


def test_a_witness_that_is_late_is_an_alarm(
    world: World, raw: Keeper, keeper: Observed, county: Running, clock: FixedClock
) -> None:
    keeper.client.append(policy(world, county.fields(), alarm_hours=2))
    clock.advance(2 * HOUR)
    assert keeper.client.health().alarms == ()
    clock.advance(1)
    assert keeper.client.health().alarms == ("unwitnessed",)
    grow(world, keeper)  # reading goes on: the policy does not stop it
    ask(raw)
    assert keeper.client.health().alarms == ()
    clock.advance(2 * HOUR + 1)
    assert keeper.client.health().alarms == ("unwitnessed",)


def test_a_checkpoint_is_countersigned_under_both_keys_of_log_and_witness(
    world: World, raw: Keeper, keeper: Observed, county: Running, clock: FixedClock
) -> None:
    keeper.client.append(policy(world, county.fields()))
    grow(world, keeper, 2)
    ask(raw)
    grow(world, keeper, 3)
    clock.advance(60)
    ask(raw)
    (told,) = keeper.client.health().cosigned
    (kept,) = keeper.client.cosigned()
    assert (kept.name, kept.size, kept.at) == (told.name, told.size, told.at)
    assert (kept.size, kept.at) == (keeper.size(), clock.unix())
    opened = open_cosigned(kept.note, log_of(world).vkeys, county.witness.verifiers)
    assert {one.verifier for one in opened.by} == set(county.witness.verifiers)
    assert world.operator().cosigned() == [kept]
    assert county.folder.read(opened.checkpoint.origin).size == keeper.size()


def test_a_keeper_that_forgot_what_was_countersigned_is_told(
    world: World, raw: Keeper, keeper: Observed, county: Running, clock: FixedClock
) -> None:
    keeper.client.append(policy(world, county.fields()))
    ask(raw)
    with world.open_database(world.settings.keeper_database_url).writing() as session:
        session.execute(delete(cosignatures))
    grow(world, keeper, 5)
    ask(raw)
    assert keeper.client.health().cosigned[0].size == keeper.size()


def test_a_witness_that_holds_a_longer_log_is_an_alarm_with_both_heads(
    world: World, raw: Keeper, keeper: Observed, county: Running
) -> None:
    keeper.client.append(policy(world, county.fields()))
    longer = log_of(world)
    county.witness.add_checkpoint(longer.body(0, 40))
    ask(raw)
    health = keeper.client.health()
    assert health.alarms == ("witness-disagrees",)
    (other,) = health.disagree
    assert other.ours == (keeper.size(), raw.writer.head.root)
    assert other.theirs == (40, LogHead.of(longer.checkpoint(40)).root)


def test_a_witness_that_holds_another_log_is_an_alarm_until_it_agrees(
    world: World, raw: Keeper, keeper: Observed, county: Running
) -> None:
    keeper.client.append(policy(world, county.fields()))
    fork = log_of(world)
    county.witness.add_checkpoint(fork.body(0, keeper.size()))
    ask(raw)
    grow(world, keeper, 2)
    ask(raw)
    (other,) = keeper.client.health().disagree
    assert other.theirs == (fork.checkpoint(keeper.size() - 2).size, other.theirs[1])
    keeper.client.append(policy(world))  # a witness that no longer counts alarms nobody
    assert keeper.client.health().alarms == ()


def test_a_witness_is_asked_by_itself(
    world: World, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "INTERVAL_SECONDS", 0.02)
    with running(tmp_path / "w", world, clock) as county, world.keeper():
        keeper = Observed(world)
        keeper.client.append(policy(world, county.fields()))
        for _ in range(500):
            if keeper.client.health().cosigned:
                break
            time.sleep(0.02)
        assert [one.name for one in keeper.client.health().cosigned] == [county.folder.name]


def test_below_the_quorum_nothing_is_read_until_a_witness_countersigns(
    world: World, raw: Keeper, keeper: Observed, county: Running, clock: FixedClock
) -> None:
    tip = world.seal_tip()
    slips = [request(tip.item("text"))]
    keeper.client.append(policy(world, county.fields(), stop=True, alarm_hours=1))
    keeper.client.release(world.read("reviewer-a", tip), slips)
    clock.advance(HOUR + 1)
    assert keeper.refused(world.read("reviewer-a", tip), tip.item("text")) is Reason.UNWITNESSED
    hidden = world.seal_tip(excluded=["u3"])
    assert keeper.refused(world.read("reviewer-b", hidden), hidden.item("text")) is Reason.EXCLUDED
    listing = world.sign("list", "reviewer-a", desk="intake", items=[])
    assert keeper.refusal(lambda: keeper.client.list_cards(listing, [])) is Reason.UNWITNESSED
    assert keeper.client.health().stopped
    ask(raw)
    assert not keeper.client.health().stopped
    keeper.client.release(world.read("reviewer-a", tip), slips)


def forge(world: World, **values: Any) -> None:
    """Write a row of the witness by hand."""
    row = {"witness": "witness.example/county", "day": "9999-12-31", "size": 10**6, "at": 10**12} | values
    with world.open_database(world.settings.keeper_database_url).writing() as session:
        session.execute(insert(cosignatures).values(**row))


def test_a_row_that_was_written_by_hand_countersigns_nothing(
    world: World, raw: Keeper, keeper: Observed, county: Running, clock: FixedClock
) -> None:
    tip = world.seal_tip()
    stated = policy(world, county.fields(), stop=True, alarm_hours=1)
    keeper.client.append(stated)
    clock.advance(HOUR + 1)
    others = Ed25519Cosigner("witness.example/county", SigningKey.generate())
    for cosigners in (None, [], [others], county.witness._cosigners[:1], county.witness._cosigners[1:]):
        signed = b"" if cosigners is None else cosign(raw.published_note(), cosigners, clock.unix())
        forge(world, note=signed or b"garbage")
        assert keeper.refused(world.read("reviewer-a", tip), tip.item("text")) is Reason.UNWITNESSED
        health = keeper.client.health()
        assert (health.stopped, health.alarms, health.cosigned) == (True, ("unwitnessed",), ())
        with world.open_database(world.settings.keeper_database_url).writing() as session:
            session.execute(delete(cosignatures))


def test_an_old_cosignature_counts_by_its_own_time_whatever_its_row_says(
    world: World, raw: Keeper, keeper: Observed, county: Running, clock: FixedClock
) -> None:
    tip = world.seal_tip()
    keeper.client.append(policy(world, county.fields(), stop=True, alarm_hours=1))
    ask(raw)
    clock.advance(HOUR + 1)
    with world.open_database(world.settings.keeper_database_url).writing() as session:
        session.execute(update(cosignatures).values(day="9999-12-31", at=clock.unix()))
    assert keeper.refused(world.read("reviewer-a", tip), tip.item("text")) is Reason.UNWITNESSED
    assert keeper.client.health().cosigned[0].at == clock.unix() - HOUR - 1
    ask(raw)
    keeper.client.release(world.read("reviewer-a", tip), [request(tip.item("text"))])


def test_an_old_cosignature_on_a_later_day_makes_no_witness_look_late(
    world: World, raw: Keeper, keeper: Observed, county: Running, clock: FixedClock
) -> None:
    keeper.client.append(policy(world, county.fields(), alarm_hours=1))
    ask(raw)
    old = keeper.client.cosigned()[0].note
    clock.advance(30 * HOUR)
    grow(world, keeper)
    ask(raw)
    newest = keeper.client.health().cosigned[0]
    for day in ("9999-12-31", "9999-12-30", (clock.today() + timedelta(days=1)).isoformat()):
        forge(world, note=old, day=day)
    health = keeper.client.health()
    assert (health.stopped, health.alarms, health.cosigned) == (False, (), (newest,))
    assert newest.at == clock.unix()


def test_a_cosignature_from_the_future_does_not_count(
    world: World, raw: Keeper, keeper: Observed, county: Running, clock: FixedClock
) -> None:
    keeper.client.append(policy(world, county.fields(), stop=True, alarm_hours=1))
    ask(raw)
    clock.advance(HOUR + 1)
    note = cosign(raw.published_note(), county.witness._cosigners, clock.unix() + HOUR + 1)
    with world.open_database(world.settings.keeper_database_url).writing() as session:
        session.execute(update(cosignatures).values(note=note))
    assert keeper.client.health().stopped


def test_a_row_of_a_later_day_keeps_no_witness_from_being_asked(
    world: World, raw: Keeper, keeper: Observed, county: Running, clock: FixedClock
) -> None:
    keeper.client.append(policy(world, county.fields()))
    forge(world, note=b"garbage", size=keeper.size())
    ask(raw)
    assert keeper.client.health().cosigned[0].size == keeper.size()
    with world.open_database(world.settings.keeper_database_url).reading() as session:
        assert session.scalars(select(cosignatures.c.day)).all() == [clock.today().isoformat()]


def test_below_the_quorum_two_people_let_reading_go_on_for_three_days(
    world: World, raw: Keeper, keeper: Observed, county: Running, clock: FixedClock
) -> None:
    tip = world.seal_tip()
    keeper.client.append(policy(world, county.fields(), stop=True, alarm_hours=1))
    clock.advance(HOUR + 1)
    assert keeper.refused(world.read("reviewer-a", tip), tip.item("text")) is Reason.UNWITNESSED
    fields = {
        "what": "unwitnessed",
        "lost": {},
        "found": raw.writer.head.to_fields(),
        "reason": {},
    }
    for alone in (("auditor",), ("registrar", "reviewer-a")):
        with pytest.raises(Refused):
            keeper.client.append(world.sign("acknowledge", *alone, **fields))
    keeper.client.append(world.sign("acknowledge", "auditor", "registrar", **fields))
    for wait in (0, 72 * HOUR - 2):
        clock.advance(wait)
        keeper.client.release(world.read("reviewer-a", tip), [request(tip.item("text"))])
        assert "unwitnessed" in keeper.client.health().alarms
    clock.advance(3)
    assert keeper.refused(world.read("reviewer-a", tip), tip.item("text")) is Reason.UNWITNESSED


def test_two_of_three_witnesses_are_a_quorum(
    world: World, raw: Keeper, keeper: Observed, county: Running, clock: FixedClock, tmp_path: Path
) -> None:
    tip = world.seal_tip()
    with running(tmp_path / "court", world, clock, "court.example") as court:
        down = {**impostor("down.example"), "url": "http://127.0.0.1:9"}
        stated = policy(world, county.fields(), court.fields(), down, quorum=2, stop=True, alarm_hours=1)
        keeper.client.append(stated)
        clock.advance(HOUR)
        ask(raw)
        clock.advance(1)
        assert keeper.refused(world.read("reviewer-a", tip), tip.item("text")) is Reason.UNWITNESSED
        ask(raw, "court.example")
        ask(raw, "down.example")
    keeper.client.release(world.read("reviewer-a", tip), [request(tip.item("text"))])
    assert keeper.client.health().alarms == ("unwitnessed",)  # one of three is late all the same


def test_a_policy_survives_the_keeper(world: World, county: Running) -> None:
    with world.keeper() as raw:
        keeper = Observed(world)
        keeper.client.append(policy(world, county.fields()))
        ask(raw)
    with world.keeper() as raw:
        assert raw.writer.memory.roster.witnesses.witnesses == (
            Witness(county.folder.name, county.url, county.witness.verifiers),
        )
        assert world.client().health().cosigned


def test_health_tells_of_a_failed_check(world: World, keeper: Observed) -> None:
    assert keeper.client.health() == Health()
    keep_outcome(world.keeper_folder.path, Outcome("2026-03-03", 4, 2, "Entry 2 is not the one in the tree."))
    assert keeper.client.health().alarms == ("check-failed",)


def test_health_is_told_while_the_keeper_is_stopped(world: World, county: Running) -> None:
    with world.keeper() as raw:
        Observed(world).client.append(policy(world, county.fields()))
        ask(raw)
    set_back(world)
    with world.keeper():
        health = world.client().health()
    assert (health.alarms, health.stopped) == (("rolled-back",), True)
    assert [one.name for one in health.cosigned] == [county.folder.name]


def test_a_log_that_was_set_back_unseen_is_found_by_its_witness(
    world: World, county: Running, clock: FixedClock
) -> None:
    """Whoever puts back the whole machine, copies in RAM included, does not put back the witness."""
    with world.keeper():
        Observed(world).client.append(policy(world, county.fields()))
    whole = [database_file(world), world.keeper_folder.last_signed, in_ram(world)]
    before = {path: path.read_bytes() for path in whole}
    with world.keeper() as raw:
        grow(world, Observed(world), 3)
        ask(raw)
    for path, data in before.items():
        path.write_bytes(data)
    with world.keeper() as raw:
        assert raw.writer.stopped is None
        ask(raw)
        health = world.client("another.json").health()
    assert health.alarms == ("witness-disagrees",)
    assert health.disagree[0].theirs[0] == health.disagree[0].ours[0] + 3
