"""The log's first entry, and the directory that goes with it."""

from dataclasses import dataclass

from crypto.notes import NoteSigner, sign_json
from crypto.statements import Entry
from tipline.clock import Clock
from tipline.database import Database
from tipline.instance.errors import BadPlan
from tipline.keeper.folder import KeeperFolder
from tipline.keeper.genesis import Founding, init_keeper
from tipline.keeper.log import Log
from tipline.roster import Roster, RosterRefused
from tipline.settings import Settings


@dataclass(frozen=True)
class BegunLog:
    """What the sites pin (hash of entry 0, verifier key), and the first signed directory."""

    genesis: str
    log_key: str
    directory: bytes


def begin_log(settings: Settings, founding: Founding, clock: Clock) -> BegunLog:
    """Make the keeper's keys and entry 0; sign the directory, so that tips can be sealed from the start.

    Raises:
        BadPlan: the founding members combine what nobody may combine.
        KeeperFault: there is a log already, or its folder is not safe.
    """
    folder = KeeperFolder(settings.keeper_folder)
    database = Database(settings.keeper_database_url)
    try:
        genesis = init_keeper(folder, database, settings.origin, founding, clock)
        first = Log(database).rows(0, 1, max_bytes=1)[0][2]
    except RosterRefused as error:
        raise BadPlan(f"The plan breaks a rule of the roster: {error}.") from error
    finally:
        database.dispose()
    signer = NoteSigner(settings.origin, folder.keys().log_key)
    roster = Roster.from_genesis(Entry.decode(first).statement.body)
    directory = sign_json(roster.directory_body(genesis, clock.today()), signer)
    return BegunLog(genesis, signer.verifier.vkey, directory)
