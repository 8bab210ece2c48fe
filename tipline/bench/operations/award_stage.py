"""An instance with 100,000 awards, the log behind them, and its keeper: what measuring rewards at size needs.

Entries and rows are written as they would stand: having as many statements signed and logged would take an
hour. The signatures of people are none, so no verifier lets this log pass; a keeper runs on it.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, insert

from crypto import canonical
from crypto.blind_rsa import MintPublicKey
from crypto.keys import SigningKey
from crypto.notes import NoteVerifier
from crypto.policies import Route
from crypto.randomness import random_bytes
from crypto.statements import DONE, SALT_LENGTH, VERSION, Entry, Statement
from tipline.bench.operations.award_lives import Lives, People, Rows
from tipline.bench.operations.grown_log import AT_ONCE, UNSIGNED, GrownLog, grown_log
from tipline.bench.stage import Stage
from tipline.ids import INTAKE
from tipline.instance.founding import make_instance
from tipline.keeper import models
from tipline.keeper.alerting.models import watched
from tipline.keeper.app import serving
from tipline.keeper.facets import facets_row
from tipline.keeper.log import Logged, columns_of
from tipline.keeper.prepared import Prepared
from tipline.keeper.release import route_digest
from tipline.keeper.rewards.models import awards, budgets
from tipline.keeper.rewards.money_models import mint_keys, pickups, reward_days, vouchers
from tipline.keeper.service import REQUESTS_PER_MINUTE, Keeper
from tipline.keeper.shapes import ROSTER_TYPES
from tipline.keeper_client import AdminKeeper, SeenFile
from tipline.lookups.facets import facets_of
from tipline.ram import prepare_ram_folder
from tipline.rewards.amounts import VALUES
from tipline.roster.rules import KEEPER
from tipline.settings import Settings
from tipline.tips.case_file import CaseFile
from tipline.tips.moves import TipState
from tipline.trial.credentials import keep_credentials
from tipline.trial.samples.story_clock import StoryClock
from tipline.trial.service import township

FOLDER: Final = "awards"
AWARDS: Final = 100_000
YEARS: Final = timedelta(days=900)
PATIENCE: Final = 600.0
"""Seconds for an answer: what takes long is measured, too."""


@contextmanager
def award_stage(stage: Stage) -> Iterator[tuple[Keeper, AdminKeeper]]:
    """The instance, its keeper in this process, and an admin site's client; made when first asked for."""
    data, ram = stage.settings.data.parent / FOLDER, stage.settings.ram / FOLDER
    environment = {"TIPLINE_DATA": str(data), "TIPLINE_RAM": str(ram)}
    prepare_ram_folder(ram, require_tmpfs=True)
    if not (data / "site.json").exists():
        stage.tell(f"Making {AWARDS:,} awards …")
        make_awards(environment, stage, AWARDS)
    settings = Settings.from_mapping(environment)
    with ExitStack() as stack:
        keeper = stack.enter_context(serving(settings, stage.clock, REQUESTS_PER_MINUTE))
        verifier = NoteVerifier.parse(settings.log_key)
        seen = SeenFile(settings.data / "awards-seen")
        client = AdminKeeper(settings.admin_socket, settings.origin, verifier, seen, PATIENCE)
        stack.callback(client.close)
        yield keeper, client


def make_awards(environment: dict[str, str], stage: Stage, number: int) -> Settings:
    """Found the instance some years ago, and let the awards happen since."""
    last = stage.clock.today() - timedelta(days=1)
    first = last - YEARS
    founded = StoryClock(stage.clock, YEARS.days + 2)
    settings = make_instance(
        environment,
        township(),
        founded,
        trial=True,
        keep=lambda founders: keep_credentials(Path(environment["TIPLINE_DATA"]), founders),
        tell=lambda _: None,
    )
    with serving(settings, founded, REQUESTS_PER_MINUTE) as keeper:
        people = _people(keeper)
    keys = {year: _moduli() for year in range(first.year, last.year + 1)}
    with grown_log(settings) as log:
        lives = Lives(people, keys, log.tree.size)
        happened = lives.live(number, first, last)
        entries = (_entry(settings.origin, moment, body, log.log_key) for moment, body in happened)
        for some in _batches(entries):
            _write(log, some)
        _write_rows(log.connection, lives.rows, people, log.tree.size)
    return settings


