"""The samples of a trial: sixty tips, protection cases and rewards in every state over three months.

The log denies nothing of them.
"""

import stat
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path
from shutil import rmtree
from typing import Any, Final

import pytest
from click.testing import CliRunner
from rich.console import Console
from sqlalchemy import select

from admin.readings.identities import find_payees
from crypto.notes import NoteVerifier, open_json
from crypto.statements import Entry
from crypto.tracking_codes import TrackingCode
from tests.journeys.trial import trial_environment
from tipline.alerts.rules import DEFAULT_RULES, Rule
from tipline.cli import program
from tipline.clock import SystemClock
from tipline.commands.asking import admin_keeper
from tipline.commands.exporting import write_export
from tipline.database import Database
from tipline.ids import INTAKE, INTEGRITY, PAYMENTS, PROTECTION, TipId
from tipline.keeper import models
from tipline.keeper.app import serving
from tipline.mailbox.awards import AwardNow, award_now
from tipline.mailbox.thread import find_mailbox
from tipline.protection.asking import Group
from tipline.protection.forms import FORMS
from tipline.protection.states import ProtectionState
from tipline.rebuild import rebuild_caches
from tipline.rewards.award import AwardState
from tipline.settings import Settings
from tipline.tips.categories import Urgency
from tipline.tips.models import Item, Tip
from tipline.tips.moves import PROTECTION_STATES, Outcome, TipState
from tipline.trial.board import show_board
from tipline.trial.credentials import TRIAL_FILE
from tipline.trial.mailboxes import read_mailboxes
from tipline.trial.samples.reading import read_samples
from tipline.trial.samples.stories import STORIES
from tipline.trial.samples.telling import PEOPLE
from tipline.trial.service import open_trial, township

TIPS: Final = 60
MONTHS: Final = timedelta(days=80)
A_FEW: Final = 10
FEW_POINTS: Final = 2
PATIENCE: Final = 1_000
CASE_TOPICS: Final = {"well", "incident", "consent"}


@dataclass(frozen=True)
class Told:
    """A trial whose story was told, and that nobody has started yet."""

    environment: dict[str, str]
    settings: Settings

    def tips(self) -> Sequence[Tip]:
        """The rows as the sites will find them."""
        database = Database(self.settings.database_url)
        with database.reading() as session:
            found = session.scalars(select(Tip).order_by(Tip.id)).all()
        database.dispose()
        return found

    def items(self) -> Sequence[Item]:
        """Everything that is sealed in them."""
        database = Database(self.settings.database_url)
        with database.reading() as session:
            found = session.scalars(select(Item).order_by(Item.id)).all()
        database.dispose()
        return found


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    ram = Path(tempfile.mkdtemp(prefix="tl-", dir="/dev/shm"))
    environment = trial_environment(tmp_path_factory.mktemp("samples") / "data", ram)
    yield Told(environment, open_trial(environment, SystemClock(), _quiet, samples=True))
    rmtree(ram)


def _quiet(_line: str) -> None:
    """Nobody watches the instance being made."""


def test_every_state_occurs(told: Told) -> None:
    states = Counter(tip.state for tip in told.tips() if tip.state not in PROTECTION_STATES)
    assert sum(states.values()) == TIPS
    assert set(states) == {state.value for state in TipState}
    assert max(states.values()) < TIPS / 2, "one state hides the others"


def test_there_is_something_overdue_paused_taken_new_and_in_danger_at_the_desk(told: Told) -> None:
    intake = [tip for tip in told.tips() if tip.desk == INTAKE]
    assert any(tip.level for tip in intake)
    assert any(tip.paused for tip in intake)
    assert any(tip.assignee for tip in intake)
    assert any(not tip.assignee for tip in intake)
    assert any(tip.due_at for tip in intake)
    assert any(tip.desk == INTEGRITY for tip in told.tips())


def test_every_state_of_a_protection_case_occurs_and_somebody_was_not_heard(told: Told) -> None:
    cases = [tip for tip in told.tips() if tip.state in PROTECTION_STATES]
    assert {case.desk for case in cases} == {PROTECTION}
    assert {case.state for case in cases} == {state.value for state in ProtectionState}
    assert [case.state for case in cases if case.level] == [ProtectionState.PROTECTED]
    assert [case.state for case in cases if case.due_at] == [ProtectionState.ASKED]


