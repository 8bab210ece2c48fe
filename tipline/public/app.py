"""The public site: it seals, and opens nothing but the mailbox of whoever holds the code."""

from flask import Flask, g, request
from flask_babel import Babel
from jinja2 import StrictUndefined
from sqlalchemy import select
from werkzeug.middleware.proxy_fix import ProxyFix

from tipline.clock import Clock, SystemClock
from tipline.database import Database
from tipline.directory.service import DirectoryBook, Pin
from tipline.files.store import FileStore
from tipline.ids import ItemId
from tipline.mailbox.sessions import MailboxSessions
from tipline.public.errors import init_errors
from tipline.public.forgery import ForgeryCheck, PassingSessions
from tipline.public.form_keys import PERIOD_SECONDS, FormKeys
from tipline.public.headers import add_headers
from tipline.public.language import CHINESE, LANGUAGES, init_language, language, locale
from tipline.public.limits import KEY_SECONDS, Allowances, BodiesUnderWay, ClientKeys
from tipline.public.mailbox.cookies import cookie_name
from tipline.public.mailbox.views import mailboxes
from tipline.public.pages.style import STYLE, TEMPLATES
from tipline.public.pages.views import pages
from tipline.public.report.body import ReportBody, ReportRequest
from tipline.public.report.uploads import MediaTypes
from tipline.public.report.views import reports
from tipline.public.services import EXTENSION, Services
from tipline.quiet_site import QuietSite
from tipline.settings import Settings
from tipline.shared_keys import SharedKeys
from tipline.tips.models import Item

MAX_FORM_BYTES = 1024 * 1024
"""Every form but the report's; the longest message, percent-encoded, is a fifth of it."""

CODE_TRY_ENDPOINTS = frozenset(("mailbox.sign_in", "mailbox.write"))


class PublicSite(QuietSite):
    """The application that takes reports."""

    request_class = ReportRequest


def create_app(settings: Settings, clock: Clock | None = None) -> Flask:
    """Make the public site of an instance."""
    clock = clock or SystemClock()
    app = PublicSite(__name__, template_folder=str(TEMPLATES), static_folder=None)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    Babel(  # type: ignore[no-untyped-call]  # the library is untyped
        app,
        default_locale="zh_Hans",
        default_translation_directories=str(TEMPLATES / "translations"),
        locale_selector=locale,
    )
    init_language(app)
    use = _services(settings, clock)
    app.extensions[EXTENSION] = use
    app.session_interface = PassingSessions(cookie_name(settings))
    _init_requests(app, use)
    init_errors(app)
    _init_templates(app, settings)
    for blueprint in (pages, reports, mailboxes):
        app.register_blueprint(blueprint)
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # how Werkzeug's middleware is put on
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=hops
        )
    return app


def _services(settings: Settings, clock: Clock) -> Services:
    ram = settings.ram / "public"
    for folder in (ram, settings.public_folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = Database(settings.database_url, dated_by=clock)
    pin = Pin.of(settings)
    files = FileStore(settings.files, settings.staging, clock)
    clients = ClientKeys(SharedKeys(ram / "client-keys", KEY_SECONDS, clock))
    files.sweep(lambda item: _is_stored(database, item))
    # The worker processes that follow must not share this one's connections.
    database.dispose()
    return Services(
        settings=settings,
        clock=clock,
        database=database,
        book=DirectoryBook(settings.public_folder / "directory", pin, database),
        log=pin.log_key,
        files=files,
        form_keys=FormKeys(SharedKeys(ram / "form-keys", PERIOD_SECONDS, clock), clock),
        sessions=MailboxSessions(ram / "mailbox", clock),
        allowances=Allowances(ram / "limits", clients, clock),
        bodies=BodiesUnderWay(clients),
    )


def _is_stored(database: Database, item: ItemId) -> bool:
    with database.reading() as session:
        return session.execute(select(Item.position).where(Item.id == item)).first() is not None


def _init_requests(app: Flask, use: Services) -> None:
    """One order for every request: limits of size and number, then the body, then the check of its origin."""
    types = MediaTypes()
    forgery = ForgeryCheck(app, use.form_keys)

    @app.before_request
    def check() -> None:
        if request.content_length or "Transfer-Encoding" in request.headers:
            g.body_under_way = use.bodies.begin(request.remote_addr or "")
        forgery.load_secrets()
        request.max_content_length = MAX_FORM_BYTES
        current = request._get_current_object()  # type: ignore[attr-defined]  # the proxy's own way to what it stands for
        if request.endpoint == "report.submit":
            current.body = ReportBody(use.form_keys, use.files, types)
            if request.mimetype == "multipart/form-data":
                request.max_content_length = None  # the body counts for itself
            use.allowances.report()
        elif request.endpoint in CODE_TRY_ENDPOINTS:
            use.allowances.code_try()
        forgery.check()

    @app.teardown_request
    def drop_what_was_not_kept(_: BaseException | None) -> None:
        body = getattr(request, "body", None)
        if isinstance(body, ReportBody):
            body.drop()

    @app.teardown_request
    def give_place_back(_: BaseException | None) -> None:
        client = g.pop("body_under_way", None)
        if client is not None:
            use.bodies.end(client)

    app.after_request(add_headers)


def _init_templates(app: Flask, settings: Settings) -> None:
    app.jinja_env.globals |= {"trial": settings.trial, "style_version": STYLE.version, "languages": LANGUAGES}

    @app.context_processor
    def of_this_request() -> dict[str, object]:
        return {"language": language(), "is_chinese": language() == CHINESE}
