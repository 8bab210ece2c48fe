"""The rounds through the admin site: each brings its pages into the states there are and looks at them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit

from pyotp import TOTP

from crypto.tracking_codes import TrackingCode
from tests.journeys import browser as plain
from tests.journeys.eyes import as_somebody
from tests.journeys.overseeing import start_keeper_anew
from tests.journeys.people import confirm, move, open_mailbox, photo, report, sign_in
from tests.journeys.staff import UNFOLD
from tests.journeys.store import rows
from tests.journeys.trial import Trial
from tests.journeys.walker import Walker
from tests.journeys.windows import LAST_BUTTON

PASSWORD: Final = "quarry lantern seven umbrellas"
TEXT: Final = "They collect money at the fish market every Friday. Call 138 0013 8000."
CASE: Final = re.compile(r"/protection/[0-9a-f]{32}")
READ: Final = "main form:has([name=purpose]) button"
ASKED: Final = 428
"""The status of the page that asks who it is."""
ORDINARY: Final[Mapping[str, str | list[str]]] = {
    "ground": "reward",
    "hours": "4",
    "tell": "first",
    "reason": "The reward is paid by name.",
    "basis": "The rules for rewards.",
}
URGENT: Final[Mapping[str, str | list[str]]] = {
    "ground": "life",
    "emergency": ["yes"],
    "tell": "after",
    "tell_reason": "There is no time.",
    "reason": "They know the house.",
}


@dataclass(frozen=True)
class Staff:
    """Who is signed in, each in a browser of their own, and what they have prepared to be looked at."""

    trial: Trial
    reviewer: plain.Browser
    registrar: plain.Browser
    auditor: plain.Browser
    custodian: plain.Browser
    reported: str
    disclosed: str
    undecided: str

    def be(self, walker: Walker, who: plain.Browser) -> None:
        """Walk on as one of them."""
        as_somebody(walker.window.context, who)

    def member(self, name: str) -> str:
        """A member's page."""
        [(member,)] = rows(self.trial, "SELECT member_id FROM accounts WHERE name = ?", name)
        return f"/members/{member}"

    def tip(self, state: str, more: str = "", offset: int = 0) -> str:
        """The page of a tip in a state, at the desk of intake."""
        query = f"SELECT id FROM tips WHERE desk = 'intake' AND state = ? {more} ORDER BY id LIMIT 1 OFFSET ?"
        [(tip,)] = rows(self.trial, query, state, offset)
        return f"/tips/{tip.hex()}"


def press_anyway(walker: Walker, name: str, selector: str = LAST_BUTTON) -> None:
    """Press a button of a form that the browser would hold back for what is missing, and look."""
    walker.page.evaluate("() => { for (const each of document.forms) each.noValidate = true; }")
    walker.press(name, selector)


def prepare(trial: Trial, text: str = TEXT, photos: Sequence[plain.Upload] = ()) -> Staff:
    """Sign everybody in; a change waits for a signature, and a tip with files has come."""
    names = ("reviewer-a", "registrar", "auditor", "custodian-1")
    reviewer, registrar, auditor, custodian = (sign_in(trial, name) for name in names)
    reporter = plain.Browser(trial.public, headers={"X-Forwarded-For": "198.51.100.197"})
    code = report(reporter, text, files=photos or [photo("a.png", 1)])
    [(tip,)] = rows(trial, "SELECT id FROM tips WHERE locator = ?", TrackingCode.parse(code).locator_hash)
    reported = f"/tips/{tip.hex()}"
    _leave_name(reporter, code)
    reviewer.get("/tips")
    disclosed = _ask_for_name(trial, reviewer, reported, URGENT)
    _allow(trial, custodian, disclosed)
    undecided = _ask_for_name(trial, reviewer, reported, ORDINARY)
    staff = Staff(trial, reviewer, registrar, auditor, custodian, reported, disclosed, undecided)
    page = registrar.get(f"{staff.member('reviewer-b')}/change?do=lead&desk=intake")
    [choice] = [
        one for one in page.form("other").choices["other"] if staff.member("reviewer-a").endswith(one)
    ]
    asked = registrar.submit(page, page.form("other"), {"other": choice})
    assert confirm(trial, registrar, asked, "registrar").status == 200
    return staff


