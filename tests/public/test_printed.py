"""What comes out of a printer: poster and leaflet on one sheet each."""

import re
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from tests.public.instance import Instance
from tipline.deployment.sample import write_sample
from tipline.public.app import create_app
from tipline.public.services import EXTENSION

CHROMIUM = "/usr/bin/chromium"
PAGE = re.compile(rb"/Type\s*/Page\b")
SIZE = re.compile(rb"/MediaBox\s*\[0 0 ([0-9]+)[0-9.]* ([0-9]+)")
SHEETS = {"poster": (594, 841), "leaflet": (420, 594)}
"""A4 and A5, in points."""


@pytest.fixture
def address(instance: Instance) -> Iterator[str]:
    """A site whose deployment says all that a sheet can hold."""
    write_sample(instance.settings.data, trial=True)
    app = create_app(instance.settings, instance.clock)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions[EXTENSION].database.dispose()


def test_poster_and_leaflet_fill_one_sheet_each_in_both_languages(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        for sheet, (width, height) in SHEETS.items():
            for language in ("zh-Hans", "en"):
                page.goto(f"{address}/{sheet}?lang={language}")
                printed = page.pdf(prefer_css_page_size=True)
                assert len(PAGE.findall(printed)) == 1, (sheet, language)
                assert [tuple(map(int, size)) for size in SIZE.findall(printed)] == [(width, height)]
        browser.close()
