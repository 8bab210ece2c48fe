"""admin/words.py: no page shows a bare code, because each table of words covers what it names."""

from collections.abc import Iterable

import pytest

from admin.replies.identifying import Naming
from admin.words import word
from tipline.alerts.findings import Finding
from tipline.alerts.rules import Rule
from tipline.cleaning.types import HiddenData
from tipline.deadlines.terms import TERMS
from tipline.keeper.heads import Stop
from tipline.keeper_client import Reason
from tipline.lookups.views import View
from tipline.protection.states import ProtectionState
from tipline.roster.types import ROLES
from tipline.tips.categories import Category, Channel, Official, Urgency
from tipline.tips.moves import Outcome, TipState
from tipline.tips.purposes import Purpose
from tipline.tips.tags import TagKind
from tipline.tips.topics import QUESTIONS, Topic

TABLES = (
    ("view", View),
    ("state", [*TipState, *ProtectionState]),
    ("term", TERMS),
    ("purpose", Purpose),
    ("category", Category),
    ("official", Official),
    ("urgency", Urgency),
    ("channel", Channel),
    ("tag", TagKind),
    ("topic", [topic for topic in Topic if topic]),
    ("question", QUESTIONS),
    ("outcome", Outcome),
    ("naming", Naming),
    ("hidden", HiddenData),
    ("refusal", Reason),
    ("role", sorted(ROLES)),
    ("stop", Stop),
    ("rule", Rule),
    ("found", Finding),
)


@pytest.mark.parametrize(("kind", "codes"), TABLES, ids=[kind for kind, _ in TABLES])
def test_every_code_has_a_word(kind: str, codes: Iterable[str]) -> None:
    bare = [str(code) for code in codes if isinstance(word(kind, str(code)), str)]
    assert bare == []