def _leave_name(reporter: plain.Browser, code: str) -> None:
    open_mailbox(reporter, code)
    page = reporter.get("/mailbox/reach")
    values = {"name": "Li Na", "contact": "138 0013 8000, after seven"}
    assert reporter.submit(page, page.form("contact"), values).status == 200


def _ask_for_name(
    trial: Trial, reviewer: plain.Browser, reported: str, values: Mapping[str, str | list[str]]
) -> str:
    """The address of a request, once it is signed."""
    page = reviewer.get(f"{reported}/identity")
    done = reviewer.submit(page, page.form("ground"), values)
    done = confirm(trial, reviewer, done, "reviewer-a") if done.status == ASKED else done
    assert done.status == 200, done.words
    return urlsplit(done.url).path


def _allow(trial: Trial, custodian: plain.Browser, request: str) -> None:
    page = custodian.get(request)
    asked = custodian.submit(page, page.form("reason"), {"reason": "A life."}, press=("approved", "yes"))
    done = confirm(trial, custodian, asked, "custodian-1")
    assert "Allowed and handed over" in done.words, done.words


def strangers(walker: Walker, staff: Staff) -> None:
    """Nobody is signed in."""
    walker.window.context.clear_cookies()
    walker.look_at("sign-in", "/sign-in")
    for name in ("name", "password", "otp"):
        walker.page.locator(f"#{name}").fill("123456")
    walker.press("sign-in, wrong")
    walker.look_at("a link that is none", f"/enrol/{'A' * 43}")


def the_list(walker: Walker, staff: Staff) -> None:
    """The list in its states, the day, handing over, and what is no tip."""
    staff.be(walker, staff.reviewer)
    for name, path in (
        ("list", "/tips"),
        ("list, filtered", "/tips?state=all&category=usury&sort=age"),
        ("list, empty", "/tips?state=erased"),
        ("day", "/tips/day"),
        ("hand over", "/tips/hand-over"),
        ("hand over, all ticked", "/tips/hand-over?tick=all"),
        ("no such page", "/nothing-here"),
    ):
        walker.look_at(name, path)
    walker.go("/tips")
    walker.page.locator("#words").fill("nowhere")
    walker.press("list, searched", "search button")
    walker.go("/tips?state=triage")
    walker.page.locator("details.more").evaluate("each => { each.open = true; }")
    press_anyway(walker, "list, a view without a name", "form[action='/tips/views'] button >> nth=0")
    walker.go("/tips")
    walker.page.locator("tbody input[name=tip]").first.check()
    walker.press("no tips", "button[form=spam]")
    walker.page.locator("#reason").fill("  ")
    walker.press("no tips, no reason")
    walker.go("/tips/hand-over")
    for box in walker.page.locator("#hand-over input[name=tips]").all():
        box.uncheck()
    walker.page.locator("#to").select_option(index=1)
    press_anyway(walker, "hand over, none ticked", "#hand-over button")


