"""Every sentence a person sees is in its site's catalogue, translated: part of `make check`.

Each site has a catalogue of its own. The sentences in the code are English, so
English has none.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
SITES = {"public": ["tipline", "templates/public"], "admin": ["admin", "templates/admin"]}
"""A site, and the folders whose sentences it shows."""
KEYWORDS = ["_l", "lazy_gettext", "lazy_ngettext:1,2", "lazy_pgettext:1c,2", "mark"]
LOCALES = ["zh_Hans"]


def extract(folders: list[str], target: Path) -> Catalog:
    """Every sentence in these folders, by the mappings in pyproject.toml."""
    keywords = [word for keyword in KEYWORDS for word in ("--keyword", keyword)]
    command = ["pybabel", "--quiet", "extract", "--mapping-file", "pyproject.toml", *keywords]
    subprocess.run([*command, "--output-file", str(target), *folders], cwd=ROOT, check=True)
    with target.open("rb") as template:
        return read_po(template)


def problems(template: Catalog, site: str, locale: str) -> list[str]:
    """One line for each sentence that is missing, surplus, unsure, untranslated or does not fit."""
    source = ROOT / "templates" / site / "translations" / locale / "LC_MESSAGES" / "messages.po"
    if not source.exists():
        return [f"{site} {locale}: there is no catalogue"]
    with source.open("rb") as po:
        catalogue = read_po(po, locale=locale)
    wanted = {(message.id, message.context) for message in template if message.id}
    found = {(message.id, message.context): message for message in catalogue if message.id}
    lines = [f"missing: {sentence!r}" for sentence, _ in wanted - found.keys()]
    lines += [f"no longer used: {sentence!r}" for sentence, _ in found.keys() - wanted]
    for message in found.values():
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.fuzzy:
            lines.append(f"unsure (fuzzy): {message.id!r}")
        if not all(strings):
            lines.append(f"not translated: {message.id!r}")
    lines += [f"does not fit: {message.id!r}: {errors[0]}" for message, errors in catalogue.check()]
    return [f"{site} {locale}: {line}" for line in sorted(lines)]


def main() -> int:
    lines, sentences = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for site, folders in SITES.items():
            template = extract(folders, Path(folder, f"{site}.pot"))
            sentences += len(template)
            for locale in LOCALES:
                lines += problems(template, site, locale)
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.write(f"{sentences} sentences, {len(SITES)} catalogues, {len(lines)} problems\n")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
