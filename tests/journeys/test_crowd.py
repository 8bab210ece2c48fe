"""Five hundred tips at once: each has its code and its mailbox, is listed, and tells no hour."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from math import sqrt
from typing import Final

import pytest

from crypto.tracking_codes import TrackingCode
from tests.journeys.browser import Browser
from tests.journeys.people import TIP_LINK, open_mailbox, read, report
from tests.journeys.store import files_below, rows, tip_of
from tests.journeys.trial import Trial
from tipline.bench.visitor import Upload, Visitor

TIPS: Final = 500
CLIENTS: Final = 8
WITH_FILE: Final = 5
"""Every so-maniest tip carries a file."""
SAMPLE: Final = 3
SURE: Final = 5.0
"""Standard deviations from chance that count as an order: one run in a million goes so far by itself."""
DAY_SECONDS: Final = 24 * 3600
SHOWN = re.compile(rb'id="tracking-code">([0-9]{6}(?: [0-9]{6}){7})<')


def bind(trial: Trial) -> str:
    return trial.public.removeprefix("http://")


@dataclass(frozen=True)
class Sent:
    """One tip of the crowd: its place in the order of arrival, what was written, and its code."""

    place: int
    number: int
    description: str
    language: str
    code: str


@dataclass
class Crowd:
    """Everybody who has sent a tip. A place is taken the moment that a code is shown."""

    trial: Trial
    sent: list[Sent] = field(default_factory=list)
    _places: Iterator[int] = field(default_factory=count)
    _numbers: Iterator[int] = field(default_factory=count)

    def send_all(self) -> None:
        """Eight clients at once; whatever fails in one of them fails here."""
        with ThreadPoolExecutor(CLIENTS) as threads:
            for client in [threads.submit(self._client) for _ in range(CLIENTS)]:
                client.result()

    def _client(self) -> None:
        with Visitor(bind(self.trial), "zh-CN") as chinese, Visitor(bind(self.trial), "en") as english:
            while (number := next(self._numbers)) < TIPS:
                visitor, language = (chinese, "zh-CN") if number % 2 else (english, "en")
                self._send(visitor, language, number)

    def _send(self, visitor: Visitor, language: str, number: int) -> None:
        words = "他们夜里来砸摊。" if language == "zh-CN" else "They come at night and break stalls. "
        description = (f"{number}: {words}" + words * 300)[: 2000 if number % 3 else 20]
        file = Upload("files", f"{number}.bin", b"%d" % number * 100, 1)
        visitor.become_new()
        fields = {**visitor.get("/report").hidden(), "official": "no", "description": description}
        page = visitor.post_multipart(
            "/report", fields, file if number % WITH_FILE == 0 else Upload("files", "")
        )
        [code] = SHOWN.findall(page.body)
        self.sent.append(Sent(next(self._places), number, description, language, code.decode()))


@pytest.fixture(scope="module")
def crowd(proxied: Trial) -> Crowd:
    """All of them, after their tips were taken."""
    made = Crowd(proxied)
    made.send_all()
    return made


def test_five_hundred_tips_at_once_have_five_hundred_codes_each_of_a_stored_tip(crowd: Crowd) -> None:
    assert len(crowd.sent) == TIPS
    stored = {locator for (locator,) in rows(crowd.trial, "SELECT locator FROM tips")}
    locators = {TrackingCode.parse(each.code).locator_hash for each in crowd.sent}
    assert len(locators) == TIPS
    assert locators <= stored
    whole = "SELECT kind, count(*) FROM items WHERE tip_id IN (SELECT id FROM tips) GROUP BY kind"
    kinds = dict(rows(crowd.trial, whole))
    assert (kinds["text"], kinds["card"]) == (len(stored), len(stored))


def test_every_code_of_a_crowd_opens_its_own_mailbox(crowd: Crowd) -> None:
    def open_some(first: int) -> int:
        opened = 0
        with Visitor(bind(crowd.trial), "en") as visitor:
            door, cookies = visitor.get("/mailbox").hidden(), dict(visitor.cookies)
            for each in crowd.sent[first::CLIENTS]:
                visitor.become_new()
                visitor.cookies = dict(cookies)  # a door that stood open, so that it is opened once for all
                visitor.post("/mailbox", {**door, "code": each.code})
                opened += each.description in visitor.get("/mailbox/messages?own=1").body.decode()
        return opened

    with ThreadPoolExecutor(CLIENTS) as threads:
        assert sum(threads.map(open_some, range(CLIENTS))) == TIPS


def test_every_tip_of_a_crowd_is_listed_and_reads_as_it_was_written(crowd: Crowd, reviewer: Browser) -> None:
    shown: set[str] = set()
    for page in count(1):
        on_page = {
            match
            for address, _ in reviewer.get(f"/tips?page={page}").links
            for match in TIP_LINK.findall(address)
        }
        if not on_page - shown:
            break
        shown |= on_page
    addresses = {f"/tips/{tip_of(crowd.trial, each.code).hex()}": each for each in crowd.sent}
    assert addresses.keys() <= shown
    for address in list(addresses)[:: TIPS // SAMPLE]:
        page_of_it = read(reviewer, address)
        assert addresses[address].description.strip() in page_of_it.text


# ------------------------------------------------------------------ what the store tells


def sizes(trial: Trial, tip: bytes) -> dict[str, list[tuple[object, ...]]]:
    """Every length that a tip's rows have, item by item and slip by slip."""
    return {
        "tip": rows(
            trial,
            "SELECT length(id), length(locator), length(desk), length(marker), length(root)"
            " FROM tips WHERE id = ?",
            tip,
        ),
        "items": rows(
            trial,
            "SELECT kind, position, length(sealed), length(digest), length(claim_signature), length(record)"
            " FROM items WHERE tip_id = ? ORDER BY position",
            tip,
        ),
        "slips": rows(
            trial,
            "SELECT kind, slips.desk, length(slip) FROM slips JOIN items ON items.id = item_id"
            " WHERE tip_id = ? ORDER BY position, slips.desk",
            tip,
        ),
    }