def tips(walker: Walker, staff: Staff) -> None:
    """A tip's page before and after a reading, in many states, and with everything that can be wrong."""
    staff.be(walker, staff.reviewer)
    walker.look_at("tip, somebody else's", staff.tip("triage"))
    for state, more in (
        ("received", ""),
        ("screening", ""),
        ("triage", ""),
        ("need-more", ""),
        ("transferred", ""),
        ("verifying", "AND paused = 0"),
        ("outcome", ""),
        ("review", ""),
        ("closed", ""),
    ):
        walker.go(staff.tip(state, more))
        walker.press(f"tip, {state}", READ)
    walker.go(staff.tip("verifying", "AND paused = 1"))
    walker.press("tip, its clock stands", READ)
    walker.go(staff.reported)
    walker.press("tip, with a file", READ)
    walker.page.locator("#message").fill("Ask at 138 0013 8000.")
    walker.press("tip, naming somebody", "button[name=step][value=message]")
    walker.press("tip, a template", "button[name=step][value=template]")
    mark = "button[name=step][value=accused]"
    walker.page.locator(mark).evaluate(UNFOLD)
    walker.page.locator("#accused-names").fill("x")
    walker.press("tip, no name", mark)
    walker.page.locator("#accused-names").fill(f"Zhang San {walker.language}")
    walker.press("tip, somebody marked", mark)
    walker.press("tip, those alike", "button[name=step][value=similar]")
    form = "form:has(#link-other)"
    walker.page.locator("#link-other").evaluate(UNFOLD)
    walker.page.locator("#link-other").fill("0000-0000")
    walker.press("tip, no such other", f"{form} button")
    preview = walker.page.locator("button[formaction$='/preview']")
    preview.evaluate("button => button.removeAttribute('formtarget')")
    walker.press("preview", "button[formaction$='/preview']")
    walker.look_at("names, not read", f"{staff.reported}/accused")
    walker.press("names, read", "main form button")
    walker.page.locator("main details button").first.evaluate(UNFOLD)
    walker.page.locator("main details textarea").first.fill("x")
    walker.press("names, a correction that is none", "main details button >> nth=0")


def transfers(walker: Walker, staff: Staff) -> None:
    """A transfer before, its letter, and its receipt."""
    staff.be(walker, staff.reviewer)
    address = staff.tip("triage")
    walker.look_at("transfer", f"{address}/transfer")
    walker.page.locator("#body").select_option(index=1)
    walker.page.locator("[name=packet][value=paper]").check()
    walker.press("transfer, the letter", "#begin button")
    walker.look_at("transfer, on its way", f"{staff.tip('transferred')}/transfer")
    walker.page.locator("#reference").fill("  ")
    walker.page.locator("#received_on").fill(walker.page.get_attribute("#received_on", "max") or "")
    walker.press("transfer, no number", "#receipt button")
    walker.look_at("transfer, not now", f"{staff.tip('verifying', 'AND paused = 0')}/transfer")


def names(walker: Walker, staff: Staff) -> None:
    """Asking for a name, deciding about it, and the name itself."""
    staff.be(walker, staff.reviewer)
    walker.look_at("tip, with a name", staff.reported)
    walker.look_at("ask for a name, one request waits", f"{staff.reported}/identity")
    walker.look_at("disclosures, mine", "/disclosures")
    walker.look_at("a request of mine, undecided", staff.undecided)
    walker.look_at("a request of mine, open", staff.disclosed)
    walker.press("a request of mine, why it was allowed", "#answer button")
    other = sign_in(staff.trial, "reviewer-b")
    other.get("/tips")
    staff.be(walker, other)
    walker.look_at("disclosures, none", "/disclosures")
    walker.look_at("ask for a name", f"{staff.reported}/identity")
    press_anyway(walker, "ask for a name, asked who it is")
    staff.be(walker, staff.custodian)
    walker.look_at("disclosures, to decide", "/disclosures")
    walker.look_at("a request that I allowed", staff.disclosed)
    walker.look_at("a request to decide", staff.undecided)
    walker.press("a request to decide, why", "#why button")
    press_anyway(walker, "a request, asked who it is, or no reason", "button[name=approved][value=no]")
    asks = sign_in(staff.trial, "reviewer-a")
    page = asks.get(staff.disclosed)
    asked = asks.submit(page, page.form(action=staff.disclosed))
    assert confirm(staff.trial, asks, asked, "reviewer-a").status == 200
    staff.be(walker, asks)
    walker.go(staff.disclosed)
    walker.press("the name", f"form[action='{staff.disclosed}'] button")


