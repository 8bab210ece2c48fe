"""What becomes of rewards in the story: steps, each on a day counted back from the present."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tipline.rewards.scoring import Factor, Major, Tier

BEGIN: Final = 28
"""How many days ago the reward office began: points, keys, a budget."""
BUDGET: Final = 50_000
"""Less than what is approved, so that something waits."""
POINT: Final = "district-office"
BANK: Final = "post-office"
POINTS: Final[tuple[Mapping[str, Any], ...]] = (
    {
        "id": POINT,
        "names": {"zh": "示例区便民服务中心", "en": "District service centre"},
        "places": {
            "zh": "人民路 8 号 3 号窗口，工作日 9:00–17:00",
            "en": "8 Renmin Road, counter 3, 9:00–17:00",
        },
        "unit": "u12",
        "open": True,
    },
    {
        "id": BANK,
        "names": {"zh": "示例区邮政支局", "en": "District post office"},
        "places": {"zh": "中山街 21 号，每天 8:30–18:00", "en": "21 Zhongshan Street, every day 8:30–18:00"},
        "unit": "u12",
        "open": True,
    },
    {
        "id": "town-hall",
        "names": {"zh": "示例镇政务大厅", "en": "Township hall"},
        "places": {
            "zh": "示例镇政府一楼，工作日 9:00–17:00",
            "en": "Ground floor of the town hall, 9:00–17:00",
        },
        "unit": "u2",
        "open": True,
    },
)
"""Two outside the township, one of them a bank's; one inside. Keys are made with the trial."""


@dataclass(frozen=True)
class AwardStep:
    """One thing that somebody does for the reward of a tip, so many days ago."""

    day: int
    tip: str
    what: str
    amount: int = 0
    by: str = ""


def _granted(tip: str, days: tuple[int, int, int], amount: int, *more: AwardStep) -> tuple[AwardStep, ...]:
    proposed, checked, approved = days
    return (
        AwardStep(proposed, tip, "propose", amount),
        AwardStep(checked, tip, "check"),
        AwardStep(approved, tip, "approve", amount, "approver"),
        *more,
    )


STEPS: Final[tuple[AwardStep, ...]] = (
    *_granted("market", (27, 26, 25), 4_000, AwardStep(24, "market", "collect")),
    AwardStep(13, "market", "open", 1_000),
    AwardStep(12, "market", "pay", 1_000),
    AwardStep(2, "market", "redeem", 1_000),
    *_granted("sand", (26, 25, 24), 15_000, AwardStep(20, "sand", "collect")),
    *_granted("loan", (22, 20, 18), 5_000),
    *_granted("club", (21, 19, 17), 3_000, AwardStep(15, "club", "cancel")),
    AwardStep(10, "club", "propose", 2_000),
    AwardStep(8, "club", "check"),
    AwardStep(20, "pond", "propose", 5_000),
    AwardStep(18, "pond", "refuse"),
    AwardStep(9, "pond", "propose", 2_500),
    *_granted("clubs", (16, 14, 12), 60_000, AwardStep(11, "clubs", "approve", 60_000, "approver-2")),
    *_granted(
        "bridge", (2, 2, 1), 4_000, AwardStep(1, "bridge", "by-name"), AwardStep(0, "bridge", "settle", 4_000)
    ),
    *_granted("debt", (2, 2, 1), 1_000, AwardStep(1, "debt", "by-name")),
)
PAYEE: Final[Mapping[str, str]] = {
    "name": "李小梅 / Li Xiaomei",
    "contact": "示例区农商银行 6230 0000 0000 4455 / District rural bank, 6230 0000 0000 4455",
    "safely": "请勿在转账附言里写“奖励”。/ Please do not write “reward” on the transfer.",
}
"""Whom to pay, where somebody in the story wants to be paid by name."""
MAILBOXES: Final[Mapping[str, str]] = {
    "loan": "a reward that waits to be collected",
    "market": "a reward that was collected: its vouchers are fetched at /redeem",
}
"""Whose mailboxes can be looked into: by the tip's name, what stands there."""
TIERS: Final[Mapping[str, tuple[Tier, Major]]] = {
    "sand": (Tier.EVIL_FORCE, Major.EVIL_FORCE),
    "clubs": (Tier.ORGANISED, Major.ORGANISED),
}
"""What is not an ordinary, serious one."""
SCORES: Final = {
    Factor.RESULT: 3,
    Factor.ORIGINALITY: 2,
    Factor.COMPLETENESS: 2,
    Factor.RISK: 2,
    Factor.HELP: 1,
}
