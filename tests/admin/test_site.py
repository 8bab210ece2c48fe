"""What holds for every page: headers, tokens, no extra fields, nothing without the keeper."""

import re
from contextlib import ExitStack
from pathlib import Path

from tests.admin.conftest import Office, hidden_state
from tests.clocks import FixedClock
from tests.world import World
from tipline.tips.models import Item, Tip

CANARY = "canary-7f3a"


def test_every_answer_carries_the_headers(office: Office) -> None:
    reviewer, auditor = office.signed_in("reviewer-a"), office.signed_in("auditor", confirmed=True)
    tip = office.put_tip()
    answers = [
        office.browser().get("/sign-in"),
        office.browser().get("/nowhere"),
        office.browser().client.put("/tips"),
        office.browser().client.post("/sign-in"),
        reviewer.get("/tips"),
        reviewer.get(f"/tips/{tip.hex()}"),
        reviewer.read(tip),
        reviewer.get("/log"),
        auditor.get("/log"),
        auditor.post("/log/verify"),
        auditor.post("/log/export"),
    ]
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store"
    with office.browser().get("/static/staff.css") as style:
        assert style.headers["Cache-Control"].startswith("public")


def test_no_page_holds_script_or_inline_style(office: Office) -> None:
    reviewer = office.signed_in("reviewer-a")
    tip = office.put_tip("<script>alert(1)</script>")
    for page in (reviewer.get("/tips/day"), reviewer.read(tip), office.signed_in("auditor").get("/log")):
        assert "<script" not in page.text
        assert "script-src" not in page.headers["Content-Security-Policy"]
        assert "style=" not in page.text
    assert "&lt;script&gt;" in reviewer.read(tip).text


def test_the_list_has_one_file_of_script_and_nothing_inline(office: Office) -> None:
    page = office.signed_in("reviewer-a").get("/tips")
    assert re.findall(r"<script[^>]*>[^<]*</script>", page.text) == [
        '<script src="/static/queue.js" defer></script>'
    ]
    assert page.text.count("<script") == 1
    assert page.headers["Content-Security-Policy"].endswith("; script-src 'self'")
    assert not re.search(r"\son[a-z]+=|style=", page.text)


def test_every_post_without_its_token_is_refused(office: Office) -> None:
    tip = office.put_tip()
    for name in ("reviewer-a", "auditor"):
        staff = office.signed_in(name)
        before = office.log_size()
        for rule in office.app.url_map.iter_rules():
            if "POST" not in (rule.methods or ()):
                continue
            path = rule.rule.replace("<text>", tip.hex()).replace("<item>", "0" * 32)
            assert staff.client.post(path, data={"purpose": "triage"}).status_code == 400, path
        assert office.log_size() == before


def test_fields_that_a_form_does_not_have_change_nothing(office: Office) -> None:
    reviewer = office.signed_in("reviewer-a")
    tip = office.put_tip()
    extra = {column.name: "integrity" for table in (Tip, Item) for column in table.__table__.columns}
    extra.pop("state")  # the hidden field of the page has this name
    before = office.row(tip)
    page = reviewer.post(f"/tips/{tip.hex()}", {"purpose": "triage", **extra})
    reviewer.act(tip, page, message="Thank you", **extra)
    after = office.row(tip)
    for column in ("desk", "state", "due_on", "arrived_on", "locator", "marker"):
        assert getattr(after, column) == getattr(before, column)


def test_without_the_keeper_nothing_is_shown_and_signing_out_works(tmp_path: Path, clock: FixedClock) -> None:
    with ExitStack() as stack:
        world = stack.enter_context(World.made(tmp_path, clock))
        office = Office(world, clock)
        with world.keeper():
            office.start()
            tip = office.put_tip(CANARY)
            reviewer, auditor = office.signed_in("reviewer-a"), office.signed_in("auditor", confirmed=True)
            page = reviewer.read(tip)
            assert CANARY in page.text
        state = hidden_state(page)
        answers = [
            reviewer.get("/tips"),
            reviewer.get(f"/tips/{tip.hex()}"),
            reviewer.read(tip),
            reviewer.post(f"/tips/{tip.hex()}", {"state": state, "message": "My long reply"}),
            auditor.get("/log"),
            auditor.post("/log/verify"),
        ]
        for answer in answers:
            assert answer.status_code == 503
            assert CANARY not in answer.text
            assert tip.hex()[:4] + "-" not in answer.text
        assert "举报仍可正常提交。请过一分钟再试" in answers[0].text
        assert "My long reply" in answers[3].text
        assert reviewer.post("/sign-out").status_code == 303
        with world.keeper():
            assert (
                office.signed_in("reviewer-a")
                .post(f"/tips/{tip.hex()}", {"state": state, "message": "x"})
                .status_code
                == 400
            )  # another session's hidden field
        office.services.keeper.close()
        office.services.database.dispose()


def test_a_database_that_does_not_answer_shows_a_clear_page(office: Office) -> None:
    reviewer = office.signed_in("reviewer-a")
    office.change("alter table tips rename to tips_away")
    answer = reviewer.get("/tips")
    assert answer.status_code == 503
    assert "数据库没有应答" in answer.text


def test_a_reply_typed_in_a_session_that_ended_comes_back(office: Office) -> None:
    reviewer = office.signed_in("reviewer-a")
    tip = office.put_tip()
    page = reviewer.read(tip)
    office.clock.advance(3600)
    answer = reviewer.act(tip, page, message="An hour of writing")
    assert answer.status_code == 401
    assert "An hour of writing" in answer.text


def test_both_languages_by_browser_and_by_link(office: Office) -> None:
    browser = office.browser()
    for tags, word in (("zh-TW", "登录"), ("zh-Hans-CN,en", "登录"), ("en-GB", "Sign in"), ("fr", "登录")):
        assert word in browser.get("/sign-in", headers={"Accept-Language": tags}).text
    browser.get("/language/en")
    assert "Sign in" in browser.get("/sign-in", headers={"Accept-Language": "zh"}).text


def test_every_page_of_a_trial_says_so(office: Office) -> None:
    reviewer = office.signed_in("reviewer-a")
    tip = office.put_tip()
    for page in (
        office.browser().get("/sign-in"),
        reviewer.get("/tips"),
        reviewer.read(tip),
        reviewer.get("/x"),
    ):
        assert "试用版" in page.text


def test_a_body_over_the_limit_is_a_clear_page(office: Office) -> None:
    reviewer = office.signed_in("reviewer-a")
    answer = reviewer.post(f"/tips/{office.put_tip().hex()}", {"message": "x" * 2_000_000})
    assert answer.status_code == 413
    assert "操作没有成功" in answer.text