def papers(walker: Walker, staff: Staff) -> None:
    """What came on paper, and the sheets with codes."""
    staff.be(walker, staff.reviewer)
    walker.look_at("enter a tip", "/tips/new")
    press_anyway(walker, "enter a tip, nothing filled in")
    walker.look_at("what to say", "/tips/new/script")
    walker.look_at("sheets", "/sheets")
    walker.page.locator("#count").fill("2")
    walker.press("sheets, printed")


def account(walker: Walker, staff: Staff) -> None:
    """One's own account."""
    staff.be(walker, staff.reviewer)
    walker.look_at("account", "/account")
    press_anyway(walker, "account, nothing declared", "#conflicts form button")
    for name in ("old", "otp", "new", "again"):
        walker.page.locator(f"#{name}").fill("123456123456")
    walker.press("account, wrong password", "#password form button")
    walker.look_at("waits for me", "/proposals")
    walker.look_at("members, for a reviewer", "/members")
    walker.look_at("desks, for a reviewer", "/members/desks")
    walker.look_at("a member, for a reviewer", staff.member("reviewer-b"))


def interference(walker: Walker, staff: Staff) -> None:
    """The register: filing, reading, answering, and the report upward."""
    staff.be(walker, staff.reviewer)
    walker.look_at("interference, to file", "/interference/new")
    press_anyway(walker, "interference, nothing filled in")
    for name in ("who", "case", "when", "happened"):
        walker.page.locator(f"#{name}").fill("周某 / Old Zhou")
    walker.page.locator("#how-stop").check()
    walker.page.locator("#unseen-u2").check()
    walker.press("interference, filed")
    mine = walker.page.locator("ul.entries a").first.get_attribute("href") or ""
    walker.look_at("interference, an entry of mine", mine)
    integrity = sign_in(staff.trial, "integrity")
    staff.be(walker, integrity)
    walker.look_at("interference, the register", "/interference")
    walker.look_at("interference, an entry", mine)
    walker.press("interference, an entry that was read", "#account button")
    press_anyway(walker, "interference, no answer")
    walker.look_at("interference, the report", "/interference/report")


def protection(walker: Walker, staff: Staff) -> None:
    """A case from its opening to a proposed plan, and what is wrong with a form."""
    protects = sign_in(staff.trial, "protection")
    staff.be(walker, protects)
    walker.look_at("protection, open a case", "/protection/new")
    press_anyway(walker, "protection, nothing filled in", "form[action='/protection/new'] button")
    for box in ("group-officer", "agrees-asked", "channel-walk-in", "no_sheet", "harms-framing", "danger"):
        walker.page.locator(f"#{box}").check()
    walker.page.locator("#description").fill("Somebody made up a photo of me.")
    walker.press("protection, case opened", "form[action='/protection/new'] button")
    walker.look_at("protection, the list", "/protection?group=officer")
    case = walker.page.locator("tbody a.handle").first.get_attribute("href") or ""
    walker.look_at("protection, the board", "/protection")
    walker.look_at("protection, none", "/protection?state=ended&due=unheard")
    walker.look_at("protection, a case", case)
    walker.press("protection, a case that was read", READ)
    walker.page.locator("#danger_what").evaluate(UNFOLD)
    walker.page.locator("#danger_at_once-none").check()
    press_anyway(walker, "protection, a form that is wrong", "button[name=step][value=danger]")
    _fill(walker, danger_what="A photo.", danger_since="2026-01-05", danger_why_none="It was at noon.")
    walker.press("protection, a form that is kept", "button[name=step][value=danger]")
    for factor in ("threat", "capability", "exposure", "dependants", "triggers"):
        walker.page.locator(f"#risk_{factor}").evaluate(UNFOLD)
        walker.page.locator(f"#risk_{factor}").select_option("2")
    walker.page.locator("#risk_level").select_option("suggested")
    walker.press("protection, assessed", "button[name=step][value=assessment]")
    walker.page.locator("#plan_what_1").evaluate(UNFOLD)
    walker.page.locator("#plan_what_1").select_option("at-work")
    walker.page.locator("#plan_consent").select_option("in-person")
    _fill(walker, plan_owner_1="The protection desk", plan_from_1="2026-01-05")
    walker.press("protection, a plan that another approves", "button[name=step][value=plan]")


