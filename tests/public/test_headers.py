"""Every response carries the headers: each route by each method, each error, over HTTP and HTTPS.

rule ─▶ method ─▶ status of the plainest request, without a token or a session
"""

import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from tests.public.instance import Instance, make_instance
from tests.public.visitor import Visitor, code_on
from tipline.serving import write_error

Answer = dict[str, int]

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), "
        "publickey-credentials-get=(), usb=()"
    ),
    "Cache-Control": "no-store",
}
CLEARED = '"cache", "cookies", "storage"'
A_YEAR = "max-age=31536000"

# Without a token every POST is refused, before anybody looks whether the address takes one.
PAGE: Answer = {"GET": 200, "POST": 400}
POST_ONLY: Answer = {"GET": 405, "POST": 400}
INSIDE: Answer = {"GET": 403, "POST": 400}

ROUTES: dict[str, Answer] = {
    "/": PAGE,
    "/safety": PAGE,
    "/how": PAGE,
    "/kept": PAGE,
    "/accessibility": PAGE,
    "/results": PAGE,
    "/poster": PAGE,
    "/leaflet": PAGE,
    "/leave": PAGE,
    "/style.css": PAGE,
    "/favicon.ico": {"GET": 204, "POST": 400},
    "/language/<code>": {"GET": 303, "POST": 400},
    "/report": PAGE,
    "/report/confirm": POST_ONLY,
    "/report/guided": PAGE,
    "/protection": PAGE,
    "/mailbox": PAGE,
    "/mailbox/add": INSIDE,
    "/mailbox/add/<name>": INSIDE,
    "/mailbox/close": INSIDE,
    "/mailbox/code": INSIDE,
    "/mailbox/files": INSIDE,
    "/mailbox/messages": INSIDE,
    "/mailbox/notice": INSIDE,
    "/mailbox/notice/name": INSIDE,
    "/mailbox/notice/vouchers": POST_ONLY,
    "/mailbox/objection": INSIDE,
    "/mailbox/open": POST_ONLY,
    "/mailbox/protection": INSIDE,
    "/mailbox/protection/consent": INSIDE,
    "/mailbox/protection/files": INSIDE,
    "/mailbox/protection/incident": INSIDE,
    "/mailbox/protection/messages": POST_ONLY,
    "/mailbox/protection/objection": INSIDE,
    "/mailbox/protection/reach": INSIDE,
    "/mailbox/protection/relative": INSIDE,
    "/mailbox/protection/well": POST_ONLY,
    "/mailbox/reach": INSIDE,
    "/mailbox/sign-out": POST_ONLY,
    "/mailbox/threat": INSIDE,
    "/mailbox/withdraw": INSIDE,
    "/redeem": PAGE,
}
FILLED_IN = {"<code>": "en", "<name>": "facts"}
CLEARING = {"/leave"}
KEPT_BY_BROWSERS = {"/style.css"}
METHODS = ("GET", "POST", "HEAD", "OPTIONS")


def path_of(rule: str) -> str:
    """An address that a rule answers."""
    for part, value in FILLED_IN.items():
        rule = rule.replace(part, value)
    return rule


def check(response: TestResponse, rule: str = "") -> None:
    """Hold a response to the headers of its route."""
    expected = dict(HEADERS)
    found = {name: response.headers.get(name) for name in expected}
    if rule in KEPT_BY_BROWSERS and response.status_code == 200 and response.request.method != "OPTIONS":
        assert found.pop("Cache-Control") == "public, max-age=604800, immutable"
        del expected["Cache-Control"]
    assert found == expected
    clears = rule in CLEARING and response.status_code == 200 and response.request.method != "OPTIONS"
    assert response.headers.get("Clear-Site-Data") == (CLEARED if clears else None)
    assert "Server" not in response.headers


def test_the_table_names_every_route_and_no_other(instance: Instance) -> None:
    assert {rule.rule for rule in instance.app.url_map.iter_rules()} == ROUTES.keys()


@pytest.mark.parametrize("method", METHODS)
def test_every_page_carries_the_headers(visitor: Visitor, method: str) -> None:
    for rule, answers in ROUTES.items():
        response = visitor.client.open(
            path_of(rule), method=method, headers=visitor.headers, environ_base=visitor.environ
        )
        expected = 200 if method == "OPTIONS" else answers["GET" if method == "HEAD" else method]
        assert (rule, response.status_code) == (rule, expected)
        check(response, rule)


def test_only_the_style_sheet_may_be_kept(visitor: Visitor) -> None:
    kept = {rule for rule in ROUTES if visitor.get(path_of(rule)).headers["Cache-Control"] != "no-store"}
    assert kept == KEPT_BY_BROWSERS


def test_no_page_sets_a_cookie_before_the_mailbox_opens(visitor: Visitor) -> None:
    responses = [visitor.get(path_of(rule)) for rule in ROUTES]
    responses += [visitor.post(path_of(rule), visitor.hidden("/report")) for rule in ROUTES]
    for response in (*responses, visitor.report()):
        cookies = response.headers.getlist("Set-Cookie")
        assert [cookie for cookie in cookies if "Expires=Thu, 01 Jan 1970" not in cookie] == []


