"""What deploy/ tells a reverse proxy and Tor keeps what the manual promises."""

import re
from pathlib import Path

import pytest

SITES = ("public.conf", "prefix.conf", "admin.conf")
PUBLIC_PORT = "127.0.0.1:8000"
ADMIN_PORT = "127.0.0.1:8001"


def directives(path: Path) -> list[str]:
    """Every directive of a file, without comments, with one space between words."""
    text = re.sub(r"(^|\s)#.*", "", path.read_text("utf-8"))
    return [" ".join(part.split()) for part in re.split(r"[;{}]", text) if part.strip()]


@pytest.fixture
def nginx(repository: Path) -> Path:
    return repository / "deploy" / "nginx"


@pytest.mark.parametrize("name", SITES)
def test_the_proxy_writes_down_nobody(nginx: Path, name: str) -> None:
    site = directives(nginx / name)
    assert "access_log off" in site
    assert not [line for line in site if line.startswith("access_log") and line != "access_log off"]
    assert [line for line in site if line.startswith("error_log")]
    # nginx names the client in every line below emerg.
    assert all(line.endswith(" emerg") for line in site if line.startswith("error_log"))


@pytest.mark.parametrize("name", SITES)
def test_the_proxy_puts_nothing_on_its_disk(nginx: Path, name: str) -> None:
    assert "include /etc/nginx/tipline/pass.conf" in directives(nginx / name)
    passing = directives(nginx / "pass.conf")
    for line in ("proxy_request_buffering off", "proxy_buffering off", "proxy_http_version 1.1"):
        assert line in passing


def test_the_proxy_passes_on_nothing_that_a_visitor_says_about_themselves(nginx: Path) -> None:
    passing = directives(nginx / "pass.conf")
    assert "proxy_set_header X-Forwarded-For $remote_addr" in passing
    assert "proxy_set_header X-Forwarded-Proto $scheme" in passing
    assert 'proxy_set_header X-Forwarded-Host ""' in passing
    prefixes = {
        name: [line for line in directives(nginx / name) if "X-Forwarded-Prefix" in line] for name in SITES
    }
    assert prefixes == {
        "public.conf": ['proxy_set_header X-Forwarded-Prefix ""'],
        "prefix.conf": ["proxy_set_header X-Forwarded-Prefix /service"],
        "admin.conf": ['proxy_set_header X-Forwarded-Prefix ""'],
    }


@pytest.mark.parametrize("name", ["public.conf", "prefix.conf"])
def test_a_full_report_passes_and_a_flood_is_met_for_each_address_alone(nginx: Path, name: str) -> None:
    site = directives(nginx / name)
    assert "client_max_body_size 1100m" in site
    assert "limit_req_status 429" in site
    zones = [line for line in directives(nginx / "http.conf") if "_zone " in line]
    assert len(zones) == 2
    assert all("_zone $binary_remote_addr " in line for line in zones)


def test_telephones_of_ten_years_ago_find_a_protocol_a_cipher_and_a_curve(nginx: Path) -> None:
    tls = dict(line.split(" ", 1) for line in directives(nginx / "tls.conf"))
    assert tls["ssl_protocols"] == "TLSv1.2 TLSv1.3"
    ciphers = tls["ssl_ciphers"].split(":")
    assert {"ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"} <= set(ciphers)
    assert all(re.fullmatch("ECDHE-(ECDSA|RSA)-(AES128-GCM|AES256-GCM|CHACHA20).*", each) for each in ciphers)
    assert "prime256v1" in tls["ssl_ecdh_curve"].split(":")
    assert tls["ssl_session_tickets"] == "off"


def test_the_staffs_site_is_not_reached_from_where_the_public_one_is(nginx: Path) -> None:
    listens = [line for line in directives(nginx / "admin.conf") if line.startswith("listen ")]
    assert listens
    assert all(re.match(r"listen 10\.", line) for line in listens)
    assert "deny all" in directives(nginx / "admin.conf")
    for name in ("public.conf", "prefix.conf"):
        assert "tipline_admin" not in (nginx / name).read_text("utf-8")
    upstreams = (nginx / "http.conf").read_text("utf-8")
    assert re.search(rf"upstream tipline_public {{\s+server {PUBLIC_PORT};", upstreams)
    assert re.search(rf"upstream tipline_admin {{\s+server {ADMIN_PORT};", upstreams)


def test_the_page_of_a_proxy_that_reaches_no_site_says_what_to_do_in_both_languages(nginx: Path) -> None:
    page = (nginx / "tipline-away.html").read_text("utf-8")
    assert "请等一分钟" in page
    assert "Please wait one minute" in page
    assert page.count("110") == 2
    assert not re.search(r"<script|<style|\sstyle=|https?:", page)


@pytest.mark.parametrize("name", SITES)
def test_the_site_alone_says_how_long_browsers_come_back_over_https(nginx: Path, name: str) -> None:
    assert not [line for line in directives(nginx / name) if "Strict-Transport-Security" in line]
    assert "server_tokens off" in directives(nginx / "http.conf")


def test_the_onion_service_names_circuits_and_asks_for_work_under_attack(repository: Path) -> None:
    lines = (repository / "deploy" / "onion" / "torrc").read_text("utf-8").splitlines()
    options = dict(line.split(" ", 1) for line in lines if line and not line.startswith("#"))
    assert options["HiddenServiceExportCircuitID"] == "haproxy"
    assert options["HiddenServicePoWDefensesEnabled"] == "1"
    assert options["HiddenServicePort"] == "80 127.0.0.1:8002"
    assert options["SocksPort"] == options["ORPort"] == "0"
    assert int(options["HiddenServiceMaxStreams"]) > 0
    assert "HiddenServiceSingleHopMode" not in options
