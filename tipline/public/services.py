"""What the public site's views use, made once when the site starts."""

from dataclasses import dataclass

from flask import current_app  # noqa: TID251  # the one place where a view gets what services take as arguments

from crypto.log_keys import LogVerifier
from tipline.bodies import BodiesUnderWay
from tipline.clock import Clock
from tipline.database import Database
from tipline.deployment.model import Deployment
from tipline.directory.service import DirectoryBook
from tipline.files.store import FileStore
from tipline.keeper_client.public import KeeperPublic
from tipline.mailbox.sessions import MailboxSessions
from tipline.public.form_keys import FormKeys
from tipline.public.languages import Languages
from tipline.public.left import LeftForms
from tipline.public.limits import Allowances
from tipline.results.service import PublishedResults
from tipline.settings import Settings
from tipline.tips.intake import Intake
from tipline.voucher_photos.service import VoucherPhotos

EXTENSION = "tipline"


@dataclass(frozen=True)
class Services:
    """The stores, keys and clock of the public site."""

    settings: Settings
    clock: Clock
    database: Database
    book: DirectoryBook
    files: FileStore
    form_keys: FormKeys
    left: LeftForms
    sessions: MailboxSessions
    allowances: Allowances
    bodies: BodiesUnderWay
    deployment: Deployment
    languages: Languages
    results: PublishedResults
    keeper: KeeperPublic
    photos: VoucherPhotos

    @property
    def log(self) -> LogVerifier:
        """The keys with which the log signed what stands in the database."""
        return self.book.log_key

    def intake(self) -> Intake:
        """What storing needs, with the directory in force.

        Raises:
            BadDirectory: there is none that the keeper signed.
        """
        return Intake(self.database, self.files, self.book.current(), self.log, self.clock)


def services() -> Services:
    """The services of the site that answers this request."""
    found = current_app.extensions[EXTENSION]
    if not isinstance(found, Services):
        raise TypeError("the site was not made by create_app")
    return found