def test_tips_of_one_and_of_two_thousand_characters_in_either_language_have_one_stored_size(
    proxied: Trial, crowd: Crowd
) -> None:
    seen = []
    for number, text in enumerate(("x", "x" * 2000, "长", "长" * 2000)):
        for language in ("zh-CN", "en"):
            reporter = Browser(proxied.public, language, {"X-Forwarded-For": f"198.51.100.{number}"})
            seen.append(sizes(proxied, tip_of(proxied, report(reporter, text))))
    without_file = [each for each in crowd.sent if each.number % WITH_FILE]
    seen += [sizes(proxied, tip_of(proxied, each.code)) for each in without_file[:50]]
    assert [kind for kind, *_ in seen[0]["items"]] == ["text", "card"]
    assert len(seen[0]["slips"]) == 4
    assert all(each == seen[0] for each in seen)


def ranks(values: Sequence[object]) -> list[float]:
    """The place of each value among all; equal ones share theirs."""
    places: dict[object, list[int]] = {}
    for place, value in enumerate(sorted(values, key=_orderly)):
        places.setdefault(value, []).append(place)
    return [sum(places[value]) / len(places[value]) for value in values]


def _orderly(value: object) -> tuple[bool, str, object]:
    return value is not None, type(value).__name__, value


def correlation(one: Sequence[object], other: Sequence[object]) -> float:
    """Spearman's rank correlation; 0 where everything is equal."""
    first, second = ranks(one), ranks(other)
    mean = (len(first) - 1) / 2
    spread = sqrt(sum((x - mean) ** 2 for x in first) * sum((y - mean) ** 2 for y in second))
    return (
        sum((x - mean) * (y - mean) for x, y in zip(first, second, strict=True)) / spread if spread else 0.0
    )


