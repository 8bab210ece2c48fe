"""Every sentence a person sees is in its site's catalogue, translated: part of `make check`.

Each site has a catalogue of its own for each language but English, in which the code is written. Chinese
must be there; every other one that is found is held to the same. pytest runs it too.
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
NEEDED = "zh_Hans"


def extract(folders: list[str], target: Path) -> Catalog:
    """Every sentence in these folders, by the mappings in pyproject.toml."""
    keywords = [word for keyword in KEYWORDS for word in ("--keyword", keyword)]
    babel = [sys.executable, "-m", "babel.messages.frontend"]
    command = [*babel, "--quiet", "extract", "--mapping-file", "pyproject.toml", *keywords]
    subprocess.run([*command, "--output-file", str(target), *folders], cwd=ROOT, check=True)
    with target.open("rb") as template:
        return read_po(template)


def locales(site: str) -> list[str]:
    """The languages that a site has a folder for, and the one that it must have."""
    folders = (ROOT / "templates" / site / "translations").glob("*/LC_MESSAGES")
    return sorted({NEEDED, *(folder.parent.name for folder in folders)})


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


def site_problems(site: str) -> tuple[int, list[str]]:
    """How many sentences a site has, and what is wrong in any of its catalogues."""
    with tempfile.TemporaryDirectory() as folder:
        template = extract(SITES[site], Path(folder, f"{site}.pot"))
    return len(template), [line for locale in locales(site) for line in problems(template, site, locale)]


def main() -> int:
    found = {site: site_problems(site) for site in SITES}
    lines = [line for _, wrong in found.values() for line in wrong]
    sentences = sum(count for count, _ in found.values())
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.write(f"{sentences} sentences, {len(SITES)} sites, {len(lines)} problems\n")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