def too_often(visitor: Visitor, _: Instance) -> TestResponse:
    for _number in range(6):
        visitor.post("/report", {})
    return visitor.post("/report", {})


def broken_by(error: Exception) -> Callable[[Visitor, Instance], TestResponse]:
    """A request that ends in an error within the site."""

    def provoke(visitor: Visitor, instance: Instance) -> TestResponse:
        def break_down() -> str:
            raise error

        instance.app.view_functions["pages.home"] = break_down
        return visitor.get("/")

    return provoke


ERRORS: dict[int, tuple[str, Callable[[Visitor, Instance], TestResponse]]] = {
    400: ("We could not read", lambda visitor, _: visitor.post("/mailbox", {"code": "1"})),
    403: (
        "not sent from our page",
        lambda visitor, _: visitor.post("/mailbox", {}, Origin="https://else.example"),
    ),
    404: ("no such page", lambda visitor, _: visitor.get("/nothing")),
    405: ("cannot be used like that", lambda visitor, _: visitor.get("/mailbox/sign-out")),
    413: ("too much at once", lambda visitor, _: visitor.post("/mailbox", {"code": "1" * 1_100_000})),
    422: ("Nothing was sent yet", lambda visitor, _: visitor.report(description=" ")),
    429: ("Too many reports came", too_often),
    500: ("Something went wrong here", broken_by(RuntimeError("canary-in-an-error"))),
    503: ("not available just now", broken_by(OSError("canary-in-an-error"))),
}


@pytest.mark.parametrize("status", ERRORS)
def test_every_error_carries_the_headers_and_says_what_to_do(
    instance: Instance, visitor: Visitor, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    words, provoke = ERRORS[status]
    response = provoke(visitor, instance)
    assert response.status_code == status
    assert words in response.text
    check(response)
    assert "canary" not in response.text + "".join(capsys.readouterr())


def test_the_answers_to_forms_carry_them_too(visitor: Visitor) -> None:
    sent = visitor.report()
    code = code_on(sent)
    for response in (sent, visitor.report(description=" "), visitor.sign_in("1")):
        check(response)
    opened = visitor.sign_in(code)
    assert opened.headers["Set-Cookie"]
    assert {name: opened.headers.get(name) for name in HEADERS} == HEADERS


def test_what_the_server_answers_itself_is_as_closed() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        write_error(ours, 400, "Bad Request", "Invalid request line: canary")
        answer = theirs.recv(4096).decode()
    head = answer.split("\r\n\r\n")[0].split("\r\n")[1:]
    headers = dict(line.split(": ", 1) for line in head)
    apart = {"Content-Security-Policy", "Permissions-Policy"}  # both sites share these answers
    for name in HEADERS.keys() - apart:
        assert headers.get(name) == HEADERS[name], name
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Server" not in headers
    assert "canary" not in answer


@pytest.mark.parametrize(
    ("scheme", "prefix", "expected"),
    [("http", "", None), ("https", "/fuwu", None), ("https", "", A_YEAR)],
)
def test_where_tls_is_on_and_the_host_is_ours_browsers_are_told_to_keep_it(
    tmp_path: Path, scheme: str, prefix: str, expected: str | None
) -> None:
    instance = make_instance(tmp_path, proxies=1)
    visitor = Visitor(instance.app)
    visitor.headers |= {"X-Forwarded-Proto": scheme, "X-Forwarded-Prefix": prefix}
    for path in ("/", "/nothing", "/style.css"):
        assert visitor.get(path).headers.get("Strict-Transport-Security") == expected
    instance.close()


def test_over_https_the_cookie_is_bound_to_this_host(tmp_path: Path) -> None:
    instance = make_instance(tmp_path, trial=False)
    visitor = Visitor(instance.app)
    cookie = visitor.sign_in(code_on(visitor.report())).headers["Set-Cookie"]
    instance.close()
    assert cookie.startswith("__Host-tipline_mailbox=")
    for attribute in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert attribute in cookie
    assert "Domain" not in cookie


def test_pages_hold_no_script_and_nothing_inline_or_from_elsewhere(visitor: Visitor) -> None:
    unwanted = re.compile(
        r"<script|<style|\sstyle=|\son[a-z]+=|(?:src|href|action)=\"(?:https?:|//)|<iframe|<img"
    )
    for rule in ROUTES.keys() - KEPT_BY_BROWSERS:
        assert (rule, unwanted.findall(visitor.get(path_of(rule)).text)) == (rule, [])


def test_a_trial_says_so_on_every_page(visitor: Visitor) -> None:
    for rule, answers in ROUTES.items():
        if answers["GET"] in (200, 403, 404, 405) and rule not in KEPT_BY_BROWSERS:
            page = visitor.get(path_of(rule)).text
            assert "This is a trial" in page, rule
            assert "Nobody reads" not in page
