"""Telling the story of the sample tips: day by day, over a keeper of its own, under a clock of the story.

Everything is done as it would be: tips are sealed as the public site seals them, members sign, and the
keeper logs.
"""

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from crypto.notes import NoteVerifier
from crypto.tracking_codes import TrackingCode
from tipline.accounts.service import OTP_SECONDS, Accounts, one_time_codes
from tipline.accounts.types import UnlockedMember, sign_together
from tipline.database import Database
from tipline.deadlines.look import look_at_clocks
from tipline.directory.service import publish_directory
from tipline.directory.types import Directory, open_directory
from tipline.files.store import FileStore
from tipline.ids import INTAKE, INTEGRITY, PROTECTION, TipId, new_tip_id
from tipline.instance.founders import Founder
from tipline.inventory.service import take_inventory
from tipline.keeper.app import serving
from tipline.keeper_client import AdminKeeper, SeenFile
from tipline.keeper_client.public import KeeperPublic
from tipline.mailbox.thread import find_mailbox
from tipline.mailbox.writing import add_message
from tipline.ram import prepare_ram_folder
from tipline.retention.service import erase_expired
from tipline.settings import Settings
from tipline.tips.first import route_of
from tipline.tips.intake import Intake
from tipline.tips.purposes import Purpose
from tipline.tips.submission import submit_tip
from tipline.trial.samples.desk_work import DeskWork, SentTip
from tipline.trial.samples.protecting import AT_THE_DESK, Protecting
from tipline.trial.samples.reading import Samples, SampleTip
from tipline.trial.samples.rewarding import AT_THE_OFFICE, Rewarding
from tipline.trial.samples.stories import LATE_VISIT, READ_FOR, Step
from tipline.trial.samples.story_clock import StoryClock

BODY_ID: Final = "district-police"
BODY: Final = {
    "id": BODY_ID,
    "names": {"zh": "示例区公安分局", "en": "Sample district public security bureau"},
    "recipient": "",
    "accepts": True,
}
LEADS: Final = {INTAKE: "reviewer-a", INTEGRITY: "integrity", PROTECTION: "protection"}
PEOPLE: Final = (
    *("registrar", "auditor", "reviewer-a", "reviewer-b", "integrity"),
    *(*AT_THE_DESK, *AT_THE_OFFICE),
)
NIGHTS: Final = 3
"""Lists of what is held, the last ones: one a night would make a new trial slow."""
MONTH: Final = 28
"""Days between two looks at the office."""
_PATIENCE: Final = 120.0  # seconds; a busy machine takes some to make the keys of a year
_AT_WORK: Final = 100_000
"""Statements in a minute: the story lasts a few seconds, and three months."""


def tell_story(
    settings: Settings, founders: Sequence[Founder], samples: Samples, clock: StoryClock
) -> dict[str, TrackingCode]:
    """Fill a new trial with the samples; the tracking codes of those that have a name.

    Nothing else may run on it meanwhile.
    """
    database = Database(settings.database_url, dated_by=clock)
    prepare_ram_folder(settings.ram, require_tmpfs=False)
    try:
        with serving(settings, clock, _AT_WORK), _asking(settings) as keeper:
            accounts = Accounts(database, settings.account_key_file.read_bytes(), clock)
            people = {
                one.plan.name: _unlock(accounts, one, clock) for one in founders if one.plan.name in PEOPLE
            }
            directory = _begin(settings, keeper, database, people, clock)
            protecting = Protecting(samples.cases, people, (BODY_ID,))
            with closing(KeeperPublic(settings.public_socket, _PATIENCE)) as public:
                rewarding = Rewarding(people, public)
                story = Story(
                    settings, database, keeper, directory, people, samples, clock, protecting, rewarding
                )
                story.tell()
            for member in people.values():  # in the story they were here to the last day
                accounts.seen(member.id)
            return {name: tip.code for name, tip in story.named().items()}
    finally:
        database.dispose()


@contextmanager
def _asking(settings: Settings) -> Iterator[AdminKeeper]:
    seen = SeenFile(settings.admin_folder / "seen.json")
    log_key = NoteVerifier.parse(settings.log_key)
    keeper = AdminKeeper(settings.admin_socket, settings.origin, log_key, seen, _PATIENCE)
    try:
        yield keeper
    finally:
        keeper.close()