def test_every_group_is_protected_and_every_form_filled_in() -> None:
    cases = read_samples().cases
    assert {case.asking.group for case in cases} == set(Group)
    assert {step.form for case in cases for step in case.steps if step.form} == set(FORMS)
    assert {step.says for case in cases for step in case.steps if step.says} == CASE_TOPICS
    assert [case.name for case in cases if case.of] == ["relative"]
    assert [case.draft.urgency for case in cases if case.tip] == [Urgency.DANGER]


def test_they_come_over_three_months_in_both_languages_of_many_kinds(told: Told) -> None:
    days = sorted(tip.arrived_on for tip in told.tips())
    assert days[-1] - days[0] > MONTHS
    assert len(set(days)) > TIPS / 2
    drafts = [tip.draft for tip in read_samples().tips]
    assert len({draft.description for draft in drafts}) == TIPS
    languages = Counter(draft.language for draft in drafts)
    assert set(languages) == {"zh-Hans", "en"}
    assert min(languages.values()) >= A_FEW
    assert len({draft.category for draft in drafts}) >= A_FEW
    assert {draft.urgency for draft in drafts} >= {Urgency.DANGER, Urgency.NORMAL}
    assert {draft.unit for draft in drafts if draft.unit} <= {unit.id for unit in township().units}


def test_every_story_is_told_and_every_outcome_found() -> None:
    steps = [tip.steps for tip in read_samples().tips]
    assert {name for name, story in STORIES.items() if story not in steps} == set()
    found = {step.how for story in steps for step in story if step.what == "outcome"}
    assert found == {outcome.value for outcome in Outcome}


def test_rows_and_records_say_what_the_log_says_and_the_log_verifies_elsewhere(
    told: Told, tmp_path: Path
) -> None:
    settings, verifier = told.settings, NoteVerifier.parse(told.settings.log_key)
    export = tmp_path / "log.txt"
    database = Database(settings.database_url)
    with serving(settings, SystemClock(), PATIENCE), admin_keeper(settings) as keeper:
        assert rebuild_caches(database, keeper, verifier).put_right == 0
        write_export(settings, export)
    database.dispose()
    verified = CliRunner().invoke(program, ["log", "verify", str(export), "--key", settings.log_key])
    assert verified.exit_code == 0, verified.output
    assert "signed by the given key" in verified.output
    written = [item for item in told.items() if item.kind in ("reply", "note")]
    assert {item.kind for item in written} == {"reply", "note"}
    for item in written:
        record = open_json(item.record, verifier)
        assert (record["tip"], record["item"]) == (item.tip_id.hex(), item.id.hex())
        assert record["hash"] == item.digest.hex()


def test_rewards_stand_in_every_state_that_half_a_year_of_waiting_does_not_take(told: Told) -> None:
    with serving(told.settings, SystemClock(), PATIENCE), admin_keeper(told.settings) as keeper:
        found, awards = keeper.rewards.money(), list(keeper.rewards.each_standing(None))
        points = keeper.roster().points.values()
    assert {each.award.state for each in awards} == set(AwardState) - {AwardState.EXPIRED}
    assert found.differences == ()
    assert 0 < sum(key.paid for key in found.keys) < sum(key.presented for key in found.keys)
    waiting = [each.award.amount for each in awards if each.award.state is AwardState.APPROVED]
    assert min(waiting) > sum(budget.balance for budget in found.budgets), "one waits for the budget"
    outside = {unit.id for unit in township().units if not unit.inside}
    assert sum(point.unit in outside for point in points) >= FEW_POINTS
    assert any(point.recipient for point in points), "one is a bank's"