def test_an_order_that_follows_the_arrival_would_be_seen() -> None:
    assert correlation(range(TIPS), [number // 7 for number in range(TIPS)]) > 0.99
    assert correlation(range(TIPS), [-number for number in range(TIPS)]) == pytest.approx(-1)
    assert correlation(range(TIPS), [0] * TIPS) == 0


TIP_OF: Final = {
    "tips": "id",
    "items": "tip_id",
    "slips": "(SELECT tip_id FROM items WHERE items.id = item_id)",
}
"""How each table that a reporter's rows lie in names their tip."""


def orders(trial: Trial) -> Iterator[tuple[str, list[bytes]]]:
    """Every order of rows that a query can show, as the tips they belong to."""
    for table, tip in TIP_OF.items():
        yield f"{table} as stored", [row[0] for row in rows(trial, f"SELECT {tip} FROM {table}")]
        for _, index, *_ in rows(trial, f"PRAGMA index_list({table})"):
            columns = ", ".join(column for _, _, column in rows(trial, f"PRAGMA index_info({index})"))
            found = rows(trial, f"SELECT {tip} FROM {table} ORDER BY {columns}")
            yield f"{table} by {index}", [row[0] for row in found]


def columns_of(trial: Trial) -> Iterator[tuple[str, list[tuple[bytes, object]]]]:
    """Every column, beside the tip its value belongs to."""
    for table, tip in TIP_OF.items():
        for _, column, *_ in rows(trial, f"PRAGMA table_info({table})"):
            found = rows(trial, f"SELECT {tip}, {column} FROM {table}")
            yield f"{table}.{column}", [(owner, value) for owner, value in found]


def test_no_order_and_no_column_that_a_query_can_show_follows_the_arrival(crowd: Crowd) -> None:
    arrived = {tip_of(crowd.trial, each.code): each.place for each in crowd.sent}
    chance = SURE / sqrt(TIPS - 1)
    for what, tips in orders(crowd.trial):
        places = [arrived[tip] for tip in tips if tip in arrived]
        assert len(places) >= TIPS, what
        assert abs(correlation(range(len(places)), places)) < chance, what
    for what, values in columns_of(crowd.trial):
        known = [(arrived[tip], value) for tip, value in values if tip in arrived]
        assert abs(correlation([place for place, _ in known], [value for _, value in known])) < chance, what


def test_no_table_counts_its_rows(crowd: Crowd) -> None:
    for table in TIP_OF:
        with pytest.raises(sqlite3.OperationalError, match="no such column: rowid"):
            rows(crowd.trial, f"SELECT rowid FROM {table}")


def test_names_and_times_of_files_and_folders_tell_no_hour_not_even_of_a_visit(
    crowd: Crowd, reviewer: Browser
) -> None:
    data = crowd.trial.data
    with_file = next(each for each in crowd.sent if each.number % WITH_FILE == 0)
    page = read(reviewer, f"/tips/{tip_of(crowd.trial, with_file.code).hex()}")
    [download] = [form for form in page.forms if "/files/" in form.action]
    assert reviewer.submit(page, download).body == b"%d" % with_file.number * 100
    open_mailbox(Browser(crowd.trial.public, headers={"X-Forwarded-For": "198.51.100.99"}), with_file.code)
    kept = [
        *(data / "files").rglob("*"),
        data / "files",
        data / "staging",
        data / "main.db",
        data / "main.db-journal",
    ]
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
    for path in kept:
        status = path.stat()
        assert status.st_mtime in (midnight, midnight - DAY_SECONDS), path  # the test may run over midnight
        assert status.st_atime % DAY_SECONDS == 0, path
    arrived = {tip_of(crowd.trial, each.code): each.place for each in crowd.sent}
    owners = dict(rows(crowd.trial, "SELECT id, tip_id FROM items WHERE kind = 'file'"))
    places = [
        arrived[owners[bytes.fromhex(file.name)]]
        for file in sorted(files_below(data / "files"))
        if owners[bytes.fromhex(file.name)] in arrived
    ]
    assert len(places) == TIPS // WITH_FILE
    assert abs(correlation(range(len(places)), places)) < SURE / sqrt(len(places) - 1)
