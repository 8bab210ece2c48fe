"""A reward in the mailbox: told as the keeper signed it, collected once, and never who fetched it."""

import re
import threading
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from crypto.blind_rsa import MintKey
from crypto.keys import SigningKey
from crypto.notes import NoteSigner, sign_json
from crypto.tracking_codes import TrackingCode
from crypto.vouchers import Voucher
from tests.public.instance import ORIGIN, Instance
from tests.public.rewarding import (
    AWAY,
    REWARD,
    SHOW,
    TODAY,
    VALUES,
    YEAR,
    Mint,
    Rewarded,
    mint_key,
    minting,
    press,
    refusal,
    with_rewards,
)
from tests.public.visitor import Visitor, code_on
from tipline.keeper_client.collecting import Collect
from tipline.mailbox.awards import CollectedAward, collected_award
from tipline.mailbox.doors import open_doors
from tipline.public.services import EXTENSION
from tipline.rewards.days import proof_of
from tipline.rewards.records import AwardRecord, Told

NEWS, NOTHING = "There is a new message.", "Nothing new."
GRANTED = "A reward of 6,500 yuan was granted."
COLLECTED = "You collected vouchers for 6,500 yuan on Tuesday, March 3, 2026."
CARRIED = re.compile(r"TIPLINE-VOUCHER:[0-9]{4}:[0-9]+:[A-Z2-7]{672}")
DAY = 86_400


@pytest.fixture
def mint(instance: Instance) -> Iterator[Mint]:
    with minting(with_rewards(instance)) as mint:
        yield mint


@pytest.fixture
def rewarded(instance: Instance, mint: Mint) -> Rewarded:
    return Rewarded(instance)


def news(visitor: Visitor) -> bool:
    page = visitor.get("/mailbox").text
    assert (NEWS in page) != (NOTHING in page)
    assert "yuan" not in page
    assert "reward" not in page
    return NEWS in page


def stored(rewarded: Rewarded) -> CollectedAward | None:
    use = rewarded.instance.app.extensions[EXTENSION]
    with use.database.reading() as session:
        tip = open_doors(session, TrackingCode.parse(rewarded.code), use.log).tip
        assert tip is not None
        return collected_award(session, tip)


def texts(page: str) -> list[str]:
    return CARRIED.findall(page)


# ------------------------------------------------------------------- what must not be


@pytest.mark.parametrize(
    "changes",
    [
        {"tip": "00" * 16},
        {"log": "another/log"},
        {"type": "record"},
        {"v": 2},
        {"state": "collected"},
        {"amount": "9"},
        {"until": "later"},
        {"paid": True},
    ],
    ids=str,
)
def test_a_note_of_something_else_tells_nothing(rewarded: Rewarded, changes: dict[str, Any]) -> None:
    rewarded.told()
    good = AwardRecord.read(
        rewarded.instance.rows("select record from awards_told")[0][0],
        rewarded.instance.app.extensions[EXTENSION].log,
        rewarded.tip.hex(),
    )
    rewarded.put(sign_json(good.to_body(ORIGIN, 30) | changes, rewarded.instance.signer))
    visitor = rewarded.inside()
    assert not news(visitor)
    assert "yuan" not in visitor.get("/mailbox/messages").text
    assert "No reward was granted here so far." in visitor.get(REWARD).text


def test_a_forged_note_tells_nothing(rewarded: Rewarded) -> None:
    note = rewarded.told(NoteSigner(ORIGIN, SigningKey.generate()))
    for forged in (note, b"", b"\xff"):
        rewarded.put(forged)
        assert not news(rewarded.inside())
        assert "No reward was granted here so far." in rewarded.inside().get(REWARD).text
    good = rewarded.told()
    rewarded.put(good.replace(b'"amount":6500', b'"amount":9500'))
    assert not news(rewarded.inside())


def test_before_the_grant_there_is_nothing_to_collect(rewarded: Rewarded, mint: Mint) -> None:
    visitor = rewarded.inside()
    token = visitor.hidden("/mailbox/messages")["csrf_token"]
    assert visitor.post(REWARD, {"csrf_token": token}).status_code == 422
    assert visitor.post(SHOW, {"csrf_token": token}).status_code == 404
    assert mint.asked == []


