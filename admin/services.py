"""What the site is built from, in one place that views are handed."""

from dataclasses import dataclass

from admin.exclusions.handlers import route_handlers
from admin.holds.handlers import HANDLERS as HOLD_HANDLERS
from admin.members.renewals import Renewals
from admin.pay_desk.handlers import HANDLERS as PAY_HANDLERS
from admin.rewards.handlers import reward_handlers
from admin.sessions.service import StaffSessions
from admin.sign_in.throttle import Throttle
from admin.sign_in.under_way import SignInsUnderWay
from crypto.log_keys import LogVerifier
from tipline.accounts.service import Accounts
from tipline.clock import Clock
from tipline.database import Database
from tipline.deployment.model import Deployment
from tipline.deployment.reading import load_deployment
from tipline.directory.service import Pin
from tipline.files.store import FileStore
from tipline.keeper_client import AdminKeeper, SeenFile
from tipline.members.service import Members
from tipline.previews.service import Previewer
from tipline.proposals.service import Proposals, nothing_follows
from tipline.roster.acknowledging import ACKNOWLEDGE
from tipline.settings import Settings
from tipline.transfers.printing import Printer

SEEN_FILE = "seen.json"


@dataclass(frozen=True)
class Services:
    """Everything a view may use. `seen` is this site's own memory of the log."""

    settings: Settings
    clock: Clock
    database: Database
    keeper: AdminKeeper
    seen: SeenFile
    log_key: LogVerifier
    accounts: Accounts
    sessions: StaffSessions
    sign_ins: SignInsUnderWay
    files: FileStore
    throttle: Throttle
    deployment: Deployment
    members: Members
    proposals: Proposals
    renewals: Renewals
    printer: Printer
    previews: Previewer

    @classmethod
    def build(cls, settings: Settings, clock: Clock) -> "Services":
        """Open what the settings name. Nothing is asked of the keeper yet: it may come later.

        Raises:
            BadDeployment: what this place says of itself is not complete.
        """
        database = Database(settings.database_url, dated_by=clock)
        log_key = LogVerifier.parse(settings.log_key)
        seen = SeenFile(settings.admin_folder / SEEN_FILE)
        keeper = AdminKeeper(settings.admin_socket, settings.origin, log_key, seen)
        accounts = Accounts(database, settings.account_key_file.read_bytes(), clock)
        members = Members(keeper, database, accounts, Pin.of(settings), clock)
        handlers = {
            ACKNOWLEDGE: nothing_follows,
            **members.handlers(),
            **HOLD_HANDLERS,
            **PAY_HANDLERS,
            **route_handlers(keeper, clock),
            **reward_handlers(keeper),
        }
        return cls(
            settings=settings,
            clock=clock,
            database=database,
            keeper=keeper,
            seen=seen,
            log_key=log_key,
            accounts=accounts,
            sessions=StaffSessions(database, clock),
            sign_ins=SignInsUnderWay(database, clock),
            files=FileStore(settings.files, settings.staging, settings.ram / "admin" / "staged", clock),
            throttle=Throttle(),
            deployment=load_deployment(settings.data),
            members=members,
            proposals=Proposals(database, keeper, Pin.of(settings), clock, handlers),
            renewals=Renewals(),
            printer=Printer(settings.ram / "admin" / "printing"),
            previews=Previewer(settings.ram / "admin" / "previews"),
        )