def _fill(walker: Walker, **texts: str) -> None:
    """Write into fields."""
    for name, text in texts.items():
        field = walker.page.locator(f"#{name}")
        field.evaluate(UNFOLD)
        field.fill(text)


def letters(walker: Walker, staff: Staff) -> None:
    """What goes out of an officer's case, and the page of a name that nobody has left."""
    staff.be(walker, sign_in(staff.trial, "protection"))
    walker.go("/protection?group=officer&state=all")
    links = walker.page.locator("main a").evaluate_all("all => all.map(each => each.getAttribute('href'))")
    case = next(link for link in links if CASE.fullmatch(link))
    walker.look_at("a name that nobody left", f"{case}/identity")
    walker.page.locator("#identity_name").fill("11010519491231002X")
    walker.press("a name, with a card's number", "#write button")
    walker.look_at("a letter that names an alias", f"{case}/letter/referral")
    walker.press("a letter to print")
    walker.look_at("a clearing letter", f"{case}/letter/clearing")
    walker.page.locator("#cleared_name").fill("11010519491231002X")
    walker.press("a clearing letter, with a card's number")
    walker.page.locator("#cleared_name").fill("周正明 / Zhou")
    walker.press("a clearing letter to print")


def rewards(walker: Walker, staff: Staff) -> None:
    """The reward office: a proposal, the board, an award before each step, budget, keys, points, rules."""
    proposer = sign_in(staff.trial, "proposer")
    proposer.get("/tips")
    staff.be(walker, proposer)
    walker.look_at("propose a reward, not yet", f"{staff.tip('triage')}/reward")
    _find_form(walker, staff)
    walker.press("propose a reward, nothing chosen", "button[value=propose]")
    for box in ("major-evil-force", "novelty-new", "duty-none", *(f"score_{one}-2" for one in FACTORS)):
        walker.page.locator(f"#{box}").check()
    walker.press("propose a reward, worked out", "button[value=work-out]")
    staff.be(walker, sign_in(staff.trial, "verifier"))
    walker.look_at("rewards, the board", "/rewards?show=all")
    walker.look_at("rewards, none", "/rewards?show=settled")
    walker.look_at("rewards, keys", "/rewards/keys")
    _look_at_mine(walker, "an award to check")
    walker.page.locator("[name=outcome]").first.check()
    walker.page.locator("#number").fill("2001-1")
    walker.press("an award, another paper", "button[name=answer][value=yes]")
    staff.be(walker, sign_in(staff.trial, "approver"))
    walker.look_at("rewards, budget", "/rewards/budget")
    press_anyway(walker, "rewards, budget, asked who it is, or nothing filled in")
    _look_at_mine(walker, "an award to approve")
    press_anyway(walker, "an award, asked who it is, or no reason", "button[name=answer][value=no]")
    staff.be(walker, staff.registrar)
    walker.look_at("rewards, points", "/rewards/points")
    walker.press("rewards, a point", "ul.points a >> nth=0")
    walker.look_at("rewards, rules", "/rewards/rules")
    press_anyway(walker, "rewards, rules, asked who it is, or nobody chosen")


FACTORS: Final = ("result", "originality", "completeness", "risk", "help")


def _find_form(walker: Walker, staff: Staff) -> None:
    """The form for a tip without an award; where the sample tips leave none, one is confirmed first."""
    if not _shows_form(walker, staff):
        _confirm_an_outcome(staff)
        assert _shows_form(walker, staff)
    walker.look_at("propose a reward", urlsplit(walker.page.url).path)


def _shows_form(walker: Walker, staff: Staff) -> bool:
    query = "SELECT id FROM tips WHERE desk = 'intake' AND state IN ('feedback', 'closed') ORDER BY id"
    for (tip,) in rows(staff.trial, query):
        walker.go(f"/tips/{tip.hex()}/reward")
        if walker.page.locator("#tier").count():
            return True
    return False