@pytest.mark.parametrize("state", [Told.EXPIRED, Told.CANCELLED, Told.NAMED, Told.SETTLED])
def test_a_reward_that_has_ended_is_not_collected_and_the_page_says_why(
    rewarded: Rewarded, mint: Mint, state: Told
) -> None:
    rewarded.told(state=state)
    visitor = rewarded.inside()
    assert news(visitor)
    said = {
        Told.EXPIRED: "It was not collected in time",
        Told.CANCELLED: "It was taken back before it was collected.",
        Told.NAMED: "You asked to be paid by name.",
        Told.SETTLED: "You were paid by name",
    }
    for page in (visitor.get("/mailbox/messages"), visitor.get(REWARD)):
        assert said[state] in page.text
    assert f'action="{REWARD}"' not in visitor.get(REWARD).text
    token = visitor.hidden("/mailbox/messages")["csrf_token"]
    assert visitor.post(REWARD, {"csrf_token": token}).status_code == 422
    assert mint.asked == []


def test_the_mailbox_signs_the_request_and_apart_from_it_that_the_award_is_collected(
    rewarded: Rewarded, mint: Mint
) -> None:
    rewarded.told()
    rewarded.collect()
    [asked] = mint.asked
    collect, key = Collect.from_fields(asked), TrackingCode.parse(rewarded.code).claim_key.public
    key.verify(bytes.fromhex(asked["signature"]), collect.message(ORIGIN))
    key.verify(bytes.fromhex(asked["proof"]), proof_of(ORIGIN, rewarded.tip.hex(), 11, YEAR))


def test_a_signature_of_a_key_that_nobody_else_knows_is_not_stored(rewarded: Rewarded, mint: Mint) -> None:
    rewarded.told()
    mint.key = MintKey.generate()  # one for this person alone: it would mark their vouchers
    answer = press(rewarded.inside(), REWARD)
    assert answer.status_code == 503
    assert "Nothing is lost." in answer.text
    assert rewarded.rows() == []
    mint.key = mint_key()
    assert press(rewarded.inside(), REWARD).status_code == 303


@pytest.mark.parametrize(
    ("answered", "status", "sentence"),
    [
        (AWAY, 503, "the computer that makes the vouchers does not answer. Nothing is lost."),
        ({"ok": {"signatures": []}}, 503, "Nothing is lost. Please come back later"),
        (refusal("award-expired"), 422, "The last day for collecting this reward has passed."),
        (refusal("not-allowed"), 422, "This reward cannot be collected any more."),
        (refusal("unknown-award"), 422, "This reward cannot be collected any more."),
        (refusal("already-collected"), 422, "This reward cannot be collected any more."),
    ],
    ids=["away", "lies", "expired", "cancelled", "unknown", "others"],
)
def test_what_the_keeper_does_not_sign_is_said_in_words_and_nothing_is_lost(
    rewarded: Rewarded, mint: Mint, answered: dict[str, Any], status: int, sentence: str
) -> None:
    rewarded.told()
    mint.answers["mint"] = answered
    page = press(rewarded.inside(), REWARD)
    assert (page.status_code, sentence in page.text) == (status, True)
    assert GRANTED in page.text
    assert rewarded.rows() == []
    mint.answers.clear()
    rewarded.collect()
    assert COLLECTED in rewarded.inside().get(REWARD).text


def test_without_keys_of_this_year_it_waits(instance: Instance) -> None:
    with minting(with_rewards(instance, mint=[])):
        rewarded = Rewarded(instance)
        rewarded.told()
        page = press(rewarded.inside(), REWARD)
    assert page.status_code == 422
    assert "the vouchers of this year are still being prepared" in page.text


def test_a_keeper_that_is_not_there_is_said_too(instance: Instance) -> None:
    rewarded = Rewarded(with_rewards(instance))
    rewarded.told()
    assert press(rewarded.inside(), REWARD).status_code == 503


def test_one_client_has_vouchers_made_six_times_a_minute(rewarded: Rewarded) -> None:
    rewarded.told()
    visitor = rewarded.inside()
    token = visitor.hidden(REWARD)["csrf_token"]
    statuses = [visitor.post(REWARD, {"csrf_token": token}).status_code for _ in range(7)]
    assert statuses == [303] * 6 + [429]


# ------------------------------------------------------------------- what is told, and when it is new


def test_a_grant_is_news_until_it_was_seen(rewarded: Rewarded) -> None:
    visitor = rewarded.inside()
    assert not news(visitor)
    rewarded.told()
    assert news(visitor)
    page = visitor.get("/mailbox/messages").text
    assert GRANTED in page
    assert "until Tuesday, September 1, 2026" in page
    assert not news(visitor)
    assert GRANTED in visitor.get("/mailbox/messages").text


