"""The command line. Each command is one call; what it imports, it imports when it runs.

That keeps the three processes apart: the public site's never loads the keeper's
code. Errors are sentences, never traces.
"""

import importlib
import json
import os
import shlex
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tipline.clock import SystemClock
from tipline.commands.plainly import PlainGroup, say

if TYPE_CHECKING:
    from flask import Flask

    from tipline.settings import Settings

OWNER_ONLY = 0o077
"""The umask of every process: what it writes, its own account alone may read."""


APART = {
    "bench": "tipline.commands.bench:bench",
    "body": "tipline.commands.bodies:body",
    "expire": "tipline.commands.expire:expire",
    "inventory": "tipline.commands.inventory:inventory",
    "log": "tipline.commands.log:log",
    "member": "tipline.commands.members:member",
    "notices": "tipline.commands.notices:notices",
    "witness": "tipline.commands.witness:witness",
    "witnesses": "tipline.commands.witnesses:witnesses",
}
"""Commands with a module of their own: name, module and attribute."""


@click.group(cls=PlainGroup, apart=APART, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tipline")
@click.pass_context
def program(context: click.Context) -> None:
    """Sealed tips about organised crime, read only with a signed entry in a log nobody can rewrite unseen."""
    os.umask(OWNER_ONLY)
    context.obj = dict(os.environ)


def main() -> None:
    """Run the command line."""
    program(prog_name="tipline")


# ------------------------------------------------------------------ instance


@program.command()
@click.option(
    "--plan", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The plan's TOML file."
)
@click.option("--sample", is_flag=True, help="Print a plan to start from, and do nothing else.")
@click.pass_obj
def init(environment: Mapping[str, str], plan: Path | None, sample: bool) -> None:
    """Make an instance in the data folder: keys, the log's first entry, founding members."""
    from tipline.commands.founders import show_founders
    from tipline.instance.founding import make_instance
    from tipline.instance.plan import held_by_one, read_plan
    from tipline.trial.service import sample_plan

    if sample:
        click.echo(sample_plan(), nl=False)
        return
    if plan is None:
        raise click.UsageError("Name the plan: tipline init --plan FILE. `tipline init --sample` prints one.")
    planned = read_plan(plan.read_text(encoding="utf-8"))
    make_instance(
        environment,
        planned,
        SystemClock(),
        trial=False,
        keep=show_founders,
        tell=say,
    )
    say("Fill in deployment.toml in the data folder: names, addresses and advice of this place.")
    if alone := held_by_one(planned):
        say(
            f"One person alone holds: {', '.join(alone)}. Add a second to each soon: "
            "what one person holds can be lost."
        )
    say("Done. Start it with `tipline serve`.")


@program.group(invoke_without_command=True)
@click.option("--empty", is_flag=True, help="Make a new trial without the sample tips.")
@click.pass_context
def trial(context: click.Context, empty: bool) -> None:
    """Make a trial instance where there is none, start all three processes, and show how to sign in."""
    from tipline.processes import run_all
    from tipline.trial.board import show_board, wide_console
    from tipline.trial.credentials import sign_ins
    from tipline.trial.mailboxes import read_mailboxes
    from tipline.trial.service import open_trial, township, trial_environment

    again = _again(context.obj, "trial codes")
    context.obj = environment = trial_environment(context.obj)
    if context.invoked_subcommand is not None:
        return
    clock = SystemClock()
    settings = open_trial(environment, clock, say, samples=not empty)

    def ready() -> None:
        mailboxes = read_mailboxes(settings)
        show_board(wide_console(), settings, sign_ins(settings, clock), mailboxes, township(), again)

    run_all(settings, environment, say, ready)


@trial.command()
@click.argument("names", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list for programs.")
@click.pass_obj
def codes(environment: Mapping[str, str], names: tuple[str, ...], as_json: bool) -> None:
    """Print passwords and one-time codes that were not used yet, of everybody or of NAMES.

    Where somebody's next codes were used already, it waits for a new one: at most half a minute.
    """
    from tipline.trial.board import show_codes, wide_console
    from tipline.trial.credentials import sign_ins
    from tipline.trial.mailboxes import read_mailboxes
    from tipline.trial.service import find_trial, township

    settings = find_trial(environment)
    people = sign_ins(settings, SystemClock(), names)
    if as_json:
        click.echo(json.dumps([person.fields() for person in people], ensure_ascii=False, indent=2))
    else:
        show_codes(wide_console(), people, [] if names else read_mailboxes(settings), township())


# ----------------------------------------------------------------- processes


@program.command()
@click.pass_obj
def serve(environment: Mapping[str, str]) -> None:
    """Start all three processes with production settings, and keep them running."""
    from tipline.processes import run_all

    settings = _settings(environment)
    if settings.trial:
        raise click.ClickException(
            "This is a trial instance; its passwords are in a file. Use `tipline trial`."
        )
    run_all(settings, environment, say, lambda: say("All three answer."))


@program.command()
@click.option("--onion", is_flag=True, help="At the address that only the onion service connects to.")
@click.pass_obj
def public(environment: Mapping[str, str], *, onion: bool) -> None:
    """Start the public site alone."""
    from tipline.ram import prepare_ram_folder
    from tipline.serving import serve as serve_site

    settings = _settings(environment).for_onion() if onion else _settings(environment)
    prepare_ram_folder(settings.ram, require_tmpfs=not settings.trial)
    serve_site(_factory("tipline.public.app", settings), settings.public_bind, workers=2, onion=onion)


@program.command()
@click.pass_obj
def admin(environment: Mapping[str, str]) -> None:
    """Start the admin site alone."""
    from tipline.serving import serve as serve_site

    settings = _settings(environment)
    serve_site(_factory("admin.app", settings), settings.admin_bind, workers=1)


@program.command()
@click.pass_obj
def keeper(environment: Mapping[str, str]) -> None:
    """Start the keeper alone."""
    from tipline.keeper.app import run
    from tipline.ram import prepare_ram_folder

    settings = _settings(environment)
    prepare_ram_folder(settings.ram, require_tmpfs=not settings.trial)
    raise SystemExit(run(settings))


@program.command()
@click.pass_obj
def rebuild(environment: Mapping[str, str]) -> None:
    """Make the main database's caches (desk, state, deadlines, whose a tip is) again from the log."""
    from tipline.commands.asking import admin_keeper, main_database
    from tipline.rebuild import rebuild_caches

    settings, clock = _settings(environment), SystemClock()
    with main_database(settings, clock) as database, admin_keeper(settings) as keeper:
        rebuilt = rebuild_caches(database, keeper, keeper.log_key)
    say(f"{rebuilt.looked_at} tips looked at, {rebuilt.put_right} put right.")


@program.command()
@click.pass_obj
def clocks(environment: Mapping[str, str]) -> None:
    """Look at the deadlines: state what was missed, and tell the desk above. A timer runs this every hour."""
    from tipline.commands.asking import admin_keeper, main_database
    from tipline.deadlines.look import look_at_clocks
    from tipline.directory.daily import publish_todays
    from tipline.directory.service import Pin

    settings, clock = _settings(environment), SystemClock()
    with main_database(settings, clock) as database, admin_keeper(settings) as keeper:
        stated = look_at_clocks(database, keeper, clock)
        publish_todays(database, keeper, Pin.of(settings))
    taken, missed, silent = (stated.get(kind, 0) for kind in ("received", "missed", "silence"))
    say(f"{taken} statements on new tips, {missed} on missed deadlines, {silent} on unanswered questions.")


@program.command()
@click.pass_obj
def rewards(environment: Mapping[str, str]) -> None:
    """Look at the rewards: grant, expire, close the day, tell the mailboxes. `tipline clocks` does, too."""
    from tipline.awards.storing import look_at_rewards
    from tipline.commands.asking import admin_keeper, main_database
    from tipline.directory.daily import publish_todays
    from tipline.directory.service import Pin

    settings, clock = _settings(environment), SystemClock()
    with main_database(settings, clock) as database, admin_keeper(settings) as keeper:
        stated = look_at_rewards(database, keeper)
        publish_todays(database, keeper, Pin.of(settings))
    say(f"{sum(stated.values())} statements on rewards.")


# ------------------------------------------------------------------- support


def _settings(environment: Mapping[str, str]) -> "Settings":
    from tipline.settings import Settings

    return Settings.from_mapping(environment)


def _factory(module: str, settings: "Settings") -> "Callable[[], Flask]":
    # By name: imports run crypto <- tipline <- admin, and only the command line starts the admin site.
    def make() -> "Flask":
        app: Flask = importlib.import_module(module).create_app(settings)
        return app

    return make


def _again(environment: Mapping[str, str], command: str) -> str:
    named = environment.get("TIPLINE_DATA")
    name = os.path.relpath(sys.argv[0]) if os.sep in sys.argv[0] else sys.argv[0]
    return " ".join([*([f"TIPLINE_DATA={shlex.quote(named)}"] if named else []), name, command])


if __name__ == "__main__":
    main()
