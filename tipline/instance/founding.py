"""Making an instance, in an order that can break off anywhere.

    mark ─▶ folders, key file ─▶ tables ─▶ accounts ─▶ first entry ─▶ directory ─▶ deployment.toml
         ─▶ site.json ─▶ mark away

Nothing starts without site.json, so an attempt that broke off is never taken
for an instance; the next one clears what it left and begins again.
"""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crypto.keys import Identity
from crypto.randomness import random_bytes
from tipline.accounts.models import Account
from tipline.accounts.service import Accounts
from tipline.clock import Clock
from tipline.database import Database
from tipline.deployment.sample import write_sample
from tipline.directory.service import publish_directory
from tipline.instance.errors import AlreadyMade, BadPlan
from tipline.instance.first_entry import BegunLog, begin_log
from tipline.instance.folders import claim_folder, finish_folder, write_secret
from tipline.instance.founders import Founder, NewDesk, open_accounts
from tipline.instance.plan import Plan
from tipline.keeper.genesis import Founding
from tipline.migrations import upgrade
from tipline.settings import PRODUCTION, TRIAL, Settings, write_site

KEY_FILE_BYTES = 32
FIRST_VERSION = 0
SAMPLE_ORIGIN = "trial.tipline.example/log"

Tell = Callable[[str], None]
Keep = Callable[[Sequence[Founder]], None]


def make_instance(
    environment: Mapping[str, str], plan: Plan, clock: Clock, *, trial: bool, keep: Keep, tell: Tell
) -> Settings:
    """Make an instance in the data folder that the environment names.

    Args:
        keep: is handed the founding members with their passwords while the instance is still
            half-made, so that none is ever whole whose passwords nobody has.
        tell: is handed a line for each step.

    Raises:
        InstanceError: the folder or the plan does not allow it; the sentence says what to do.
    """
    if plan.origin == SAMPLE_ORIGIN and not trial:
        raise BadPlan(
            f'"origin" is still the sample\'s, {SAMPLE_ORIGIN}. '
            'Name your own log, like "tips.example.cn/log": the name can never be changed.'
        )
    settings = Settings.for_new(environment, origin=plan.origin, trial=trial)
    claim_folder(settings)
    tell(f"Making an instance in {settings.data}")
    key_file = random_bytes(KEY_FILE_BYTES)
    write_secret(settings.account_key_file, key_file)
    database = Database(settings.database_url, dated_by=clock)
    try:
        upgrade(database.engine)
        with database.writing() as session:
            _refuse_foreign(session)
            founders, begun = _found(
                session, settings, plan, Accounts(database, key_file, clock), clock, tell
            )
            keep(founders)
    finally:
        database.dispose()
    write_sample(settings.data, trial=trial)
    profile = TRIAL if trial else PRODUCTION
    write_site(
        settings.data, origin=plan.origin, genesis=begun.genesis, log_key=begun.log_key, profile=profile
    )
    finish_folder(settings.data)
    return Settings.from_mapping(environment)


def _found(
    session: Session, settings: Settings, plan: Plan, accounts: Accounts, clock: Clock, tell: Tell
) -> tuple[list[Founder], BegunLog]:
    desks = [NewDesk(desk, Identity.generate()) for desk in plan.desks]
    tell(f"Making {len(plan.members)} accounts and {len(desks)} desk keys")
    founders, members = open_accounts(session, accounts, plan, desks)
    tell("Writing the log's first entry")
    founding = Founding(
        [unit.body() for unit in plan.units], [desk.body() for desk in desks], members, plan.profile
    )
    begun = begin_log(settings, founding, clock)
    publish_directory(session, FIRST_VERSION, begun.directory)
    return founders, begun


def _refuse_foreign(session: Session) -> None:
    if session.scalar(select(func.count()).select_from(Account)):
        raise AlreadyMade(
            "The database that TIPLINE_DATABASE_URL names holds an instance already. Name an empty one."
        )