def test_an_extension_is_news(rewarded: Rewarded) -> None:
    visitor = rewarded.inside()
    rewarded.told()
    visitor.get("/mailbox/messages")
    rewarded.told(state=Told.EXTENDED, until=date(YEAR + 1, 3, 1), since=40)
    assert news(visitor)
    assert "March 1, 2027" in visitor.get("/mailbox/messages").text
    assert not news(visitor)


@pytest.mark.parametrize("collected", [False, True])
def test_who_does_not_collect_is_reminded_after_30_90_and_150_days(
    rewarded: Rewarded, collected: bool
) -> None:
    rewarded.told(granted=TODAY)
    if collected:
        rewarded.collect()
    reminded = []
    for day in range(0, 180, 10):
        rewarded.instance.clock.advance(10 * DAY if day else 0)
        visitor = rewarded.inside()
        if news(visitor):
            reminded.append(day)
        visitor.get("/mailbox/messages")
    assert reminded == ([0] if collected else [0, 30, 90, 150])


def test_what_was_seen_of_a_reward_is_kept_beside_the_messages(rewarded: Rewarded) -> None:
    rewarded.told()
    visitor = rewarded.inside()
    visitor.get("/mailbox/messages")
    visitor.write("Thank you.")
    visitor.get("/mailbox/messages")
    assert not news(visitor)
    sizes = {len(row[0]) for row in rewarded.instance.rows("select marker from tips")}
    assert len(sizes) == 1


def test_no_title_and_no_address_tells_of_a_reward(rewarded: Rewarded) -> None:
    rewarded.told()
    rewarded.collect()
    visitor = rewarded.inside()
    for page in (visitor.get("/mailbox/messages"), visitor.get(REWARD), press(visitor, SHOW)):
        [title] = re.findall("<title>(.*)</title>", page.text)
        assert title == "Enquiry · Public services"
    for address in (REWARD, SHOW):
        assert not re.search("reward|award|money|collect", address)


# ------------------------------------------------------------------- collecting


def test_how_well_each_voucher_would_hide_is_said_before_it_is_collected_and_after(
    rewarded: Rewarded,
) -> None:
    rewarded.told()
    visitor = rewarded.inside()
    before = visitor.get(REWARD).text
    rewarded.collect()
    after = rewarded.inside().get(REWARD).text
    for page in (before, after):
        assert "Only few people can still have a voucher of this value." in page
        assert "yours is one of several" in page
        assert "yours is one of many" in page
        assert f"from Friday, January 1, {YEAR + 1} at the latest each voucher of this year gets one" in page
    assert before.index("How well a voucher hides you") < before.index('id="collect"')


def test_vouchers_that_have_expired_are_not_said_to_hide(rewarded: Rewarded) -> None:
    rewarded.told()
    rewarded.collect()
    rewarded.instance.clock.advance((date(YEAR + 4, 1, 1) - rewarded.instance.clock.today()).days * DAY)
    page = rewarded.inside().get(REWARD).text
    assert "Your reward" in page
    assert "How well a voucher hides you" not in page


def test_collecting_makes_vouchers_of_the_whole_amount(rewarded: Rewarded) -> None:
    rewarded.told()
    visitor = rewarded.inside()
    assert press(visitor, REWARD).headers["Location"] == REWARD
    assert COLLECTED in visitor.get(REWARD).text
    assert "You collected vouchers for it on Tuesday, March 3, 2026." in visitor.get("/mailbox/messages").text
    page = press(visitor, SHOW)
    keys = {(YEAR, value): mint_key().public for value in VALUES}
    values = [Voucher.read(text, keys).value for text in texts(page.text)]
    assert values == [500, 1_000, 5_000]
    assert page.text.count("<svg") == 3


def test_pressing_again_is_the_same(rewarded: Rewarded, mint: Mint) -> None:
    rewarded.told()
    visitor = rewarded.inside()
    shown = set()
    for _ in range(2):
        press(visitor, REWARD)
        shown.add(tuple(texts(press(visitor, SHOW).text)))
    assert len(shown) == 1
    assert len(rewarded.rows()) == 1
    first, second = mint.asked
    assert first == second


