"""Below a path prefix of an ordinary portal: every link, form, redirect and cookie stays below it."""

import re
from collections.abc import Callable, Iterable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.public.instance import Instance, make_instance
from tests.public.test_headers import KEPT_BY_BROWSERS, ROUTES, path_of
from tests.public.visitor import Visitor, code_on

PREFIX = "/fuwu"

App = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Below(Visitor):
    """A visitor of the portal: every address that they ask for begins with the prefix."""

    def get(self, path: str) -> TestResponse:
        return super().get(below(path))

    def post(self, path: str, data: Any, **headers: str) -> TestResponse:
        return super().post(below(path), data, **headers)

    def send(self, path: str, body: bytes) -> TestResponse:
        return super().send(below(path), body)


def below(path: str) -> str:
    return path if path.startswith(f"{PREFIX}/") else PREFIX + path


def mounted(site: App) -> App:
    """A server that mounts the site below the prefix (SCRIPT_NAME)."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ["SCRIPT_NAME"], environ["PATH_INFO"] = PREFIX, environ["PATH_INFO"].removeprefix(PREFIX)
        return site(environ, start_response)

    return answer


def proxied(site: App) -> App:
    """A reverse proxy that takes the prefix off and says so (X-Forwarded-Prefix)."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ["PATH_INFO"] = environ["PATH_INFO"].removeprefix(PREFIX)
        environ["HTTP_X_FORWARDED_PREFIX"] = PREFIX
        return site(environ, start_response)

    return answer


@pytest.fixture(params=[mounted, proxied])
def portal(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """An instance without TLS, below the prefix."""
    instance = make_instance(tmp_path, proxies=int(request.param is proxied))
    instance.app.wsgi_app = request.param(instance.app.wsgi_app)  # type: ignore[method-assign]  # how middleware is put on
    yield instance
    instance.close()


@pytest.mark.parametrize("language", ["", "?lang=en"])
def test_every_link_and_form_of_every_page_leads_below_the_prefix(portal: Instance, language: str) -> None:
    visitor = Below(portal.app)
    for rule in ROUTES:
        if rule in KEPT_BY_BROWSERS:
            continue
        page = visitor.get(path_of(rule) + language).text
        for address in re.findall(r'(?:href|action|src)="([^"#]+)"', page):
            assert address.startswith(f"{PREFIX}/"), (rule, address)
            assert visitor.client.get(unescape(address)).status_code != 404, (rule, address)


def test_a_report_goes_through_and_its_mailbox_opens_below_the_prefix(portal: Instance) -> None:
    visitor = Below(portal.app)
    code = code_on(visitor.report())
    opened = visitor.sign_in(code)
    assert opened.headers["Location"] == f"{PREFIX}/mailbox"
    assert f"Path={PREFIX}" in opened.headers["Set-Cookie"].split("; ")
    assert "Secure" not in opened.headers["Set-Cookie"]
    assert visitor.get("/mailbox/messages").status_code == 200
    left = visitor.get("/leave")
    assert f"Path={PREFIX}" in left.headers["Set-Cookie"].split("; ")
    assert visitor.get("/mailbox/messages").status_code == 403


def test_the_language_link_comes_back_to_its_page_below_the_prefix(portal: Instance) -> None:
    visitor = Below(portal.app)
    link = re.findall(r'href="([^"]*/language/[^"]*)"', visitor.get("/safety").text)[0]
    assert visitor.client.get(unescape(link)).headers["Location"] == f"{PREFIX}/safety?lang=zh-Hans"
    wild = visitor.get("/language/en?to=//elsewhere.example")
    assert wild.headers["Location"] == f"{PREFIX}/?lang=en"
