"""Compile the message catalogues (.po -> .mo) when the package is built or installed editable.

Also a command: `python hatch_build.py` compiles them in place after a translation was changed.
"""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CATALOGUES = "templates/*/translations/*/LC_MESSAGES/*.po"
"""One set of catalogues for each site."""


class BadCatalogue(ValueError):
    """A translation does not fit its sentence, for example by other placeholders."""


def compile_catalogues(root: Path) -> list[Path]:
    """Write a .mo beside every .po of both sites under `root` and return the files written.

    Raises:
        BadCatalogue: a translation and its sentence have different placeholders or plural forms.
    """
    written = []
    for source in sorted(root.glob(CATALOGUES)):
        locale = source.parent.parent.name
        with source.open("rb") as po:
            catalogue = read_po(po, locale=locale)
        for message, problems in catalogue.check():
            raise BadCatalogue(f"{source.relative_to(root)}, line {message.lineno}: {problems[0]}")
        target = source.with_suffix(".mo")
        with target.open("wb") as mo:
            write_mo(mo, catalogue)
        written.append(target)
    return written


class CatalogueHook(BuildHookInterface):  # type: ignore[type-arg]  # its parameter is the builder's configuration, unused here
    """Runs before files are collected, for wheels and editable installs alike."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        compile_catalogues(Path(self.root))


if __name__ == "__main__":
    compile_catalogues(Path(__file__).parent)