def _people(keeper: Keeper) -> People:
    roster = keeper.writer.memory.roster
    members = roster.members.values()

    def having(role: str) -> list[str]:
        return sorted(str(member.id) for member in members if role in member.roles)

    first, second, *_ = having("pay-clerk")
    return People(
        proposer=having("proposer")[0],
        verifier=having("verifier")[0],
        approver=having("approver")[0],
        leader=having("approver")[1],
        clerks=(first, second),
        claim=SigningKey.generate(),
        log=roster.origin,
    )


def _moduli() -> dict[int, str]:
    """Public keys of which nobody has the private half: nothing more is collected under them."""
    top = 1 << MintPublicKey.BITS - 1
    length = MintPublicKey.length()
    return {value: MintPublicKey(int.from_bytes(random_bytes(length)) | top | 1).n_hex for value in VALUES}


def _entry(origin: str, at: int, fields: dict[str, Any], log_key: SigningKey) -> Entry:
    body = {"v": VERSION, "log": origin, "at": at, "nonce": random_bytes(16).hex(), **fields}
    if body["type"] in ROSTER_TYPES:  # a keeper that starts verifies these
        return Entry(at, DONE, "", Statement.signed(body, {KEEPER: log_key}))
    return Entry(at, DONE, "", Statement(body, dict.fromkeys(body["by"], UNSIGNED)))


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    found: list[Entry] = []
    for entry in entries:
        found.append(entry)
        if len(found) == AT_ONCE:
            yield found
            found = []
    yield found


def _write(log: GrownLog, entries: list[Entry]) -> None:
    rows, facets = [], []
    for index, entry in enumerate(entries, log.tree.size):
        rows.append(columns_of(Logged(index, random_bytes(SALT_LENGTH), entry.encode()), entry))
        facets.append(facets_row(index, facets_of(entry)))
    log.add(rows, facets)


def _write_rows(connection: Connection, rows: Rows, people: People, size: int) -> None:
    """The rows as they would stand; their digests are taken behind this."""
    known = sorted(rows.awards.values(), key=lambda award: award.tip)
    route, claim = Route((INTAKE,), ()), people.claim.public.raw
    for start in range(0, len(known), AT_ONCE):
        some = known[start : start + AT_ONCE]
        Prepared(insert(awards)).run(
            connection,
            [
                {
                    "tip": bytes.fromhex(award.tip),
                    "index": award.index,
                    "state": award.state.value,
                    "file": canonical.encode({"awards": [award.to_fields()]}),
                }
                for award in some
            ],
        )
        Prepared(insert(models.tips)).run(connection, [_tip(award.tip, route, claim) for award in some])
    back = sorted(rows.vouchers.values())
    Prepared(insert(vouchers)).run(connection, [voucher._asdict() for voucher in back])
    codes = sorted((voucher.pickup, voucher.spent) for voucher in back)
    Prepared(insert(pickups)).run(connection, [{"pickup": code, "spent": spent} for code, spent in codes])
    Prepared(insert(mint_keys)).run(connection, [key._asdict() for _, key in sorted(rows.keys.items())])
    years = [{"year": year, **vars(budget)} for year, budget in sorted(rows.budgets.items())]
    Prepared(insert(budgets)).run(connection, years)
    connection.execute(insert(reward_days).values(id=1, day=rows.day))
    connection.execute(insert(watched).values(id=1, index=size))


def _tip(tip: str, route: Route, claim: bytes) -> dict[str, Any]:
    """A tip that is closed: no clock looks at it."""
    case = CaseFile(TipState.CLOSED, date(2024, 1, 1), None)
    return {
        "tip": bytes.fromhex(tip),
        "claim": claim,
        "desks": " ".join(route.desks),
        "excluded": "",
        "routes": route_digest(route),
        "state": case.state.value,
        "due": "",
        "file": case.encode(),
        "route_index": -1,
        "assignee": "",
    }
