"""From a code or a voucher to ten digits: one at a time, on another day, and nothing is ever locked."""

import re
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import segno
from PIL import Image
from werkzeug.test import TestResponse

from crypto.blind_rsa import MintKey
from crypto.tracking_codes import TrackingCode
from crypto.vouchers import Voucher, derive_voucher
from tests.public.instance import Instance
from tests.public.rewarding import (
    AWAY,
    POINTS,
    REDEEM,
    REWARD,
    YEAR,
    Mint,
    Rewarded,
    mint_key,
    minting,
    press,
    refusal,
    with_rewards,
)
from tests.public.visitor import HIDDEN, Visitor, parts
from tipline.public.file_limits import CLEANING_SECONDS, FileAllowance
from tipline.public.limits import CODE_TRIES_PER_MINUTE
from tipline.voucher_photos.types import MAX_PHOTO_BYTES

DAY = 86_400
PICKUP = re.compile(r'<p id="pickup-code">([0-9]{3} [0-9]{3} [0-9]{4})</p>')


@pytest.fixture
def mint(instance: Instance) -> Iterator[Mint]:
    with minting(with_rewards(instance)) as mint:
        yield mint


@pytest.fixture
def rewarded(instance: Instance, mint: Mint) -> Rewarded:
    """Somebody who collected 500, 2 x 1,000 and 2 x 5,000 yuan yesterday."""
    rewarded = Rewarded(instance)
    rewarded.told(amount=12_500)
    rewarded.collect()
    instance.clock.advance(DAY)
    mint.asked.clear()
    return rewarded


def carried(number: int = 0, *, year: int = YEAR, key: MintKey | None = None) -> str:
    """A voucher of 1,000 yuan that was carried away."""
    key = key or mint_key()
    seed = derive_voucher(bytes(16), 1, year, 1_000, number, key.public)
    return seed.finish(key.blind_sign(seed.blinding.blinded), key.public).carry()


def hidden(page: TestResponse) -> dict[str, str]:
    """The hidden fields of a page's form."""
    return dict(HIDDEN.findall(page.text.split("<form")[-1]))


def begin(visitor: Visitor, **typed: str) -> TestResponse:
    """Type a code, or paste a voucher."""
    return visitor.post(REDEEM, {**visitor.hidden(REDEEM), **typed})


def choose(visitor: Visitor, page: TestResponse, choice: str = "0", point: str = "far") -> TestResponse:
    """Choose on the second page."""
    return visitor.post(REDEEM, {**hidden(page), "choice": choice, "point": point})


def said(page: TestResponse) -> str:
    """What the summary on top says."""
    found = re.search(r'<div class="summary".*?</div>', page.text, re.DOTALL)
    return unescape(" ".join(re.sub("<[^>]*>", " ", found[0]).split())) if found else ""


def code_of(page: TestResponse) -> str:
    found = PICKUP.search(page.text)
    assert found, said(page) or page.text[:2000]
    return found[1]


@pytest.fixture
def stranger(instance: Instance) -> Visitor:
    return Visitor(instance.app, "192.0.2.77")


# ------------------------------------------------------------------- what must not be


def test_while_a_mailbox_is_open_in_this_browser_no_code_is_given(rewarded: Rewarded, mint: Mint) -> None:
    visitor = rewarded.inside()
    page = visitor.get(REDEEM)
    assert "A mailbox is open in this browser" in page.text
    assert 'name="code"' not in page.text
    form = {"csrf_token": hidden(page)["csrf_token"], "step": "1", "code": rewarded.code}
    assert visitor.post(REDEEM, form).status_code == 409
    assert visitor.post(REDEEM, {**form, "step": "2"}).status_code == 409
    assert mint.asked == []
    left = visitor.post("/mailbox/sign-out", hidden(page))
    assert left.headers["Location"].startswith("/leave")
    assert 'name="code"' in visitor.get(REDEEM).text


def test_a_page_that_failed_shows_no_vouchers_beside_an_open_mailbox(
    rewarded: Rewarded, stranger: Visitor
) -> None:
    fields = {**hidden(begin(stranger, code=rewarded.code)), "csrf_token": "of before"}
    page = rewarded.inside().post(REDEEM, {**fields, "choice": "0", "point": "far"})
    assert page.status_code == 400
    assert "A mailbox is open in this browser" in page.text
    assert "yuan" not in page.text
    assert "yuan" in stranger.post(REDEEM, fields).text


