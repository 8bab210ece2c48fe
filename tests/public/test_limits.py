"""Clients are counted under names that say nothing about them; a flooder is turned away, and nobody else."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from limits import parse
from limits.strategies import FixedWindowRateLimiter

from tests.clocks import FixedClock
from tests.public.instance import Instance
from tests.public.visitor import Visitor, code_on
from tipline.bodies import BodiesUnderWay
from tipline.limits_storage import RamCounters
from tipline.public.headers import HEADERS
from tipline.public.limits import (
    BODIES_AT_ONCE,
    CODE_TRIES_PER_MINUTE,
    KEY_SECONDS,
    REFUSAL_COUNTS,
    VISITS_PER_MINUTE,
    WINDOW_SECONDS,
    ClientKeys,
)
from tipline.public.services import EXTENSION
from tipline.shared_keys import SharedKeys


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 3, 3, 9, 0, tzinfo=UTC))


def counters(folder: Path, clock: FixedClock) -> RamCounters:
    return RamCounters(f"tipline-ram://{folder}/limits", clock=clock)


def test_no_address_is_in_the_folder(tmp_path: Path, clock: FixedClock) -> None:
    keys = ClientKeys(SharedKeys(tmp_path / "keys", KEY_SECONDS, clock))
    limiter = FixedWindowRateLimiter(counters(tmp_path, clock))
    limiter.hit(parse("6 per minute"), "report", keys.key_of("192.0.2.44"))
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"192.0.2.44" not in held
    assert keys.key_of("192.0.2.44").encode() not in held


def test_a_clients_name_ends_with_the_hour(tmp_path: Path, clock: FixedClock) -> None:
    keys = ClientKeys(SharedKeys(tmp_path / "keys", KEY_SECONDS, clock))
    name = keys.key_of("192.0.2.44")
    assert keys.key_of("192.0.2.45") != name
    clock.advance(KEY_SECONDS)
    assert keys.key_of("192.0.2.44") != name


def test_one_network_of_ipv6_is_one_client(tmp_path: Path, clock: FixedClock) -> None:
    keys = ClientKeys(SharedKeys(tmp_path / "keys", KEY_SECONDS, clock))
    assert keys.key_of("2001:db8::1") == keys.key_of("2001:db8::ffff")
    assert keys.key_of("2001:db8::1") != keys.key_of("2001:db8:0:1::1")


def test_two_workers_share_keys_and_counts(tmp_path: Path, clock: FixedClock) -> None:
    first, second = (SharedKeys(tmp_path / "keys", 100, clock) for _ in range(2))
    assert first.pair() == second.pair()
    old = first.pair().current
    clock.advance(100)
    assert first.pair().previous == second.pair().previous == old
    clock.advance(300)
    assert old not in first.pair()
    one, two = counters(tmp_path, clock), counters(tmp_path, clock)
    assert [one.incr("a", 60), two.incr("a", 60), one.get("a"), two.get("b")] == [1, 2, 2, 0]
    clock.advance(61)
    assert one.get("a") == 0
    assert one.incr("a", 60) == 1


def test_a_flood_of_names_keeps_the_file_small_and_locks_nobody_out(
    tmp_path: Path, clock: FixedClock
) -> None:
    limiter = FixedWindowRateLimiter(counters(tmp_path, clock))
    size = (tmp_path / "limits").stat().st_size
    limit = parse("6 per minute")
    assert all(limiter.hit(limit, "report", f"client {n}") for n in range(20_000))
    assert (tmp_path / "limits").stat().st_size == size < 2_000_000


def test_a_count_can_be_forgotten(tmp_path: Path, clock: FixedClock) -> None:
    storage = counters(tmp_path, clock)
    storage.incr("a", 60)
    assert storage.get_expiry("a") == clock.unix() + 60
    storage.clear("a")
    assert storage.get("a") == 0
    storage.incr("b", 60)
    storage.reset()
    assert storage.get("b") == 0
    assert storage.check()


# ------------------------------------------------------------------ who is one client


def test_two_circuits_of_an_onion_service_are_two_clients(tmp_path: Path, clock: FixedClock) -> None:
    keys = ClientKeys(SharedKeys(tmp_path / "keys", KEY_SECONDS, clock))
    assert keys.key_of("fc00:dead:beef:4dad::1:2") != keys.key_of("fc00:dead:beef:4dad::1:3")
    assert keys.key_of("fc00:dead:beef:4dae::1:2") == keys.key_of("fc00:dead:beef:4dae::1:3")


def test_an_ipv4_address_in_ipv6_dress_is_the_same_client_and_no_network(
    tmp_path: Path, clock: FixedClock
) -> None:
    keys = ClientKeys(SharedKeys(tmp_path / "keys", KEY_SECONDS, clock))
    assert keys.key_of("::ffff:192.0.2.44") == keys.key_of("192.0.2.44")
    assert keys.key_of("::ffff:192.0.2.44") != keys.key_of("::ffff:192.0.2.45")


# ------------------------------------------------------------------ who comes far too often


def use_up_visits(visitor: Visitor) -> None:
    for _ in range(VISITS_PER_MINUTE // (1 + REFUSAL_COUNTS) + 1):
        visitor.get("/no-such-page")


def test_who_errs_without_end_is_turned_away_and_nobody_else(instance: Instance, visitor: Visitor) -> None:
    use_up_visits(visitor)
    assert visitor.get("/").status_code == 429
    assert visitor.report().status_code == 429
    neighbour = Visitor(instance.app, "192.0.2.2")
    assert neighbour.get("/").status_code == 200
    assert neighbour.report().status_code == 201
    instance.clock.advance(WINDOW_SECONDS)
    assert visitor.report().status_code == 201


def test_who_finds_what_they_ask_for_is_not_turned_away_by_their_number(visitor: Visitor) -> None:
    for _ in range(VISITS_PER_MINUTE // 2):
        assert visitor.get("/favicon.ico").status_code == 204
    assert visitor.report().status_code == 201


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Please wait one minute. Then go back one page"), ("zh-CN", "请等一分钟，然后返回上一页")],
)
def test_who_is_turned_away_reads_in_their_language_what_to_do(
    instance: Instance, language: str, words: str
) -> None:
    visitor = Visitor(instance.app, language=language)
    use_up_visits(visitor)
    for path in ("/", "/report", "/mailbox"):
        answer = visitor.get(path)
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == str(WINDOW_SECONDS)
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert words in answer.text


def test_who_is_turned_away_can_leave_and_is_told_that_it_is_a_trial(visitor: Visitor) -> None:
    use_up_visits(visitor)
    page = visitor.get("/report").text
    assert '<a class="quit" href="/leave">' in page
    assert "This is a trial" in page


def test_the_page_for_who_comes_too_often_is_not_made_anew_each_time(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_up_visits(visitor)
    first = visitor.get("/")
    monkeypatch.setattr("tipline.public.pages.too_often.render_template", None)
    assert visitor.get("/report").data == first.data


class Unread(BytesIO):
    """A body that must not be read."""

    def readinto(self, *_: object) -> int:
        raise AssertionError("the body was read")

    read = readinto  # type: ignore[assignment]


@pytest.mark.parametrize("path", ["/report", "/mailbox", "/report/guided"])
def test_of_who_comes_too_often_no_body_is_read(visitor: Visitor, path: str) -> None:
    use_up_visits(visitor)
    answer = visitor.client.post(
        path,
        input_stream=Unread(b"x" * 1000),
        headers={**visitor.headers, "Content-Length": "1000"},
        environ_base=visitor.environ,
        content_type="multipart/form-data; boundary=bb",
    )
    assert answer.status_code == 429


def test_a_client_has_four_bodies_under_way_and_not_a_fifth(instance: Instance, visitor: Visitor) -> None:
    bodies: BodiesUnderWay = instance.app.extensions[EXTENSION].bodies
    client = instance.app.extensions[EXTENSION].allowances.name_of("192.0.2.1")
    for _ in range(BODIES_AT_ONCE):
        bodies.begin(client)
    assert visitor.post("/mailbox", {"code": "1"}).status_code == 429
    assert Visitor(instance.app, "192.0.2.2").report().status_code == 201
    bodies.end(client)
    assert visitor.sign_in("1").status_code == 422


def test_guessing_codes_slows_the_guesser_and_locks_nobody_out(instance: Instance, visitor: Visitor) -> None:
    code = code_on(visitor.report())
    guesser = Visitor(instance.app, "192.0.2.66")
    fields = guesser.hidden("/mailbox")
    wrong = " ".join(f"{11 * 4711 + place:06}" for place in range(8))
    answers = [
        guesser.post("/mailbox", {**fields, "code": wrong}).status_code
        for _ in range(CODE_TRIES_PER_MINUTE + 5)
    ]
    assert answers == [422] * CODE_TRIES_PER_MINUTE + [429] * 5
    assert visitor.sign_in(code).status_code == 303
    assert guesser.sign_in(code).status_code == 429
    instance.clock.advance(WINDOW_SECONDS)
    assert guesser.sign_in(code).status_code == 303