def _confirm_an_outcome(staff: Staff) -> None:
    """By the reviewer who did not record it."""
    colleague = sign_in(staff.trial, "reviewer-b")
    colleague.get("/tips")
    move(colleague, staff.tip("outcome"), "feedback")


def _look_at_mine(walker: Walker, name: str) -> None:
    """The first award that waits for whoever looks."""
    walker.go("/rewards?show=mine")
    walker.look_at(name, walker.page.locator("table.awards a").first.get_attribute("href") or "")


def members(walker: Walker, staff: Staff) -> None:
    """The registrar's rooms, and somebody who is enrolled meanwhile."""
    staff.be(walker, staff.registrar)
    for name, path in (
        ("rooms", "/"),
        ("members", "/members"),
        ("desks", "/members/desks"),
        ("working days", "/members/calendar"),
        ("units", "/members/units"),
        ("a unit", "/members/units?unit=u3"),
        ("bodies", "/members/bodies"),
        ("witnesses, named", "/members/witnesses"),
        ("witnesses, agreed", "/members/witnesses?do=policy"),
        ("add a desk", "/members/desks/new"),
        ("a member", staff.member("reviewer-a")),
        ("what I asked for", "/proposals"),
        ("a change of two", f"{staff.member('reviewer-b')}/change?do=role&role=liaison"),
        ("a change that cannot be", f"{staff.member('reviewer-b')}/change?do=grant&desk=auditors"),
        ("a change of one", f"{staff.member('reviewer-b')}/change?do=suspend"),
    ):
        walker.look_at(name, path)
    walker.go("/members/units")
    press_anyway(walker, "add a unit, asked who it is, or nothing filled in")
    walker.look_at("add a person", "/members/new")
    walker.page.locator("#person").fill("reviewer-a")
    walker.page.locator("#unit").select_option("u2")
    walker.press("add a person, the name is taken")
    walker.page.locator("#person").fill(f"chen-{walker.language.lower()}")
    walker.press("the link")
    link = urlsplit(walker.page.inner_text("#link")).path
    walker.look_at("members, one invited", "/members")
    joining = walker.page.locator("a[href^='/members/joining/']").last.get_attribute("href") or ""
    walker.look_at("joining, link not used", joining)
    _enrol(walker, link)
    staff.be(walker, staff.registrar)
    walker.look_at("joining, to compare", joining)
    walker.page.locator("#compared").check()
    walker.page.locator("#group").fill("00000")
    walker.press("joining, asked who it is, or another group", "main form.card button")
    walker.go(joining)
    walker.window.press("form[action$='/end'] button")


def _enrol(walker: Walker, link: str) -> None:
    walker.window.context.clear_cookies()
    walker.look_at("enrol", link)
    walker.page.locator("#password").fill("123456123456")
    walker.page.locator("#again").fill("123456123456")
    walker.press("enrol, a weak password")
    walker.page.locator("#password").fill(PASSWORD)
    walker.page.locator("#again").fill(PASSWORD)
    walker.press("enrol, the authenticator")
    uri = walker.page.locator("a[href^='otpauth:']").get_attribute("href") or ""
    code = TOTP(parse_qs(urlsplit(uri).query)["secret"][0])
    walker.page.locator("#otp").fill("000000")
    walker.press("enrol, a wrong code")
    walker.page.locator("#otp").fill(code.now())
    walker.press("enrol, the fingerprint")


def second_look(walker: Walker, staff: Staff) -> None:
    """What is asked for once more before an export."""
    staff.be(walker, staff.auditor)
    walker.go("/log")
    walker.press("who it is", "form[action='/log/export'] button")
    walker.page.locator("#confirm_password").fill("123456")
    walker.page.locator("#confirm_otp").fill("123456")
    walker.press("who it is, wrong", "main form:has(#confirm_otp) button")