def test_looking_here_keeps_no_mailbox_open(rewarded: Rewarded) -> None:
    visitor, clock = rewarded.inside(), rewarded.instance.clock
    for _ in range(3):
        assert "A mailbox is open in this browser" in visitor.get(REDEEM).text
        clock.advance(14 * 60)
    assert 'name="code"' in visitor.get(REDEEM).text


def test_a_mailbox_that_is_shut_keeps_nobody_away(rewarded: Rewarded) -> None:
    visitor = rewarded.inside()
    rewarded.instance.clock.advance(2 * 3600)
    assert 'name="code"' in visitor.get(REDEEM).text


def test_on_the_day_of_collecting_a_code_gets_nothing(
    instance: Instance, mint: Mint, stranger: Visitor
) -> None:
    rewarded = Rewarded(instance)
    rewarded.told()
    rewarded.collect()
    page = begin(stranger, code=rewarded.code)
    assert page.status_code == 422
    assert "Please come another day" in said(page)
    assert rewarded.code in page.text  # it comes back where it was typed
    assert [one["op"] for one in mint.asked] == ["mint"]
    instance.clock.advance(DAY)
    assert begin(stranger, code=rewarded.code).status_code == 200


def test_between_the_pages_the_code_stands_nowhere_in_clear(rewarded: Rewarded, stranger: Visitor) -> None:
    page = begin(stranger, code=rewarded.code)
    raw = TrackingCode.parse(rewarded.code).raw
    groups = rewarded.code.split()
    for shown in (page, choose(stranger, page)):
        assert not any(group in shown.text for group in (*groups, raw.hex()))
        assert rewarded.code not in str(shown.headers)
        assert "Set-Cookie" not in shown.headers
        assert shown.headers["Cache-Control"] == "no-store"
        assert re.findall("<title>(.*)</title>", shown.text)[0] in (
            "Enquiry · Public services",
            "Done · Public services",
        )


def test_a_carried_voucher_stands_nowhere_in_clear_between_the_pages(mint: Mint, stranger: Visitor) -> None:
    text = carried()
    page = begin(stranger, voucher=text)
    for shown in (page, choose(stranger, page)):
        assert text[30:60] not in shown.text


def test_the_state_of_another_form_opens_nothing(rewarded: Rewarded, stranger: Visitor, mint: Mint) -> None:
    mine, theirs = begin(stranger, code=rewarded.code), begin(stranger, voucher=carried())
    mixed = {**hidden(theirs), "state": hidden(mine)["state"], "choice": "0", "point": "far"}
    page = stranger.post(REDEEM, mixed)
    assert page.status_code == 400
    assert "This page had been open for too long." in said(page)
    assert mint.asked == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Please type your code, or paste a voucher"),
        ({"code": "  ", "voucher": "\n"}, "Please type your code, or paste a voucher"),
        ({"code": "123456", "voucher": "x"}, "Please use one way only"),
        ({"code": "123456 654321"}, "This code is not quite right."),
        ({"code": "0123456789"}, "This code is not quite right."),
        ({"code": TrackingCode(b"x" * 16).reveal()}, "We know no such code."),
        ({"voucher": "hello"}, "This is no voucher."),
    ],
    ids=["nothing", "blank", "both", "mistyped", "ten-digits", "unknown", "no-voucher"],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    mint: Mint, stranger: Visitor, typed: dict[str, str], sentence: str
) -> None:
    page = begin(stranger, **typed)
    assert page.status_code == 422
    assert sentence in said(page)
    for text in typed.values():
        assert text in unescape(page.text)
    assert mint.asked == []


def test_a_pickup_code_that_is_typed_here_is_known(rewarded: Rewarded, stranger: Visitor) -> None:
    code = code_of(choose(stranger, begin(stranger, code=rewarded.code)))
    page = begin(stranger, code=code)
    assert "These ten digits are a pickup code already." in said(page)