def _unlock(accounts: Accounts, founder: Founder, clock: StoryClock) -> UnlockedMember:
    codes = one_time_codes(base64.b32decode(founder.otp_secret))
    code = codes.generate_otp(clock.unix() // OTP_SECONDS)
    return accounts.unlock(founder.plan.name, founder.password, code)


def _begin(
    settings: Settings,
    keeper: AdminKeeper,
    database: Database,
    people: Mapping[str, UnlockedMember],
    clock: StoryClock,
) -> Directory:
    """Name who leads the desks, and the body that tips are transferred to; the directory from then on."""
    signers = [people["registrar"], people["auditor"]]
    stated: list[tuple[str, Mapping[str, Any]]] = [("body", {"body": BODY})]
    stated += [("lead", {"desk": desk, "member": people[name].id}) for desk, name in LEADS.items()]
    for kind, fields in stated:
        keeper.append(sign_together(kind, fields, signers, origin=settings.origin, clock=clock))
    return _published(settings, keeper, database)


def _published(settings: Settings, keeper: AdminKeeper, database: Database) -> Directory:
    """The keeper's directory as it is now, stored for the public site."""
    note = keeper.directory()
    log_key = NoteVerifier.parse(settings.log_key)
    directory = open_directory(note, log_key, settings.origin, settings.genesis)
    with database.writing() as session:
        publish_directory(session, directory.version, note)
    return directory


@dataclass
class Story:
    """The telling: which tips came so far, and who does what next."""

    settings: Settings
    database: Database
    keeper: AdminKeeper
    directory: Directory
    people: Mapping[str, UnlockedMember]
    samples: Samples
    clock: StoryClock
    protecting: Protecting
    rewarding: Rewarding
    sent: dict[int, SentTip] = field(default_factory=dict)
    read: set[tuple[TipId, str, date]] = field(default_factory=set)

    def tell(self) -> None:
        """Go through the days, the earliest first."""
        for days_ago in range(self.samples.days, -1, -1):
            self.clock.go_to(days_ago)
            for number, tip in enumerate(self.samples.tips):
                if tip.days == days_ago:
                    self.sent[number] = self._send(tip)
            self.protecting.ask(days_ago, self.named(), self._intake())
            look_at_clocks(self.database, self.keeper, self.clock)
            if days_ago < NIGHTS:
                take_inventory(self.database, self._files(), self.keeper, self.clock)
            for number, tip in enumerate(self.samples.tips):
                for step in tip.steps:
                    if _day_of(tip, step) == days_ago:
                        self._do(number, step)
                        self.clock.pass_by()
            self.protecting.act(days_ago, self._work(), self._intake())
            if self.rewarding.begin(days_ago, self._work()):
                self.directory = _published(self.settings, self.keeper, self.database)
            self.rewarding.act(days_ago, self.named(), self._work(), self._intake())
            if days_ago == LATE_VISIT.days_ago:
                self._visit_late()
            if days_ago % MONTH == 0:
                self._look_after_the_office()

    def _send(self, tip: SampleTip) -> SentTip:
        code, identifier = TrackingCode.generate(), new_tip_id()
        submit_tip(tip.draft, code, identifier, [], self._intake())
        return SentTip(identifier, code, route_of(tip.draft, self.directory), tip.draft.language)

    def named(self) -> dict[str, SentTip]:
        """The tips that came and have a name."""
        tips = self.samples.tips
        return {tips[number].name: tip for number, tip in self.sent.items() if tips[number].name}

    def _do(self, number: int, step: Step) -> None:
        tip, work, reasons = self.sent[number], self._work(), self.samples.reasons
        first, second = self._pair(number)
        if step.what in READ_FOR:
            self._read(second if step.what == "confirm" else first, tip, READ_FOR[step.what])
        acts: Mapping[str, Callable[[], None]] = {
            "move": lambda: work.move(first, tip, step.how, reasons.get(step.how, "")),
            "take": lambda: work.assign(first, tip),
            "transfer": lambda: work.transfer(first, tip, BODY_ID),
            "receipt": lambda: work.receipt(first, tip, f"SG-{self.clock.today():%Y%m}-{number:03d}"),
            "outcome": lambda: work.move(first, tip, "outcome", detail={"outcome": step.how}),
            "confirm": lambda: work.move(second, tip, "feedback"),
            "duplicate": lambda: work.move(first, tip, "duplicate", detail={"of": self._like(number).hex()}),
            "reply": lambda: work.reply(first, tip, self.samples.replies[step.how][tip.language]),
            "message": lambda: self._say(tip, self.samples.messages[step.how][tip.language]),
            "close-spam": lambda: work.close_spam(first, tip, reasons["close-spam"]),
            "umbrella-step": lambda: work.step(step.what, first, tip, reasons[step.what], step=step.how),
            "pause": lambda: work.step(step.what, first, tip, reasons[step.what]),
            "umbrella": lambda: work.step(step.what, first, tip, ""),
            "erase": self._erase,
        }
        acts[step.what]()

    def _read(self, by: UnlockedMember, tip: SentTip, purpose: Purpose) -> None:
        """Read a tip, unless they did so on this day."""
        if (tip.id, by.id, self.clock.today()) in self.read:
            return
        self._work().read(by, tip, purpose)
        self.read.add((tip.id, by.id, self.clock.today()))
        self.clock.pass_by()

    def _visit_late(self) -> None:
        """Somebody reads what is a colleague's."""
        who, whose = self.people[LATE_VISIT.who], self.people[LATE_VISIT.whose]
        taken = [
            tip
            for number, tip in self.sent.items()
            if any(step.what == "take" for step in self.samples.tips[number].steps)
            and self._pair(number)[0] is whose
            and (tip.id, who.id) not in {(tip, member) for tip, member, _ in self.read}
        ]
        self.clock.go_to(LATE_VISIT.days_ago, LATE_VISIT.hour)
        for tip in taken[-LATE_VISIT.count :]:
            self._read(who, tip, Purpose.TRIAGE)

    def _look_after_the_office(self) -> None:
        """Registrar and auditor confirm where tips go: who signs nothing for long is dormant."""
        signers = [self.people["registrar"], self.people["auditor"]]
        origin, clock = self.settings.origin, self.clock
        self.keeper.append(sign_together("body", {"body": BODY}, signers, origin=origin, clock=clock))

    def _pair(self, number: int) -> tuple[UnlockedMember, UnlockedMember]:
        """Who works on a tip, and who looks at it after them."""
        if self.sent[number].desk == INTEGRITY:
            return self.people["integrity"], self.people["integrity"]
        names = ("reviewer-a", "reviewer-b") if number % 2 else ("reviewer-b", "reviewer-a")
        return self.people[names[0]], self.people[names[1]]

    def _like(self, number: int) -> TipId:
        """An earlier tip of the same desk and category."""
        tips, here = self.samples.tips, self.sent[number]
        same = (
            tip.id
            for other, tip in sorted(self.sent.items())
            if other < number
            and tip.desk == here.desk
            and tips[other].draft.category == tips[number].draft.category
        )
        return next(same)

    def _say(self, tip: SentTip, text: str) -> None:
        with self.database.reading() as session:
            mailbox = find_mailbox(session, tip.code)
        add_message(mailbox, text, self._intake())

    def _erase(self) -> None:
        erase_expired(self.database, self.keeper, self._files())

    def _work(self) -> DeskWork:
        return DeskWork(self.keeper, self.database, self.directory, self.settings.origin, self.clock)

    def _files(self) -> FileStore:
        settings = self.settings
        return FileStore(settings.files, settings.staging, settings.ram / "samples", self.clock)

    def _intake(self) -> Intake:
        log_key = NoteVerifier.parse(self.settings.log_key)
        return Intake(self.database, self._files(), self.directory, log_key, self.clock)


def _day_of(tip: SampleTip, step: Step) -> int:
    """How many days ago a step is; negative when it has not come yet."""
    return tip.days - step.day if step.day >= 0 else -step.day
