"""Leaving: what the link ends and clears, and what its page does not say."""

import re

import pytest

from tests.public.instance import Instance
from tests.public.visitor import Visitor, code_on
from tipline.public.headers import CLEARED

GIVEAWAY = re.compile(r"report|tip\b|gang|mailbox|code\b|举报|线索|信箱|查询|黑恶", re.IGNORECASE)
PLACES = ["/", "/safety", "/how", "/kept", "/accessibility", "/results", "/report", "/mailbox", "/nothing"]


def has_mailbox_open(visitor: Visitor) -> bool:
    return visitor.get("/mailbox/messages").status_code == 200


def signed_in(instance: Instance) -> Visitor:
    visitor = Visitor(instance.app)
    visitor.sign_in(code_on(visitor.report()))
    visitor.post("/mailbox/open", visitor.hidden("/mailbox"))
    assert has_mailbox_open(visitor)
    return visitor


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_that_leads_here_clears_nothing(instance: Instance, site: str) -> None:
    visitor = signed_in(instance)
    visitor.headers["Sec-Fetch-Site"] = site
    response = visitor.get("/leave")
    del visitor.headers["Sec-Fetch-Site"]
    assert response.status_code == 200
    assert "Clear-Site-Data" not in response.headers
    assert "Set-Cookie" not in response.headers
    assert has_mailbox_open(visitor)


def test_from_another_site_an_old_browsers_word_on_the_page_before_is_enough(instance: Instance) -> None:
    visitor = signed_in(instance)
    visitor.headers["Referer"] = "https://elsewhere.example/page"
    response = visitor.get("/leave")
    assert "Clear-Site-Data" not in response.headers
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Referer": "http://localhost/report"},
    ],
)
def test_leaving_ends_the_mailbox_and_asks_the_browser_to_forget(
    instance: Instance, headers: dict[str, str]
) -> None:
    visitor = signed_in(instance)
    cookie = visitor.client.get_cookie("tipline_mailbox")
    assert cookie
    visitor.headers |= headers
    response = visitor.get("/leave")
    assert response.headers["Clear-Site-Data"] == CLEARED
    assert "Expires=Thu, 01 Jan 1970" in response.headers["Set-Cookie"]
    # Also for whoever copied the cookie before.
    visitor.client.set_cookie("tipline_mailbox", cookie.value)
    assert not has_mailbox_open(visitor)


def test_signing_out_of_the_mailbox_makes_the_browser_forget_too(instance: Instance) -> None:
    visitor = signed_in(instance)
    response = visitor.post("/mailbox/sign-out", visitor.hidden("/mailbox"))
    assert response.headers["Clear-Site-Data"] == CLEARED
    assert (response.status_code, response.location) == (303, "/leave")
    assert not has_mailbox_open(visitor)


def test_however_much_came_from_this_connection_leaving_is_never_refused(instance: Instance) -> None:
    visitor = signed_in(instance)
    while (last := visitor.get("/favicon.ico")).status_code != 429:
        assert last.status_code == 204
    response = visitor.get("/leave")
    assert response.status_code == 200
    assert response.headers["Clear-Site-Data"] == CLEARED


@pytest.mark.parametrize("path", PLACES)
def test_every_page_has_the_link_first(visitor: Visitor, path: str) -> None:
    page = visitor.get(path).text
    links = re.findall(r'<a class="([^"]*)" href="([^"]*)"', page)
    assert links[0] == ("skip", "#main")
    assert links[1] == ("quit", "/leave")


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_page_behind_the_link_has_no_word_of_reporting(visitor: Visitor, language: str) -> None:
    page = visitor.get(f"/leave?lang={language}").text
    shown = re.sub(r'<link rel="stylesheet"[^>]*>', "", page)
    assert GIVEAWAY.findall(shown) == []
    addresses = re.findall(r'href="([^"]*)"', shown)
    assert addresses == ["#main", f"/leave?lang={'zh-Hans' if language == 'en' else 'en'}"]


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_titles_say_nothing(visitor: Visitor, language: str) -> None:
    for path in [*PLACES, "/poster", "/leaflet", "/leave"]:
        title = re.findall(r"<title>(.*?)</title>", visitor.get(f"{path}?lang={language}").text)
        assert len(title) == 1
        assert title[0].endswith("Public services" if language == "en" else "便民服务")
        assert GIVEAWAY.findall(title[0].replace("查询", "")) == [], title
