"""`tipline witnesses …`: which bodies countersign this log, and what follows when they do not. Two sign."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import click
from rich.table import Table

from tipline.accounts.types import sign_together
from tipline.commands.asking import admin_keeper
from tipline.commands.plainly import say
from tipline.commands.signing import all_members, registrar_option, second_option, two_signers
from tipline.members.errors import NoSuchPlace
from tipline.roster.log_keys import log_vkeys
from tipline.roster.witnesses import WitnessPolicy, read_policy, write_policy
from tipline.settings import Settings
from tipline.trial.board import wide_console

TYPE: Final = "witnesses"

Change = Callable[[WitnessPolicy], WitnessPolicy]


@click.group()
def witnesses() -> None:
    """Bodies that countersign this log. (`tipline witness` is the program that such a body runs.)"""


@witnesses.command("list")
@click.pass_obj
def list_witnesses(environment: Mapping[str, str]) -> None:
    """List them, with what each countersigned last."""
    with admin_keeper(Settings.from_mapping(environment)) as keeper:
        policy, health = keeper.roster().witnesses, keeper.health()
    signed = {one.name: one for one in health.cosigned}
    table = Table(pad_edge=False)
    for heading in ("name", "address", "keys", "countersigned", "when (UTC)"):
        table.add_column(heading)
    for one in policy.witnesses:
        last = signed.get(one.name)
        keys = " ".join(key.key_id.hex() for key in one.keys)
        when = datetime.fromtimestamp(last.at, UTC).strftime("%Y-%m-%d %H:%M") if last else "never"
        table.add_row(one.name, one.url, keys, str(last.size) if last else "", when)
    wide_console().print(table)
    say(_policy_words(policy))
    for code in health.alarms:
        say(f"Alarm: {code}")


@witnesses.command("add")
@click.argument("name")
@click.argument("url")
@click.argument("vkeys", nargs=-1, required=True, metavar="VKEY…")
@registrar_option
@second_option
@click.pass_obj
def add_witness(
    environment: Mapping[str, str],
    name: str,
    url: str,
    vkeys: tuple[str, ...],
    registrar: str | None,
    second: str | None,
) -> None:
    """Have the witness NAME at URL countersign, or give one that does other keys.

    Compare its keys with the body by telephone before both sign; then add the log's keys there
    (`tipline witness log`).
    """
    one = {"name": name, "url": url, "keys": list(vkeys)}

    def added(policy: WitnessPolicy) -> WitnessPolicy:
        (new,) = read_policy({**write_policy(WitnessPolicy()), "witnesses": [one]}).witnesses
        others = tuple(each for each in policy.witnesses if each.name != name)
        return replace(policy, witnesses=(*others, new))

    _change(environment, added, registrar, second)
    say(f"{name} is asked from now on, every minute. It needs the keys of this log (`tipline witness log`):")
    with admin_keeper(Settings.from_mapping(environment)) as keeper:
        for vkey in log_vkeys(keeper.roster()):
            click.echo(vkey)


@witnesses.command("remove")
@click.argument("name")
@registrar_option
@second_option
@click.pass_obj
def remove_witness(
    environment: Mapping[str, str], name: str, registrar: str | None, second: str | None
) -> None:
    """Ask the witness NAME no more. A quorum that the others cannot reach goes down with it."""

    def removed(policy: WitnessPolicy) -> WitnessPolicy:
        if policy.find(name) is None:
            raise NoSuchPlace(f"There is no witness {name}. `tipline witnesses list` names them all.")
        rest = tuple(each for each in policy.witnesses if each.name != name)
        quorum = min(policy.quorum, len(rest))
        return replace(policy, witnesses=rest, quorum=quorum, stop=policy.stop and quorum > 0)

    _change(environment, removed, registrar, second)
    say(f"{name} is asked no more.")


@witnesses.command("policy")
@click.option("--quorum", type=click.IntRange(0), help="How many witnesses must have countersigned.")
@click.option("--alarm-hours", type=click.IntRange(1), help="Hours after which a late one is an alarm.")
@click.option("--stop/--no-stop", default=None, help="Whether reading stops below the quorum.")
@registrar_option
@second_option
@click.pass_obj
def set_policy(
    environment: Mapping[str, str],
    quorum: int | None,
    alarm_hours: int | None,
    stop: bool | None,
    registrar: str | None,
    second: str | None,
) -> None:
    """Say what follows when witnesses do not countersign. What is not named stays as it is."""

    def changed(policy: WitnessPolicy) -> WitnessPolicy:
        return replace(
            policy,
            quorum=policy.quorum if quorum is None else quorum,
            alarm_hours=alarm_hours or policy.alarm_hours,
            stop=policy.stop if stop is None else stop,
        )

    say(_policy_words(_change(environment, changed, registrar, second)))


def _change(
    environment: Mapping[str, str], change: Change, registrar: str | None, second: str | None
) -> WitnessPolicy:
    """Have two people sign the policy as it shall be."""
    with all_members(environment) as members:
        policy = change(members.roster().witnesses)
        fields = write_policy(policy)
        read_policy(fields)  # refused here, before anybody types a password
        signers = two_signers(members, registrar, second)
        members.check(TYPE, fields, [one.id for one in signers])
        members.carry_out(
            sign_together(TYPE, fields, signers, origin=members.pin.origin, clock=members.clock), signers
        )
    return policy


def _policy_words(policy: WitnessPolicy) -> str:
    late = f"A witness that is late by {policy.alarm_hours} hours is an alarm."
    if not policy.stop:
        return f"{late} Reading goes on all the same."
    return f"{late} With fewer than {policy.quorum} of {len(policy.witnesses)} in that time nothing is read."
