"""The accessibility rules of axe-core, put to a page that stands in a window."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, Page

RESULTS: Final = {"resultTypes": ["violations", "incomplete"]}
EVERY_RULE: Final = {**RESULTS, "rules": {"target-size": {"enabled": True}}}  # WCAG 2.2, off by default
OF_THE_LAYOUT: Final = {
    **RESULTS,
    "runOnly": ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"],
}
"""What can change with the width of the window and the colours."""
WITHOUT_COLOURS: Final = {
    **OF_THE_LAYOUT,
    "runOnly": [rule for rule in OF_THE_LAYOUT["runOnly"] if rule != "color-contrast"],
}
"""What the width changes where the colours were judged in the other width.

What width or language decides is where a text lies and on what, never its colour, as
`test_no_width_and_no_language_changes_a_colour` says; contrast takes two thirds of such a look.
"""
OF_LAYOUT_AND_LANGUAGE: Final = {
    **OF_THE_LAYOUT,
    "runOnly": [*OF_THE_LAYOUT["runOnly"], "html-has-lang", "html-lang-valid", "valid-lang"],
}
"""What can change with the language besides."""


@dataclass(frozen=True)
class Finding:
    """One element that a rule says no to, or cannot judge."""

    rule: str
    element: str
    why: str


@dataclass(frozen=True)
class Judgement:
    """What the rules say of a page."""

    wrong: Sequence[Finding]
    undecided: Sequence[Finding]


def load(context: BrowserContext) -> None:
    """Give every page that comes in these windows the tool's script.

    Once, and the browser keeps it: handing half a megabyte over for each page takes longer than reading it.
    """
    context.add_init_script(AXE_SCRIPT)


def judge(page: Page, options: Any = EVERY_RULE) -> Judgement:
    """Put the rules to the page as it stands now."""
    said = page.evaluate("options => axe.run(document, options)", options)
    return Judgement(_findings(said["violations"]), _findings(said["incomplete"]))


def _findings(rules: Sequence[Any]) -> list[Finding]:
    return [
        Finding(rule["id"], " ".join(map(str, node["target"])), _reason(node))
        for rule in rules
        for node in rule["nodes"]
    ]


def _reason(node: Any) -> str:
    checks = [*node.get("any", []), *node.get("all", []), *node.get("none", [])]
    return "; ".join(str(check["message"]) for check in checks)
