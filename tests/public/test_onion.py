"""Behind an onion service there is no HTTPS: the mailbox works all the same, and no header is believed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.public.instance import Instance, make_instance, with_settings
from tests.public.visitor import Visitor, code_on
from tipline.public.app import create_app
from tipline.public.services import EXTENSION
from tipline.settings import SettingsError


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    """An instance in earnest, behind one proxy at its ordinary address."""
    made = make_instance(tmp_path, trial=False, proxies=1)
    yield made
    made.close()


@pytest.fixture
def onion(instance: Instance) -> Iterator[Flask]:
    """Its site for the onion service."""
    settings = with_settings(instance, onion_bind="127.0.0.1:8002").for_onion()
    app = create_app(settings, instance.clock)
    yield app
    app.extensions[EXTENSION].database.dispose()


def test_without_an_address_there_is_no_site_for_an_onion_service(instance: Instance) -> None:
    with pytest.raises(SettingsError, match="TIPLINE_ONION_BIND"):
        instance.settings.for_onion()


def test_the_ordinary_address_gives_no_cookie_without_https_whatever_a_visitor_says(
    instance: Instance,
) -> None:
    visitor = Visitor(instance.app)
    code = code_on(visitor.report())
    visitor.headers["Host"] = "sampleonionaddress.onion"
    cookie = visitor.sign_in(code).headers["Set-Cookie"]
    assert "Secure" in cookie


def test_the_mailbox_opens_through_the_onion_service_where_a_browser_keeps_no_secure_cookie(
    onion: Flask,
) -> None:
    visitor = Visitor(onion, "fc00:dead:beef:4dad::1:1")
    signed_in = visitor.sign_in(code_on(visitor.report()))
    cookie = signed_in.headers["Set-Cookie"]
    assert "Secure" not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert visitor.get("/mailbox/messages").status_code == 200


def test_no_proxys_header_is_believed_behind_the_onion_service(onion: Flask) -> None:
    visitor = Visitor(onion, "fc00:dead:beef:4dad::1:1")
    visitor.headers["X-Forwarded-Prefix"] = "/evil"
    assert "evil" not in visitor.get("/").text
