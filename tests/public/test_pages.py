"""The pages of words: small, printable, and saying what the deployment says."""

import gzip
import re
from pathlib import Path

import pytest

from tests.public.instance import Instance
from tests.public.visitor import Visitor
from tipline.deployment.errors import BadDeployment
from tipline.deployment.sample import sample_deployment
from tipline.public.app import create_app
from tipline.public.pages.style import STYLE
from tipline.public.services import EXTENSION

FIRST_PAGE_BYTES = 20 * 1024
MODERN = re.compile(r"var\(--|--[a-z-]+\s*:|:is\(|:where\(|:has\(|[{;\s]gap\s*:|@import|@font-face|url\(")


@pytest.fixture
def told(instance: Instance) -> Visitor:
    """A visitor of a place that has filled in its file."""
    (instance.settings.data / "deployment.toml").write_text(sample_deployment(trial=True), "utf-8")
    app = create_app(instance.settings, instance.clock)
    app.extensions[EXTENSION].database.dispose()
    return Visitor(app)


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_first_page_with_its_style_is_at_most_20_kb_compressed(visitor: Visitor, language: str) -> None:
    page = visitor.get(f"/?lang={language}").data
    assert len(gzip.compress(page)) + len(STYLE.compressed) <= FIRST_PAGE_BYTES


def test_the_style_sheet_is_compressed_for_whoever_asks(visitor: Visitor) -> None:
    plain = visitor.get("/style.css")
    assert "Content-Encoding" not in plain.headers
    visitor.headers["Accept-Encoding"] = "gzip, br"
    packed = visitor.get("/style.css")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data == STYLE.data
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"


def test_a_page_that_may_hold_a_token_is_never_compressed(visitor: Visitor) -> None:
    visitor.headers["Accept-Encoding"] = "gzip, deflate, br"
    for path in ("/", "/report", "/mailbox", "/safety", "/nothing"):
        assert "Content-Encoding" not in visitor.get(path).headers


def test_the_style_sheet_holds_nothing_that_a_ten_year_old_engine_needs_more_than(visitor: Visitor) -> None:
    assert MODERN.findall(visitor.get("/style.css").text) == []


def test_without_a_file_the_pages_name_no_place(visitor: Visitor) -> None:
    for path in ("/", "/safety", "/how", "/kept", "/accessibility", "/poster", "/leaflet", "/leave"):
        page = visitor.get(path).text
        assert "Example" not in page
        assert "In charge:" not in page


def test_what_the_deployment_says_stands_on_its_pages(told: Visitor) -> None:
    assert "keep records. Use your own mobile data." in told.get("/safety").text
    assert "Monday to Friday: 9:00 to 12:00" in told.get("/leave").text
    assert "Box 8, Example District" in told.get("/how").text
    assert "60 days" in told.get("/kept").text
    assert "<td>1 year</td>" in told.get("/kept").text
    assert "security@tipline.example" in told.get("/kept").text
    assert "Safe Example" in told.get("/").text
    for path in ("/poster", "/leaflet"):
        page = told.get(path).text
        assert '<p class="address">https://fuwu.example/bianmin</p>' in page
        assert "exampleexample" in page
        assert "110" in page


def test_the_neutral_page_leads_to_the_portal_and_nowhere_else(told: Visitor) -> None:
    addresses = re.findall(r'<a[^>]* href="([^"]*)"', told.get("/leave").text)
    assert addresses == ["#main", "/leave?lang=zh-Hans", "https://fuwu.example/"]


def test_a_text_in_another_language_says_so(instance: Instance) -> None:
    text = sample_deployment(trial=True).replace(', en = "Example Township" }', " }")
    (instance.settings.data / "deployment.toml").write_text(text, "utf-8")
    app = create_app(instance.settings, instance.clock)
    page = Visitor(app).get("/").text
    app.extensions[EXTENSION].database.dispose()
    assert '<span lang="zh">示例镇</span>' in page


def test_a_text_of_the_deployment_is_never_markup(instance: Instance) -> None:
    text = sample_deployment(trial=True).replace("Safe Example", "<b>Safe</b> & sound")
    (instance.settings.data / "deployment.toml").write_text(text, "utf-8")
    app = create_app(instance.settings, instance.clock)
    page = Visitor(app).get("/").text
    app.extensions[EXTENSION].database.dispose()
    assert "&lt;b&gt;Safe&lt;/b&gt; &amp; sound" in page


def test_a_file_that_is_not_complete_keeps_the_site_from_starting(instance: Instance) -> None:
    path: Path = instance.settings.data / "deployment.toml"
    path.write_text('phone = "1"\n', "utf-8")
    with pytest.raises(BadDeployment, match=r'deployment\.toml: "place" is missing'):
        create_app(instance.settings, instance.clock)


