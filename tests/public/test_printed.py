"""What comes out of a printer: poster and leaflet on one sheet each, and vouchers with nothing else on it."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pypdfium2
import pytest
from flask import Flask
from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

from tests.public.instance import Instance
from tests.public.rewarding import REWARD, Rewarded, minting, with_rewards
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
    with served(app) as at:
        yield at
    app.extensions[EXTENSION].database.dispose()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


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


def press(page: Page, selector: str) -> None:
    with page.expect_navigation():
        page.locator(selector).click()


def test_on_paper_a_voucher_stands_alone(instance: Instance) -> None:
    with minting(with_rewards(instance)), served(instance.app) as at, sync_playwright() as playwright:
        rewarded = Rewarded(instance)
        rewarded.told()
        rewarded.collect()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"{at}/mailbox")
        page.fill("#code", rewarded.code)
        press(page, "main form button >> nth=-1")
        page.goto(f"{at}{REWARD}")
        press(page, "form[action*=vouchers] button")
        shown = page.locator("p.carried").all_inner_texts()
        printed = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True, display_header_footer=False))
        browser.close()
        words = "".join(sheet.get_textpage().get_text_range() for sheet in printed)
        printed.close()
    assert "".join(words.split()) == "".join(shown)
    assert len(shown) == 3
