"""Telling the sample protection cases: people ask, the desk works, forms are read as on its pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from crypto.tracking_codes import TrackingCode
from tipline.accounts.types import UnlockedMember
from tipline.ids import new_tip_id
from tipline.mailbox.asking import ask_for_protection, tell_of_case
from tipline.mailbox.doors import open_doors
from tipline.mailbox.thread import find_mailbox
from tipline.mailbox.writing import add_incident, add_notice
from tipline.protection.forms import FORMS, read_form
from tipline.tips.answers import Message
from tipline.tips.first import route_of
from tipline.tips.intake import Intake
from tipline.tips.purposes import Purpose
from tipline.tips.submission import submit_tip
from tipline.tips.topics import Topic
from tipline.trial.samples.cases import CaseStep, SampleCase
from tipline.trial.samples.desk_work import DeskWork, SentTip

AT_THE_DESK: Final = ("protection", "protection-2")
"""Who proposes, and who approves."""


@dataclass
class Protecting:
    """The cases that came so far.

    Attributes:
        bodies: the ids of the competent bodies that a form may name.
        proposed: the form on which a case's latest move rested, by the case's name.
    """

    cases: Sequence[SampleCase]
    people: Mapping[str, UnlockedMember]
    bodies: tuple[str, ...]
    asked: dict[str, SentTip] = field(default_factory=dict)
    proposed: dict[str, dict[str, str]] = field(default_factory=dict)

    def ask(self, days_ago: int, tips: Mapping[str, SentTip], intake: Intake) -> None:
        """Whoever asked so many days ago does; `tips` are those that came, by their names.

        Whoever asked on the day before looks into their mailbox again.
        """
        for case in self.cases:
            if case.days == days_ago:
                self.asked[case.name] = self._asked(case, tips, intake)
            if case.days == days_ago + 1 and case.tip:
                with intake.database.reading() as session:
                    doors = open_doors(session, tips[case.tip].code, intake.log)
                tell_of_case(doors, intake)

    def act(self, days_ago: int, work: DeskWork, intake: Intake) -> None:
        """What desk and people did so many days ago."""
        for case in self.cases:
            steps = [step for step in case.steps if days_ago in _days_ago(case, step)]
            for step in (step for step in steps if step.says):
                self._say(self.asked[case.name], step, intake)
            if by_desk := [step for step in steps if not step.says]:
                self._work(case, by_desk, work)

    def _asked(self, case: SampleCase, tips: Mapping[str, SentTip], intake: Intake) -> SentTip:
        of = self.asked[case.of].id.hex() if case.of else ""
        draft, identifier = replace(case.draft, asking=replace(case.asking, of=of)), new_tip_id()
        if case.tip:
            code = tips[case.tip].code
            with intake.database.reading() as session:
                doors = open_doors(session, code, intake.log)
            ask_for_protection(doors, draft, identifier, intake)
            code = doors.case_code
        else:
            code = TrackingCode.generate()
            submit_tip(draft, code, identifier, [], intake)
        return SentTip(identifier, code, route_of(draft, intake.directory), draft.language)

    def _say(self, case: SentTip, step: CaseStep, intake: Intake) -> None:
        with intake.database.reading() as session:
            mailbox = find_mailbox(session, case.code)
        answers = step.answers or {}
        if step.says == Topic.INCIDENT:
            add_incident(mailbox, step.text, answers, intake, danger=False)
        else:
            add_notice(mailbox, Topic(step.says), step.text, intake, answers=answers)

    def _work(self, case: SampleCase, steps: Sequence[CaseStep], work: DeskWork) -> None:
        """One day's work on a case; whoever does some of it reads the case first."""
        sent, read = self.asked[case.name], set[str]()
        for step in steps:
            who = self.people[AT_THE_DESK[step.approves]]
            if who.id not in read:
                work.read(who, sent, Purpose.PROTECTION)
                read.add(who.id)
            self._do(who, sent, case, step, work)

    def _do(
        self, who: UnlockedMember, sent: SentTip, case: SampleCase, step: CaseStep, work: DeskWork
    ) -> None:
        detail = {"form": work.note(who, sent, self._filled_in(case, step, work))} if step.form else {}
        if step.approves and case.name in self.proposed:
            detail = {"form": self.proposed.pop(case.name)}
        if step.move:
            work.move(who, sent, step.move, detail=detail)
            self.proposed.pop(case.name, None)
            if step.form:
                self.proposed[case.name] = detail["form"]
        if step.every:
            work.step("watch", who, sent, "", every=step.every)
        if step.reply:
            work.reply(who, sent, step.reply)

    def _filled_in(self, case: SampleCase, step: CaseStep, work: DeskWork) -> Message:
        today = work.clock.today()
        typed, group = step.filled_in(today), case.asking.group
        return read_form(FORMS[step.form], typed, today, group=group, bodies=self.bodies)


def _days_ago(case: SampleCase, step: CaseStep) -> tuple[int, ...]:
    """How many days ago a step was taken."""
    return tuple(case.days - day if day >= 0 else -day for day in step.days)