def test_results_show_no_count_below_five(instance: Instance, visitor: Visitor) -> None:
    add_tips(instance, "2025-11-02", "received", 4)
    add_tips(instance, "2025-11-03", "closed", 13)
    page = visitor.get("/results").text
    row = re.findall(r"2025, quarter 4</th>\s*((?:<td>[^<]*</td>\s*)+)", page)[0]
    assert re.findall(r"<td>([^<]*)</td>", row) == ["15", "0–4", "0–4", "0–4", "10"]


def test_results_tell_what_is_being_investigated_from_what_lies_here(
    instance: Instance, visitor: Visitor
) -> None:
    for state in ("transferred", "verifying", "outcome"):
        add_tips(instance, "2025-11-02", state, 2)
    for state in ("triage", "duplicate", "feedback", "review"):
        add_tips(instance, "2025-11-03", state, 3)
    for state in ("closed", "erased"):
        add_tips(instance, "2025-11-03", state, 3)
    page = visitor.get("/results").text
    assert figures_on(page, "2025, quarter 4") == ["20", "10", "5", "0–4", "5"]


def figures_on(page: str, quarter: str) -> list[str]:
    """A row of the table of results."""
    row = re.findall(rf"{quarter}</th>\s*((?:<td>[^<]*</td>\s*)+)", page)[0]
    return re.findall(r"<td>([^<]*)</td>", row)


@pytest.mark.parametrize("days", [1, 40, 200])
def test_a_quarter_that_was_published_is_never_counted_again(
    instance: Instance, visitor: Visitor, days: int
) -> None:
    add_tips(instance, "2025-11-03", "closed", 13)
    before = figures_on(visitor.get("/results").text, "2025, quarter 4")
    instance.change("UPDATE tips SET state = 'received'")
    add_tips(instance, "2025-11-04", "outside-remit", 20)
    instance.clock.advance(days * 86_400)
    again = create_app(instance.settings, instance.clock)
    pages = [visitor.get("/results").text, Visitor(again).get("/results").text]
    again.extensions[EXTENSION].database.dispose()
    assert [figures_on(page, "2025, quarter 4") for page in pages] == [before, before]
    assert before == ["10", "0–4", "0–4", "0–4", "10"]


def test_a_quarter_is_shown_a_month_after_its_end(instance: Instance, visitor: Visitor) -> None:
    instance.clock.advance(57 * 86_400)  # the 29th of April
    assert "2026, quarter 1" not in visitor.get("/results").text
    instance.clock.advance(2 * 86_400)
    add_tips(instance, "2026-03-04", "closed", 5)
    assert figures_on(visitor.get("/results").text, "2026, quarter 1") == ["5", "0–4", "0–4", "0–4", "5"]


def test_results_that_cannot_be_kept_are_not_shown(instance: Instance, visitor: Visitor) -> None:
    (instance.settings.public_folder / "results.json").write_text('{"v":2}', "utf-8")
    assert visitor.get("/results").status_code == 503
    (instance.settings.public_folder / "results.json").unlink()
    (instance.settings.public_folder / "results.json.lock").unlink()
    (instance.settings.public_folder / "results.json.lock").mkdir()
    assert visitor.get("/results").status_code == 503


def test_the_file_of_results_holds_no_count_and_tells_the_day(instance: Instance, visitor: Visitor) -> None:
    add_tips(instance, "2025-11-03", "closed", 13)
    visitor.get("/results")
    path = instance.settings.public_folder / "results.json"
    assert "13" not in path.read_text("utf-8")
    assert path.stat().st_mtime % 86_400 == 0
    assert path.stat().st_mode & 0o077 == 0


def add_tips(instance: Instance, day: str, state: str, count: int) -> None:
    """Rows of tips, with nothing sealed in them."""
    for number in range(count):
        key = f"{state}{number}".encode().ljust(16, b"-")
        columns = {
            "id": key,
            "locator": key * 2,
            "desk": "intake",
            "state": state,
            "arrived_on": day,
            "due_on": day,
            "card_version": 0,
            "marker": b"",
        }
        extra = {row[1] for row in instance.rows("PRAGMA table_info(tips)") if row[3]} - columns.keys()
        columns |= dict.fromkeys(extra, b"")
        names = ", ".join(columns)
        marks = ", ".join(f":{name}" for name in columns)
        instance.change(f"INSERT INTO tips ({names}) VALUES ({marks})", **columns)


@pytest.mark.parametrize("path", ["/kept", "/safety"])
def test_the_pages_say_that_the_moment_stands_inside_the_report(visitor: Visitor, path: str) -> None:
    page = visitor.get(path).text
    assert "Outside your locked report we keep only the day. Inside it stands the moment it came" in page
    assert "hour at which you came" not in page
    assert "the hour is not" not in page
