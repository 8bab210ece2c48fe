"""What the libraries read anew for every site and every database of ours, read once in a process.

Hundreds of keepers and sites start here. Each would load the files of all revisions to see that there is
nothing to do, take the same hundred addresses apart by the same expression, put the same statements into
SQL again, and prove of the same five keys of a mint that their factors are primes, a tenth of a second each.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from werkzeug.routing import rules

from crypto.blind_rsa import MintKey


class Statements(dict[Any, Any]):
    """SQL by statement, of whatever database of a kind asked for it first: in the others it is the same."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_of_a_kind(key), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(_of_a_kind(key), compiled)


def _of_a_kind(key: Any) -> tuple[Any, ...]:
    return type(key[0]), *key[1:]  # a key begins with the dialect, of which each database has its own


_STATEMENTS: Final = Statements()
_make_engine: Final = Engine.__init__
_from_config: Final = ScriptDirectory.from_config
_from_pem: Final = MintKey.from_pem


class Remembering:
    """An expression that looks at each place of each text once; what it finds there never changes."""

    def __init__(self, expression: re.Pattern[str]) -> None:
        self.match = cache(expression.match)


@contextmanager
def read_once() -> Iterator[None]:
    """Inside, revisions are loaded once for each folder; addresses, statements and keys are read once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "__init__", _make_sharing)
        patch.setattr(ScriptDirectory, "from_config", _revisions)
        patch.setattr(rules, "_part_re", Remembering(rules._part_re))
        patch.setattr(MintKey, "from_pem", _mint_key)
        yield


def _make_sharing(engine: Engine, *made_of: Any, **options: Any) -> None:
    _make_engine(engine, *made_of, **options)
    if engine.dialect.name == "sqlite":
        engine._compiled_cache = _STATEMENTS


def _revisions(config: Config) -> ScriptDirectory:
    return _revisions_in(str(config.get_main_option("script_location")))


@cache
def _revisions_in(folder: str) -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", folder)
    return _from_config(config)


@cache
def _mint_key(pem: bytes) -> MintKey:
    """A key of the same bytes is the same; what is none raises each time."""
    return _from_pem(pem)
