"""Alerts that a member is asked to explain: what of it the statements alone must show.

    alert ─ an auditor asks ─▶ the member answers
      └─────────┴──── review: from then on nobody asks or answers

All of these statements stay for ever, so a log that is whole has each; of a pack nothing is compared.

Source: the keeper's own rules, tipline/keeper/rules/alerts.py.
"""

from typing import Final

from crypto.statements import Entry
from tipline.evidence.errors import VerificationFailed

ALERT: Final = "alert"
REVIEW: Final = "alert-review"
ASK: Final = "alert-ask"
ANSWER: Final = "alert-answer"


class Questions:
    """Whom each open alert is about, and which of them were asked about theirs and have not answered."""

    def __init__(self, *, whole: bool) -> None:
        self._whole = whole
        self._about: dict[int, object] = {}
        self._asked: set[int] = set()
        self._waiting: set[int] = set()

    def take(self, entry: Entry, index: int) -> None:
        """Check a done entry, and go on behind it.

        Raises:
            VerificationFailed: the keeper would have refused it.
        """
        body = entry.statement.body
        kind, alert = body["type"], body.get("alert")
        if not self._whole or kind not in (ALERT, REVIEW, ASK, ANSWER):
            return
        if kind == ALERT:
            self._about[index] = body.get("member")
            return
        if type(alert) is not int or alert not in self._about:
            raise VerificationFailed(index, "it is about no alert that is open")
        about = self._about[alert]
        if kind == REVIEW:
            del self._about[alert]
        elif kind == ASK:
            if alert in self._asked or about in body["by"]:
                raise VerificationFailed(index, "that was asked before, or of oneself")
            self._asked.add(alert)
            self._waiting.add(alert)
        else:
            if alert not in self._waiting or list(body["by"]) != [about]:
                raise VerificationFailed(index, "nobody asked this member about the alert")
            self._waiting.discard(alert)
