"""The public site: it seals, and opens nothing but the mailbox of whoever holds the code."""

from functools import partial
from pathlib import Path

from flask import Flask, Response, g, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from jinja2 import StrictUndefined
from sqlalchemy import select
from werkzeug.middleware.proxy_fix import ProxyFix

from tipline.bodies import BodiesUnderWay, TooManyBodies
from tipline.cleaning.service import Cleaner
from tipline.clock import Clock, SystemClock
from tipline.database import Database
from tipline.deployment.reading import load_deployment
from tipline.directory.service import DirectoryBook, Pin
from tipline.files.store import FileStore
from tipline.ids import ItemId
from tipline.keeper_client.public import KeeperPublic
from tipline.mailbox.sessions import MailboxSessions
from tipline.public.behind import carried, init_behind, leads_away
from tipline.public.errors import init_errors
from tipline.public.forgery import ForgeryCheck, PassingSessions
from tipline.public.form_keys import PERIOD_SECONDS, FormKeys
from tipline.public.guided.views import guided
from tipline.public.headers import add_headers
from tipline.public.language import init_language, language, locale
from tipline.public.languages import Languages
from tipline.public.left import LeftForms
from tipline.public.limits import BODIES_AT_ONCE, KEY_SECONDS, Allowances, ClientKeys
from tipline.public.mailbox.cookies import cookie_name
from tipline.public.mailbox.views import mailboxes
from tipline.public.pages.local import local
from tipline.public.pages.style import STYLE, TEMPLATES
from tipline.public.pages.too_often import too_often
from tipline.public.pages.views import pages
from tipline.public.protection.views import protections
from tipline.public.redeem.views import redeems
from tipline.public.report.views import reports
from tipline.public.services import EXTENSION, Services
from tipline.public.uploads.body import UploadBody, upload_body_or_none
from tipline.public.uploads.intake import FileIntake
from tipline.public.uploads.media_types import MediaTypes
from tipline.public.uploads.request import UploadRequest
from tipline.quiet_site import QuietSite
from tipline.results.service import PublishedResults
from tipline.settings import Settings
from tipline.shared_keys import SharedKeys
from tipline.tips.models import Item
from tipline.voucher_photos.service import VoucherPhotos
from tipline.voucher_photos.types import MAX_PHOTO_BYTES

CATALOGUES = TEMPLATES / "translations"

MAX_FORM_BYTES = 1024 * 1024
"""Every form but the report's; the longest message, percent-encoded, is a fifth of it."""

CODE_TRY_ENDPOINTS = frozenset(
    (
        "mailbox.agree",
        "mailbox.answer",
        "mailbox.be_paid_by_name",
        "mailbox.change_code",
        "mailbox.close_mailbox",
        "mailbox.leave_name",
        "mailbox.leave_name_in_case",
        "mailbox.object_in_case",
        "mailbox.object_to",
        "mailbox.send_incident",
        "mailbox.send_threat",
        "mailbox.send_withdrawal",
        "mailbox.show_vouchers",
        "mailbox.sign_in",
        "mailbox.well",
        "mailbox.write",
        "mailbox.write_in_case",
        "redeem.step",
        "report.confirm",
    )
)

REPORT_ENDPOINTS = frozenset(
    ("mailbox.ask_for_protection", "mailbox.ask_for_relative", "protection.submit", "report.submit")
)
"""Which begin something new."""

STEP_ENDPOINTS = frozenset(("guided.step", "mailbox.add_files", "mailbox.add_files_in_case"))
"""Which take files too, and may be sent more often than a report."""

LEAVING = "pages.leave"
"""Never refused, however much came from the same connection: somebody may just have come in."""

MINT_ENDPOINTS = frozenset(("mailbox.collect",))
"""Which have vouchers made: that costs the keeper half a second."""

UPLOAD_ENDPOINTS = frozenset(
    (
        "guided.step",
        "mailbox.add_files",
        "mailbox.add_files_in_case",
        "protection.submit",
        "report.submit",
    )
)
"""Whose bodies may bring files."""

PHOTO_ENDPOINTS = frozenset(("redeem.step",))
"""Whose forms may bring one photo, which waits in memory and is never stored."""
MAX_PHOTO_FORM_BYTES = MAX_FORM_BYTES + MAX_PHOTO_BYTES


class PublicSite(QuietSite):
    """The application that takes reports."""

    request_class = UploadRequest


