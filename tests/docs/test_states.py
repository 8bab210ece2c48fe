"""docs/manual.md draws the states of a tip from the one table of moves."""

from pathlib import Path
from typing import Final

from tipline.tips.moves import TIP_MOVES, Needs, TipState
from tipline.transitions import Move

MANUAL: Final = Path(__file__).parents[2] / "docs" / "manual.md"
HEADING: Final = "## States of a tip"
NEEDS: Final = {
    Needs.NOTHING: "",
    Needs.OTHER_TIP: "the other tip",
    Needs.LETTER: "body, letter, packet",
    Needs.RECEIPT: "the body's receipt",
    Needs.OUTCOME: "an outcome",
}


def row(move: Move[TipState]) -> str:
    """A move as the manual's table has it."""
    needs = [NEEDS[Needs(move.needs)]]
    needs.append("a reason" if move.reason_required else "")
    needs.append("an answer to the reporter" if move.answered else "")
    needs.append("another person" if move.another else "")
    needs.append("its time is over: by itself" if move.by_itself else "")
    return f"| {move.source} | {move.target} | {', '.join(need for need in needs if need)} |".replace(
        "|  |", "| |"
    )


def test_the_manual_has_the_moves_of_the_table_and_no_others() -> None:
    section = MANUAL.read_text().split(HEADING)[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")][1:]
    assert lines == [row(move) for move in TIP_MOVES.moves]
