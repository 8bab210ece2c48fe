"""Every response carries the headers, errors included."""

import re
from pathlib import Path

import pytest

from tests.public.instance import Instance, make_instance
from tests.public.visitor import Visitor, code_on
from tipline.public.headers import HEADERS

PAGES = {
    "/": 200,
    "/safety": 200,
    "/report": 200,
    "/mailbox": 200,
    "/mailbox/messages": 403,
    "/language/en?to=/report": 303,
    "/language/fr": 404,
    "/nothing": 404,
    "/mailbox/sign-out": 405,
    "/favicon.ico": 204,
}


def check(headers: dict[str, str]) -> None:
    assert {name: headers.get(name) for name in HEADERS} == HEADERS


@pytest.mark.parametrize(("path", "status"), PAGES.items())
def test_every_page_carries_the_headers(visitor: Visitor, path: str, status: int) -> None:
    response = visitor.get(path)
    assert response.status_code == status
    check(dict(response.headers))


def test_the_table_above_names_every_address(instance: Instance) -> None:
    rules = {rule.rule for rule in instance.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    known = {path.split("?")[0] for path in PAGES}
    assert rules - {"/language/<code>", "/style.css"} <= known


def test_the_answers_to_forms_carry_them_too(visitor: Visitor) -> None:
    sent = visitor.report()
    for response in (
        visitor.post("/report", {}),
        visitor.report(description=" "),
        sent,
        visitor.sign_in("1"),
        visitor.sign_in(code_on(sent)),
        visitor.write("more"),
        visitor.post("/mailbox/sign-out", visitor.hidden("/mailbox")),
    ):
        check(dict(response.headers))


def test_an_error_within_carries_them_too_and_logs_no_word(
    instance: Instance, visitor: Visitor, capsys: pytest.CaptureFixture[str]
) -> None:
    def break_down() -> str:
        raise RuntimeError("canary-in-an-error")

    instance.app.view_functions["pages.home"] = break_down
    response = visitor.get("/")
    assert response.status_code == 500
    check(dict(response.headers))
    assert "canary" not in response.text + "".join(capsys.readouterr())


def test_only_the_style_sheet_may_be_kept(visitor: Visitor) -> None:
    response = visitor.get("/style.css?v=1")
    assert response.headers["Cache-Control"].startswith("public")
    assert response.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]


def test_no_page_sets_a_cookie_before_the_mailbox_opens(visitor: Visitor) -> None:
    for path in PAGES:
        cookies = visitor.get(path).headers.getlist("Set-Cookie")
        assert [cookie for cookie in cookies if "Expires=Thu, 01 Jan 1970" not in cookie] == []
    assert visitor.report().headers.getlist("Set-Cookie") == []


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
    unwanted = re.compile(r"<script|<style|\sstyle=|\son[a-z]+=|https?:|<iframe|<img")
    for path in ("/", "/safety", "/report", "/mailbox", "/nothing"):
        assert unwanted.findall(visitor.get(path).text) == []


def test_a_trial_says_so_on_every_page(visitor: Visitor) -> None:
    for path, status in PAGES.items():
        if status in (200, 403, 404, 405):
            assert "This is a trial: whoever has its passwords can read" in visitor.get(path).text
            assert "Nobody reads" not in visitor.get(path).text