def create_app(settings: Settings, clock: Clock | None = None, catalogues: Path = CATALOGUES) -> Flask:
    """Make the public site of an instance; it speaks every language that has a catalogue.

    Raises:
        BadDeployment: what this place says of itself is not complete.
    """
    clock = clock or SystemClock()
    app = PublicSite(__name__, template_folder=str(TEMPLATES), static_folder=None)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    Babel(  # type: ignore[no-untyped-call]  # the library is untyped
        app,
        default_locale="zh_Hans",
        default_translation_directories=str(catalogues),
        locale_selector=locale,
    )
    init_language(app)
    init_behind(app)
    use = _services(settings, clock, catalogues)
    app.extensions[EXTENSION] = use
    app.session_interface = PassingSessions(cookie_name(settings))
    _init_requests(app, use)
    _init_answers(app, use)
    init_errors(app)
    _init_templates(app, use)
    for blueprint in (pages, reports, guided, protections, mailboxes, redeems):
        app.register_blueprint(blueprint)
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # how Werkzeug's middleware is put on
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=hops
        )
    return app


def _services(settings: Settings, clock: Clock, catalogues: Path) -> Services:
    deployment = load_deployment(settings.data)
    ram = settings.ram / "public"
    for folder in (ram, settings.public_folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = Database(settings.database_url, dated_by=clock)
    files = FileStore(settings.files, settings.staging, ram / "staged", clock)
    clients = ClientKeys(SharedKeys(ram / "client-keys", KEY_SECONDS, clock))
    files.sweep(partial(_is_stored, database))
    # The worker processes that follow must not share this one's connections.
    database.dispose()
    return Services(
        settings=settings,
        clock=clock,
        database=database,
        book=DirectoryBook(settings.public_folder / "directory", Pin.of(settings), database),
        files=files,
        form_keys=FormKeys(SharedKeys(ram / "form-keys", PERIOD_SECONDS, clock), clock),
        left=LeftForms(ram / "left", clock),
        sessions=MailboxSessions(ram / "mailbox", clock),
        allowances=Allowances(ram / "limits", clients, clock),
        bodies=BodiesUnderWay(BODIES_AT_ONCE),
        deployment=deployment,
        languages=Languages.discover(catalogues, deployment.languages),
        results=PublishedResults(database, settings.public_folder / "results.json", clock),
        keeper=KeeperPublic(settings.public_socket),
        photos=VoucherPhotos(ram / "voucher-photos"),
    )


def _is_stored(database: Database, item: ItemId) -> bool:
    with database.reading() as session:
        return session.execute(select(Item.position).where(Item.id == item)).first() is not None


def _init_requests(app: Flask, use: Services) -> None:
    """One order for every request: limits of size and number, then the body, then the check of its origin."""
    intake = FileIntake(use.files, MediaTypes(), Cleaner(use.settings.ram / "public" / "cleaning"))
    forgery = ForgeryCheck(app, use.form_keys)
    is_stored = partial(_is_stored, use.database)

    @app.before_request
    def check() -> ResponseReturnValue | None:
        if not use.allowances.visit() and request.endpoint != LEAVING:
            return too_often()
        if request.content_length or "Transfer-Encoding" in request.headers:
            try:
                use.bodies.begin(g.client)
            except TooManyBodies:
                return too_often()
            g.body_under_way = g.client
        forgery.load_secrets()
        has_photo = request.endpoint in PHOTO_ENDPOINTS
        request.max_content_length = MAX_PHOTO_FORM_BYTES if has_photo else MAX_FORM_BYTES
        current = request._get_current_object()  # type: ignore[attr-defined]  # the proxy's own way to what it stands for
        if request.endpoint in UPLOAD_ENDPOINTS:
            use.files.sweep_due(is_stored)
            current.body = UploadBody(use.form_keys, intake, use.allowances.files())
            if request.mimetype == "multipart/form-data":
                request.max_content_length = None  # the body counts for itself
        if request.endpoint in REPORT_ENDPOINTS:
            use.allowances.report()
        elif request.endpoint in STEP_ENDPOINTS:
            use.allowances.step()
        elif request.endpoint in CODE_TRY_ENDPOINTS:
            use.allowances.code_try()
        elif request.endpoint in MINT_ENDPOINTS:
            use.allowances.collect()
        forgery.check()
        return leads_away()


def _init_answers(app: Flask, use: Services) -> None:
    """What follows each request: its headers, its count when it was refused, and nothing of it left over."""

    @app.teardown_request
    def drop_what_was_not_kept(_: BaseException | None) -> None:
        body = upload_body_or_none()
        if body:
            body.drop()

    @app.teardown_request
    def give_place_back(_: BaseException | None) -> None:
        client = g.pop("body_under_way", None)
        if client is not None:
            use.bodies.end(client)

    @app.after_request
    def count_refusals(response: Response) -> Response:
        if 400 <= response.status_code < 500:
            use.allowances.refused()
        return response

    app.after_request(add_headers)


def _init_templates(app: Flask, use: Services) -> None:
    app.jinja_env.globals |= {
        "trial": use.settings.trial,
        "style_version": STYLE.version,
        "languages": use.languages,
        "deployment": use.deployment,
        "local": local,
    }

    @app.context_processor
    def of_this_request() -> dict[str, object]:
        carried()
        return {"language": language(), "direction": use.languages[language()].direction}