def test_a_mistyped_group_is_named(rewarded: Rewarded, stranger: Visitor) -> None:
    first, *others = rewarded.code.split()
    wrong = f"{(int(first) + 1) % 1_000_000:06d}"
    page = begin(stranger, code=" ".join([wrong, *others]))
    assert f"<li>{wrong}</li>" in page.text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda text: text[:400], "A part of this voucher is missing."),
        (lambda text: text[60:], "A part of this voucher is missing."),
        (
            lambda text: text[:200] + ("A" if text[200] != "A" else "B") + text[201:],
            "is wrong, or there is one",
        ),
        (lambda text: f"{text} {text}", "There is more than one voucher"),
        (lambda _: carried(key=mint_key(1)), "This voucher was not made here."),
        (lambda _: carried(year=YEAR + 5), "This voucher was not made here."),
    ],
    ids=["end-cut", "beginning-cut", "mistyped", "two", "foreign", "foreign-year"],
)
def test_each_fault_of_a_pasted_voucher_has_its_sentence(
    mint: Mint, stranger: Visitor, change: Any, sentence: str
) -> None:
    text = change(carried())
    page = begin(stranger, voucher=text)
    assert page.status_code == 422
    assert sentence in said(page)
    assert text in page.text
    assert mint.asked == []


def test_a_voucher_whose_years_are_over_is_refused(rewarded: Rewarded, stranger: Visitor, mint: Mint) -> None:
    text = carried()
    rewarded.instance.clock.advance(4 * 366 * DAY)
    for typed in ({"code": rewarded.code}, {"voucher": text}):
        assert "The last day of these vouchers has passed." in said(begin(stranger, **typed))
    assert mint.asked == []


def test_a_code_without_a_collected_reward_says_what_to_do_first(
    instance: Instance, mint: Mint, stranger: Visitor
) -> None:
    rewarded = Rewarded(instance)
    for told in (False, True):
        if told:
            rewarded.told()
        page = begin(stranger, code=rewarded.code)
        assert "No vouchers were made with this code so far." in said(page)