def test_nobody_who_signed_in_the_story_is_dormant_when_it_ends(told: Told) -> None:
    database, acts, alerts = Database(told.settings.keeper_database_url), dict[str, int](), list[str]()
    with database.reading() as session:
        for data in session.scalars(select(models.entries.c.entry).order_by(models.entries.c.index)):
            entry = Entry.decode(data)
            acts |= dict.fromkeys(entry.statement.signers, entry.at)
            alerts += [entry.statement.body["rule"]] if entry.statement.body["type"] == "alert" else []
    database.dispose()
    rest = DEFAULT_RULES.value(Rule.DORMANT, "days") * 86_400
    assert len(acts) > len(PEOPLE)  # the keeper, too
    assert {member: at for member, at in acts.items() if SystemClock().unix() - at >= rest / 2} == {}
    assert Rule.DORMANT not in alerts
    assert alerts, "the story shows alerts"


def test_whoever_tries_it_finds_a_reward_to_collect_and_vouchers_to_fetch(told: Told) -> None:
    mailboxes, log_key = read_mailboxes(told.settings), NoteVerifier.parse(told.settings.log_key)
    database, found = Database(told.settings.database_url), list[AwardNow | None]()
    with database.reading() as session:
        for one in mailboxes:
            mailbox = find_mailbox(session, TrackingCode.parse(one.code))
            found.append(award_now(session, mailbox, log_key))
    database.dispose()
    [waiting, collected] = found
    assert waiting is not None
    assert waiting.is_open(SystemClock().today())
    assert collected is not None
    assert collected.collected is not None
    assert collected.collected.day < SystemClock().today(), "a pickup code is fetched on another day"


def test_whoever_is_to_be_paid_by_name_has_said_whom_to_pay(told: Told) -> None:
    with serving(told.settings, SystemClock(), PATIENCE), admin_keeper(told.settings) as keeper:
        named = [one.award for one in keeper.rewards.each_standing(AwardState.NAMED)]
    tips = [(TipId(bytes.fromhex(award.tip)), bytes.fromhex(award.claim)) for award in named]
    database = Database(told.settings.database_url)
    with database.reading() as session:
        found = [find_payees(session, tip, claim) for tip, claim in tips]
    database.dispose()
    assert [len(payees) for payees in found] == [1]


def test_whoever_was_paid_by_name_was_shown_to_both_clerks_who_confirmed_it(told: Told) -> None:
    database = Database(told.settings.keeper_database_url)
    with database.reading() as session:
        entries = session.scalars(select(models.entries.c.entry).order_by(models.entries.c.index))
        bodies = [Entry.decode(data).statement.body for data in entries]
    database.dispose()
    allowed = {one["request"] for one in bodies if one["type"] == "disclosure-decision" and one["approved"]}
    shown = [one for index, one in enumerate(bodies) if index in allowed and one["desk"] == PAYMENTS]
    paid = [one for one in bodies if one["type"] == "pay-named"]
    assert [_whom(one) for one in paid] == [_whom(one) for one in shown]
    assert len({one["by"][0] for one in paid}) == len(paid) == 2


def _whom(body: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(body[name] for name in ("by", "item", "hash"))


def test_the_codes_of_mailboxes_are_shown_and_only_their_owner_may_read_the_file(told: Told) -> None:
    assert stat.S_IMODE((told.settings.data / TRIAL_FILE).stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR
    shown = StringIO()
    mailboxes = read_mailboxes(told.settings)
    show_board(Console(file=shown, width=200), told.settings, [], mailboxes, township(), "again")
    assert all(one.code in shown.getvalue() and one.what in shown.getvalue() for one in mailboxes)
    assert not any(one.code in repr(one) for one in mailboxes)


def test_a_second_start_keeps_them(told: Told) -> None:
    before = [(tip.id, tip.state, tip.locator) for tip in told.tips()]
    assert open_trial(told.environment, SystemClock(), _quiet, samples=True) == told.settings
    assert [(tip.id, tip.state, tip.locator) for tip in told.tips()] == before


def test_a_trial_that_is_asked_to_be_empty_has_none(tmp_path: Path) -> None:
    environment = {"TIPLINE_DATA": str(tmp_path / "data"), "TIPLINE_RAM": str(tmp_path / "ram")}
    empty = Told(environment, open_trial(environment, SystemClock(), _quiet, samples=False))
    assert empty.tips() == []
    assert empty.items() == []
    again = open_trial(environment, SystemClock(), _quiet, samples=True)
    assert read_mailboxes(again) == []
    assert Told(environment, again).tips() == [], "a trial that is there is left as it is"
