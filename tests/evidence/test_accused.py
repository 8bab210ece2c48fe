"""Names of accused persons are marked by who may read the tip, at once and alone: both verifiers know it."""

from collections.abc import Sequence
from pathlib import Path

from tests.evidence.test_routes import Step, both_refuse, both_take, route, state
from tests.roster.township import AUDITOR, INTEGRITY, REVIEWER_A, REVIEWER_B, START
from tipline.roster.freshness import FRESH_SECONDS


def marked(by: Sequence[str], at: int, *, desk: str = "intake", said: int = 0) -> Step:
    return state("accused", by, at, desk=desk, said=said, item="ef" * 16, hash="12" * 32, after="")


def test_who_may_read_the_tip_marks_names_alone_and_at_once(tmp_path: Path) -> None:
    both_take([marked([REVIEWER_A], START + 1)], tmp_path / "file")
    both_refuse([marked([AUDITOR], START + 1)], "", tmp_path / "file")
    both_refuse(
        [marked([REVIEWER_A, REVIEWER_B], START + 1 + FRESH_SECONDS, said=START)], "", tmp_path / "file"
    )
    both_refuse(
        [route([REVIEWER_A], START + 1, ["u3"]), marked([REVIEWER_B], START + 2)], "", tmp_path / "file"
    )
    both_refuse(
        [route([REVIEWER_A], START + 1), marked([INTEGRITY], START + 2, desk="integrity")],
        "",
        tmp_path / "file",
    )