def test_pressed_twice_at_once_it_is_collected_once(rewarded: Rewarded) -> None:
    rewarded.told()
    visitors = [rewarded.inside() for _ in range(4)]
    tokens = [visitor.hidden(REWARD)["csrf_token"] for visitor in visitors]
    statuses: list[int] = []
    threads = [
        threading.Thread(
            target=lambda one=one, token=token: statuses.append(
                one.post(REWARD, {"csrf_token": token}).status_code
            )
        )
        for one, token in zip(visitors, tokens, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [303] * 4
    assert len(rewarded.rows()) == 1


def test_a_lost_row_comes_back_with_the_same_vouchers(rewarded: Rewarded) -> None:
    rewarded.told()
    rewarded.collect()
    visitor = rewarded.inside()
    before = texts(press(visitor, SHOW).text)
    for lost in ("delete from collected", "update collected set sealed = x'00'"):
        rewarded.instance.change(lost)
        assert GRANTED in visitor.get(REWARD).text
        assert press(visitor, REWARD).status_code == 303
        assert texts(press(visitor, SHOW).text) == before


def test_a_row_lost_in_a_later_year_comes_back_under_the_keys_of_the_year_that_it_was(
    rewarded: Rewarded, mint: Mint
) -> None:
    rewarded.told(granted=date(YEAR - 1, 12, 1))
    mint.years = {YEAR - 1}
    rewarded.collect()
    assert [one["year"] for one in mint.asked] == [YEAR, YEAR - 1]
    collected = stored(rewarded)
    assert collected is not None
    assert collected.year == YEAR - 1


def test_what_is_stored_has_one_size_and_only_the_reporter_opens_it(rewarded: Rewarded) -> None:
    sizes, sealed = set(), b""
    for amount in (500, 9_500):
        rewarded.told(amount=amount)
        rewarded.collect()
        [sealed] = rewarded.rows()
        sizes.add(len(sealed))
        collected = stored(rewarded)
        assert collected is not None
        assert not any(signature in sealed for _, signature in collected.signatures)
        assert str(amount).encode() not in sealed
    assert len(sizes) == 1
    other = Rewarded(rewarded.instance)
    rewarded.instance.change(
        "insert into collected (tip, sealed) values (:tip, :sealed)", tip=other.tip, sealed=sealed
    )
    assert stored(other) is None


def test_what_was_collected_of_an_earlier_award_is_not_taken_for_this_one(rewarded: Rewarded) -> None:
    rewarded.told()
    rewarded.collect()
    rewarded.told(award=99, since=100)
    assert GRANTED in rewarded.inside().get(REWARD).text


def test_the_mailbox_never_says_whether_a_voucher_was_spent(rewarded: Rewarded, mint: Mint) -> None:
    rewarded.told()
    rewarded.collect()
    asked = len(mint.asked)
    visitor = rewarded.inside()
    for page in ("/mailbox", "/mailbox/messages", REWARD):
        visitor.get(page)
    press(visitor, SHOW)
    assert len(mint.asked) == asked


# ------------------------------------------------------------------- the code, and the end of the mailbox


def test_a_replaced_code_makes_the_same_vouchers(rewarded: Rewarded) -> None:
    rewarded.told()
    rewarded.collect()
    visitor = rewarded.inside()
    before = texts(press(visitor, SHOW).text)
    rewarded.code = code_on(visitor.post("/mailbox/code", visitor.hidden("/mailbox/code")))
    assert texts(press(rewarded.inside(), SHOW).text) == before
    rewarded.instance.change("delete from collected")
    rewarded.collect()
    assert texts(press(rewarded.inside(), SHOW).text) == before


def test_giving_up_the_mailbox_warns_of_a_reward_that_waits_and_of_vouchers(rewarded: Rewarded) -> None:
    waits, depends = "A reward waits here", "Your vouchers are made from this code."
    visitor = rewarded.inside()
    plain = visitor.get("/mailbox/close").text
    assert waits not in plain
    assert depends not in plain
    rewarded.told()
    assert waits in visitor.get("/mailbox/close").text
    press(visitor, REWARD)
    page = visitor.get("/mailbox/close").text
    assert waits not in page
    assert depends in page


def test_every_sentence_of_the_reward_is_there_in_chinese(rewarded: Rewarded) -> None:
    rewarded.told()
    english = re.compile(r"[a-z]{3,} [a-z]{3,} [a-z]{3,}")
    for step in ("before", "after"):
        visitor = rewarded.inside("zh-CN")
        pages = [visitor.get(path).text for path in ("/mailbox/messages", REWARD, "/mailbox/close")]
        if step == "after":
            pages.append(press(visitor, SHOW).text)
        for page in pages:
            words = re.sub(r"<[^>]*>", " ", page.split("<main")[1].split("</main>")[0])
            assert english.findall(words) == []
        press(visitor, REWARD)