def test_a_row_that_makes_no_voucher_says_what_to_do(
    rewarded: Rewarded, stranger: Visitor, mint: Mint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tipline.directory.service.REFRESH_SECONDS", 0.0)
    modulus = mint_key(1).public.n_hex
    keys = [{"value": value, "n": modulus} for value in (500, 1_000, 5_000)]
    page = begin(stranger, code=rewarded.code)
    with_rewards(rewarded.instance, 3, mint=[{"year": YEAR, "keys": keys}])
    refused = choose(stranger, page)
    assert "have the vouchers made again" in said(refused), refused.text
    assert mint.asked == []


ANSWERS: dict[str, tuple[dict[str, Any], int, str]] = {
    "crowd": (
        refusal("crowd-too-small"),
        422,
        "your voucher stays good until Monday, December 31, 2029. Come back in some weeks, or choose one of "
        "another value. From Friday, January 1, 2027 at the latest you get a code",
    ),
    "paid": ({"ok": {"paid": "2026-03-02"}}, 422, "was paid out on Monday, March 2, 2026"),
    "overdrawn": (refusal("overdrawn"), 422, "until it is cleared up none is paid"),
    "closed": (refusal("unknown-point"), 422, "This place does not pay out any more."),
    "late": (refusal("another-point"), 422, "There is not enough time left for this place."),
    "bank": (refusal("pickup-over"), 422, "please come back in two weeks"),
    "bad": (refusal("bad-voucher"), 422, "This voucher was not made here."),
    "no-keys": (refusal("no-mint-keys"), 422, "This voucher was not made here."),
    "expired": (refusal("voucher-expired"), 422, "The last day of these vouchers has passed."),
    "many": (refusal("too-many"), 503, "please come back tomorrow"),
    "away": (AWAY, 503, "Nothing is lost, and your voucher stays good."),
    "lies": ({"ok": {"code": "12", "again": False}}, 503, "Nothing is lost, and your voucher stays good."),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_each_refusal_has_its_sentence_and_the_next_press_works(
    rewarded: Rewarded, mint: Mint, stranger: Visitor, name: str
) -> None:
    answer, status, sentence = ANSWERS[name]
    page = begin(stranger, code=rewarded.code)
    mint.answers["redeem"] = answer
    refused = choose(stranger, page, "3")
    assert (refused.status_code, sentence in said(refused)) == (status, True), said(refused)
    assert re.search(r'id="choice-3"[^>]* checked', refused.text)
    assert re.search(r'id="point-far"[^>]* checked', refused.text)
    mint.answers.clear()
    assert code_of(choose(stranger, refused, "3"))


def test_one_client_cannot_try_for_ever_and_locks_nothing(
    rewarded: Rewarded, mint: Mint, stranger: Visitor
) -> None:
    fields = stranger.hidden(REDEEM)
    for _ in range(CODE_TRIES_PER_MINUTE):
        stranger.post(REDEEM, {**fields, "code": "1"})
    page = stranger.post(REDEEM, {**fields, "code": rewarded.code})
    assert page.status_code == 429
    assert "Nothing is locked, and nothing is lost." in said(page)
    assert rewarded.code in page.text
    other = Visitor(rewarded.instance.app, "192.0.2.99")
    assert code_of(choose(other, begin(other, code=rewarded.code)))


def test_what_was_typed_comes_back_from_a_page_that_is_too_old(rewarded: Rewarded, stranger: Visitor) -> None:
    fields = {**stranger.hidden(REDEEM), "csrf_token": "old"}
    page = stranger.post(REDEEM, {**fields, "code": rewarded.code})
    assert page.status_code == 400
    assert rewarded.code in page.text
    second = begin(stranger, code=rewarded.code)
    again = stranger.post(REDEEM, {**hidden(second), "csrf_token": "old", "choice": "1", "point": "far"})
    assert again.status_code == 400
    assert code_of(choose(stranger, again, "1"))


def test_after_hours_the_first_page_comes_again(rewarded: Rewarded, stranger: Visitor) -> None:
    page = begin(stranger, code=rewarded.code)
    rewarded.instance.clock.advance(9 * 3600)
    late = choose(stranger, page)
    assert late.status_code == 400
    assert 'name="code"' in late.text


# ------------------------------------------------------------------- a photo


def photographed(text: str) -> bytes:
    drawn = BytesIO()
    segno.make(text, error="l", micro=False).save(drawn, kind="png", scale=6, border=4)
    return drawn.getvalue()


def show_photo(visitor: Visitor, photo: bytes, **typed: str) -> TestResponse:
    body = parts({**visitor.hidden(REDEEM), **typed}, [(photo, "voucher.png")])
    return visitor.send(REDEEM, body.replace(b'name="files"', b'name="photo"'))


def held(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_photo_of_a_voucher_is_read_and_never_stored(
    instance: Instance, mint: Mint, stranger: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a part of the form was written to a file")

    # What the library makes for parts above half a megabyte, and what would write it to a disk.
    monkeypatch.setattr("werkzeug.formparser.default_stream_factory", refuse)
    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    monkeypatch.setattr("tempfile.SpooledTemporaryFile", refuse)
    text = carried()
    photo = photographed(text) + bytes(600_000)  # what stands behind a picture is not looked at
    page = show_photo(stranger, photo)
    assert page.status_code == 200, said(page)
    assert "1,000 yuan" in page.text
    assert code_of(choose(stranger, page))
    for folder in (instance.settings.ram, instance.settings.data):
        assert photo[:200] not in held(folder)
        assert text[30:90].encode() not in held(folder)


@pytest.mark.parametrize(
    ("photo", "sentence"),
    [
        (lambda: b"no picture", "No voucher was found in this photo."),
        (lambda: photographed("https://else.example"), "No voucher was found in this photo."),
        (lambda: photographed(carried()[:300]), "A part of this voucher is missing."),
    ],
    ids=["no-picture", "another-square", "cut"],
)
def test_each_fault_of_a_photo_has_its_sentence(
    mint: Mint, stranger: Visitor, photo: Any, sentence: str
) -> None:
    page = show_photo(stranger, photo())
    assert (page.status_code, sentence in said(page)) == (422, True), said(page)


def photographed_together(*texts: str) -> bytes:
    """Squares below each other on one picture."""
    squares = [Image.open(BytesIO(photographed(text))).convert("L") for text in texts]
    photo = Image.new("L", (max(one.width for one in squares), sum(one.height for one in squares)), "white")
    below = 0
    for one in squares:
        photo.paste(one, (0, below))
        below += one.height
    drawn = BytesIO()
    photo.save(drawn, "PNG")
    return drawn.getvalue()


def test_another_square_beside_a_voucher_on_a_photo_does_not_matter(mint: Mint, stranger: Visitor) -> None:
    photo = photographed_together(carried(), "https://else.example/AND-MORE", "2026")
    page = show_photo(stranger, photo)
    assert page.status_code == 200, said(page)
    assert code_of(choose(stranger, page))


def test_two_vouchers_on_a_photo_are_one_too_many(mint: Mint, stranger: Visitor) -> None:
    page = show_photo(stranger, photographed_together(carried(), carried(1)))
    assert "There is more than one voucher" in said(page)


def test_a_photo_beside_a_typed_code_is_one_way_too_many(mint: Mint, stranger: Visitor) -> None:
    page = show_photo(stranger, b"x", code="123")
    assert "Please use one way only" in said(page)
    assert "123" in page.text


def test_whose_photos_were_read_for_too_long_pastes_the_text(
    instance: Instance, mint: Mint, stranger: Visitor
) -> None:
    allowances = instance.app.extensions["tipline"].allowances
    FileAllowance(allowances._windows, allowances.name_of("192.0.2.77")).sender.spend(CLEANING_SECONDS)
    page = show_photo(stranger, photographed(carried()))
    assert page.status_code == 503
    assert "Photos cannot be looked at just now." in said(page)
    assert begin(stranger, voucher=carried()).status_code == 200


def test_a_photo_that_is_too_large_is_refused_before_it_is_read(mint: Mint, stranger: Visitor) -> None:
    assert show_photo(stranger, bytes(MAX_PHOTO_BYTES + 2 * 1024 * 1024)).status_code == 413


# ------------------------------------------------------------------- places


def test_places_inside_the_township_are_not_offered_while_there_are_others(
    rewarded: Rewarded, stranger: Visitor, mint: Mint
) -> None:
    page = begin(stranger, code=rewarded.code)
    assert re.findall('name="point" value="([a-z]+)"', page.text) == ["far", "bank"]
    assert "wait about a week" in page.text
    assert "Please choose a place." in said(choose(stranger, page, point=""))
    assert "This place is in the township itself," in said(choose(stranger, page, point="near"))
    assert "This place does not pay out any more." in said(choose(stranger, page, point="shut"))
    assert "Please choose a place." in said(choose(stranger, page, point="nowhere"))
    assert mint.asked == []


def test_where_there_is_no_other_place_those_inside_are_offered_with_a_warning(
    instance: Instance, stranger: Visitor
) -> None:
    with minting(with_rewards(instance, points=POINTS[:1])):
        page = begin(stranger, voucher=carried())
        assert "There is no place outside the township just now." in page.text
        assert code_of(choose(stranger, page, point="near"))


def test_where_no_place_pays_the_page_says_that_the_voucher_stays_good(
    instance: Instance, stranger: Visitor
) -> None:
    with minting(with_rewards(instance, points=POINTS[3:])):
        page = begin(stranger, voucher=carried())
    assert "No place pays out just now. Your voucher stays good" in page.text


# ------------------------------------------------------------------- the pickup code


def test_a_code_gives_one_pickup_code_for_the_voucher_that_was_chosen(
    rewarded: Rewarded, mint: Mint, stranger: Visitor
) -> None:
    page = begin(stranger, code=rewarded.code)
    labels = [
        " ".join(re.sub("<[^>]*>", "", one).split()) for one in re.findall("<label.*?</label>", page.text)
    ]
    assert labels[:3] == ["500 yuan", "1,000 yuan · 1 of 2", "1,000 yuan · 2 of 2"]
    assert "Please choose a voucher." in said(choose(stranger, page, "9"))
    shown = choose(stranger, page, "1")
    assert shown.status_code == 200
    assert code_of(shown)
    for words in ("1,000 yuan", "Counter far", "1 East Street, 9 to 12", "Friday, April 3, 2026"):
        assert words in shown.text
    [asked] = mint.asked
    assert (asked["op"], asked["value"], asked["point"], asked["year"]) == ("redeem", 1_000, "far", YEAR)


def test_asking_again_shows_the_same_code(rewarded: Rewarded, stranger: Visitor) -> None:
    first = code_of(choose(stranger, begin(stranger, code=rewarded.code)))
    again = choose(stranger, begin(stranger, code=rewarded.code))
    assert code_of(again) == first
    assert "You had asked before: the code is the same." in again.text
    assert code_of(choose(stranger, begin(stranger, code=rewarded.code), "1")) != first


def test_a_voucher_that_was_carried_is_the_same_as_its_code_makes(
    rewarded: Rewarded, stranger: Visitor
) -> None:
    inside = rewarded.inside()
    shown = re.findall("TIPLINE-VOUCHER:[0-9:]*[A-Z2-7]{672}", press(inside, f"{REWARD}/vouchers").text)
    by_code = code_of(choose(stranger, begin(stranger, code=rewarded.code), "1"))
    wrapped = re.sub("(.{40})", "\\1 \n", shown[1].lower())
    page = begin(stranger, voucher=f"My voucher: {wrapped}")
    assert "1,000 yuan" in page.text
    assert 'name="choice" value="0" checked' in page.text
    assert code_of(choose(stranger, page)) == by_code


def test_a_replaced_code_fetches_the_same(rewarded: Rewarded, stranger: Visitor) -> None:
    before = code_of(choose(stranger, begin(stranger, code=rewarded.code)))
    visitor, old = rewarded.inside(), rewarded.code
    page = visitor.post("/mailbox/code", visitor.hidden("/mailbox/code"))
    new = re.findall('<p id="tracking-code">(.*)</p>', page.text)[0]
    assert "We know no such code." in said(begin(stranger, code=old))
    assert code_of(choose(stranger, begin(stranger, code=new))) == before


def test_a_code_that_cannot_move_says_where_it_is_good(
    rewarded: Rewarded, mint: Mint, stranger: Visitor
) -> None:
    page = begin(stranger, code=rewarded.code)
    mint.answers["redeem"] = {
        "ok": {"code": "0000000000", "point": "bank", "until": "2026-03-20", "value": 500, "again": True}
    }
    shown = choose(stranger, page).text
    assert "Counter bank" in shown
    assert "This code was made for this place before and cannot be moved now." in shown


def test_how_many_hide_a_voucher_is_said_in_words(rewarded: Rewarded, stranger: Visitor) -> None:
    page = begin(stranger, code=rewarded.code).text
    for words in ("Only few people can still", "yours is one of several", "yours is one of many"):
        assert page.count(words) == 1


def test_every_page_can_be_had_in_another_language(rewarded: Rewarded, stranger: Visitor) -> None:
    first = begin(stranger, code="1")
    chinese = stranger.post(f"{REDEEM}?lang=zh-Hans", {**hidden(first), "code": rewarded.code, "go": "stay"})
    assert rewarded.code in chinese.text
    page = stranger.post(f"{REDEEM}?lang=zh-Hans", {**hidden(chinese), "code": rewarded.code})
    english = stranger.post(f"{REDEEM}?lang=en", {**hidden(page), "choice": "1", "go": "stay"})
    assert "The voucher" in english.text
    code = choose(stranger, english, "1")
    again = stranger.post(f"{REDEEM}?lang=zh-Hans", hidden(code))
    assert code_of(again) == code_of(code)
    assert "This is the pickup code." not in again.text


def test_the_start_page_and_the_advice_lead_here(stranger: Visitor) -> None:
    for path in ("/", "/safety"):
        assert 'href="/redeem"' in stranger.get(path).text


def test_every_sentence_of_fetching_is_there_in_chinese(
    rewarded: Rewarded, mint: Mint, instance: Instance
) -> None:
    english = re.compile(r"[a-z]{3,} [a-z]{3,} [a-z]{3,}")
    visitor = Visitor(instance.app, "192.0.2.78", "zh-CN")
    page = begin(visitor, code=rewarded.code)
    pages = [visitor.get(REDEEM), begin(visitor, code="1 2"), page, choose(visitor, page)]
    for answer, _, _ in ANSWERS.values():
        mint.answers["redeem"] = answer
        pages.append(choose(visitor, page))
    for one in pages:
        words = re.sub(r"<[^>]*>", " ", one.text.split("<main")[1].split("</main>")[0])
        assert english.findall(words.replace("East Street", "")) == []


def test_a_voucher_hides_itself() -> None:
    keys = {(YEAR, 1_000): mint_key().public}
    assert "…" in repr(Voucher.read(carried(), keys))
