"""Errors that the command line foresees: each exists, and its sentence reaches the person at the terminal."""

import importlib

import click
import pytest
from click.testing import CliRunner

from tipline.commands.plainly import FORESEEABLE, PlainGroup


@pytest.mark.parametrize(("room", "name"), FORESEEABLE)
def test_a_foreseeable_error_ends_with_its_sentence_and_code_1(room: str, name: str) -> None:
    error: type[Exception] = getattr(importlib.import_module(room), name)

    @click.group(cls=PlainGroup)
    def program() -> None:
        pass

    @program.command("fail")
    def fail() -> None:
        raise error.__new__(error)

    done = CliRunner().invoke(program, ["fail"])
    assert (done.exit_code, done.output.startswith("Error: ")) == (1, True)
    assert isinstance(done.exception, SystemExit)