def alerts(walker: Walker) -> None:
    """What the keeper raised, one of it, the rules and the decoys."""
    walker.look_at("alerts", "/log/alerts")
    found = walker.page.locator("tbody a[href^='/log/alerts/']")
    if found.count():
        walker.look_at("an alert", found.first.get_attribute("href") or "")
        finding = "main form[action^='/log/alerts/']:not([action$='/ask']) button"
        press_anyway(walker, "an alert, nothing found", finding)
    walker.look_at("alerts, reviewed", "/log/alerts?show=reviewed")
    walker.look_at("questions from auditors", "/account/questions")
    walker.look_at("rules of alerts", "/log/alerts/rules")
    walker.page.locator("#burst-count").fill("0")
    press_anyway(walker, "rules of alerts, out of bounds", "main form button >> nth=-1")
    walker.look_at("decoys", "/log/alerts/decoys")


def reports(walker: Walker, staff: Staff) -> None:
    """Who knew since when, and months."""
    walker.look_at("reports", "/log/reports")
    walker.look_at("reports, no such tip", "/log/reports?tip=0000-0000")
    walker.look_at("report of a tip", f"/log/reports{staff.tip('triage')}")
    walker.look_at("report of a month", "/log/reports/months/2020-01")


def verified(walker: Walker, staff: Staff) -> None:
    """What verifying shows, in a session of its own: the others are asked again who they are."""
    auditor = sign_in(staff.trial, "auditor")
    page = auditor.get("/log")
    asked = auditor.submit(page, page.form(action="/log/verify"))
    assert confirm(staff.trial, auditor, asked, "auditor").status == 200
    staff.be(walker, auditor)
    walker.go("/log")
    walker.press("log, verified", "form[action='/log/verify'] button")
    staff.be(walker, staff.auditor)


def log(walker: Walker, staff: Staff) -> None:
    """The auditors' rooms; the keeper counts anew of how many entries one auditor has asked for."""
    start_keeper_anew(staff.trial)
    staff.be(walker, staff.auditor)
    walker.look_at("log", "/log")
    walker.look_at("log, the earliest", "/log?before=20")
    walker.look_at("log, inventory", "/log/inventory")
    alerts(walker)
    reports(walker, staff)
    walker.look_at("log, evidence", "/log/evidence")
    walker.look_at("log, evidence chosen", "/log/evidence?type=all-roster&last=40")
    walker.look_at("log, evidence of nothing", "/log/evidence?type=sheets&to=2001-01-01&last=40")
    walker.look_at("log, its witnesses", "/log/witnesses")
    walker.look_at("log, its head", "/log/checkpoint")
    walker.look_at("log, which one goes on", "/log/heads")
    walker.look_at("log, filtered", "/log?type=read&outcome=done")
    walker.look_at("log, nothing fits", "/log?purpose=audit&to=2000-01-01")
    walker.look_at("log, no such handle", "/log?tip=0000-0000")
    for room in ("charts", "refusals", "exports", "roster", "duties", "missed"):
        walker.look_at(f"log, {room}", f"/log/{room}")
    walker.look_at("log, no charts", "/log/charts?from=2001-01-01&to=2001-01-05")
    walker.look_at("log, a member's day", f"/log{staff.member('reviewer-a')}")
    walker.look_at("log, a tip's life", f"/log{staff.tip('verifying')}")
    verified(walker, staff)
    before = 10_000
    while True:
        walker.go(f"/log?before={before}")
        reasons = walker.page.locator("form[action^='/log/reasons/'] button")
        if reasons.count():
            break
        before = int(
            (walker.page.locator("a[href*='before=']").last.get_attribute("href") or "=1").split("=")[1]
        )
    walker.press("a reason", "form[action^='/log/reasons/'] button >> nth=0")
    walker.look_at("leaders", "/leaders")


ROUNDS: Final[Sequence[Callable[[Walker, Staff], None]]] = (
    strangers,
    the_list,
    tips,
    transfers,
    names,
    papers,
    account,
    letters,
    interference,
    protection,
    rewards,
    members,
    second_look,
    log,
)
