"""Errors on the command line are sentences that say what to do, with a code that is not 0."""

import re
import tempfile
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from tipline.cli import program
from tipline.settings import write_site

COMMANDS = (
    "init",
    "trial",
    "trial codes",
    "serve",
    "public",
    "admin",
    "keeper",
    "member add",
    "member grant",
    "member revoke",
    "member remove",
    "member list",
    "member move",
    "member conflicts",
    "member suspend",
    "member deputy",
    "member role",
    "member lead",
    "member new-keys",
    "member regrant",
    "member rekey",
    "log export",
    "log verify",
    "log check",
    "log checkpoint",
    "log heads",
    "log rotate-key",
    "log stamp",
    "log tiles",
    "witness accept",
    "witness init",
    "witness log",
    "witness serve",
    "witness show",
    "witnesses add",
    "witnesses list",
    "witnesses policy",
    "witnesses remove",
    "rebuild",
    "rewards",
    "clocks",
    "expire",
    "inventory",
    "body add",
    "body list",
    "notices send",
    "notices test",
    "notices sample",
)


def run(*arguments: str, data: Path, **environment: str) -> Result:
    """Run a command in an environment that holds nothing of ours but this."""
    kept = {"TIPLINE_DATA": str(data), "TIPLINE_DATABASE_URL": None, "TIPLINE_RAM": None, **environment}
    return CliRunner().invoke(program, arguments, env=kept)


def failed_plainly(result: Result) -> str:
    assert result.exit_code == 1, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.stderr.startswith("Error: ")
    return result.stderr


@pytest.mark.parametrize(
    "command",
    ["serve", "public", "admin", "keeper", "rebuild", "clocks", "expire", "member list", "log export x"],
)
def test_without_an_instance_every_command_says_how_to_make_one(command: str, tmp_path: Path) -> None:
    sentence = failed_plainly(run(*command.split(), data=tmp_path / "none"))
    assert "There is no instance" in sentence
    assert "tipline init" in sentence


def test_codes_without_a_trial_say_how_to_start_one(tmp_path: Path) -> None:
    assert "tipline trial" in failed_plainly(run("trial", "codes", data=tmp_path))


def test_a_real_instance_is_no_trial(tmp_path: Path) -> None:
    write_site(tmp_path, origin="o/log", genesis="00" * 32, log_key="k", profile="production")
    for command in (["trial"], ["trial", "codes", "--json"]):
        assert "is not a trial" in failed_plainly(run(*command, data=tmp_path))


def test_a_trial_instance_is_not_served_in_earnest(tmp_path: Path) -> None:
    write_site(tmp_path, origin="o/log", genesis="00" * 32, log_key="k", profile="trial")
    assert "tipline trial" in failed_plainly(run("serve", data=tmp_path))


def test_an_instance_in_earnest_needs_its_folder_in_ram(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    write_site(data, origin="o/log", genesis="00" * 32, log_key="k", profile="production")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as on_disk:  # what lies there outlives a restart
        for command in ("serve", "public", "keeper"):
            sentence = failed_plainly(run(command, data=data, TIPLINE_RAM=f"{on_disk}/ram"))
            assert "not on a tmpfs" in sentence


def test_a_foreign_data_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    assert "holds thesis.txt" in failed_plainly(run("trial", data=tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_setting_that_is_no_number_is_named(tmp_path: Path) -> None:
    write_site(tmp_path, origin="o/log", genesis="00" * 32, log_key="k", profile="trial")
    assert "TIPLINE_PROXIES" in failed_plainly(run("public", data=tmp_path, TIPLINE_PROXIES="many"))


@pytest.mark.parametrize("name", ["TIPLINE_DATABASE_URL", "TIPLINE_KEEPER_DATABASE_URL"])
@pytest.mark.parametrize("url", ["postgresql://x/y", "nonsense", "sqlite:///"])
def test_a_database_that_this_version_does_not_work_with_is_named(
    tmp_path: Path, name: str, url: str
) -> None:
    write_site(tmp_path, origin="o/log", genesis="00" * 32, log_key="k", profile="trial")
    assert f"{name} must name a SQLite file" in failed_plainly(run("public", data=tmp_path, **{name: url}))


def test_a_data_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert "is a file. Name a folder" in failed_plainly(run("trial", data=tmp_path / "data"))


def test_whoever_looks_beside_the_trial_is_told_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "trial").mkdir()
    write_site(tmp_path / "trial", origin="o/log", genesis="00" * 32, log_key="k", profile="trial")
    assert f"TIPLINE_DATA={tmp_path / 'trial'}" in failed_plainly(run("public", data=tmp_path))


def test_a_plan_that_is_none_is_refused_before_the_folder_is_touched(tmp_path: Path) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text("origin = 1")
    assert '"origin" is missing' in failed_plainly(run("init", "--plan", str(plan), data=tmp_path / "data"))
    assert not (tmp_path / "data").exists()


def test_init_without_a_plan_says_where_one_comes_from(tmp_path: Path) -> None:
    result = run("init", data=tmp_path)
    assert result.exit_code == 2
    assert "--sample" in result.stderr


def test_every_command_explains_itself() -> None:
    for command in COMMANDS:
        result = CliRunner().invoke(program, [*command.split(), "--help"])
        assert result.exit_code == 0, command
        assert re.search(r"Usage: \S+ " + command, result.output), command


def test_there_is_no_command_but_these() -> None:
    context = click.Context(program)
    found = set()
    for name in program.list_commands(context):
        command = program.get_command(context, name)
        if isinstance(command, click.Group):
            found |= {f"{name} {below}" for below in command.list_commands(context)}
        else:
            found.add(name)
    assert found - {"bench"} == set(COMMANDS) - {"trial"}
