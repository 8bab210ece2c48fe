"""The rounds through the public site: each brings its pages into every state there is and looks at them."""

from collections.abc import Callable, Sequence
from typing import Final

from playwright.sync_api import FilePayload

from crypto.tracking_codes import TrackingCode
from tests.journeys import browser as plain
from tests.journeys.people import move, read, report
from tests.journeys.reporting import last_group, shown_code
from tests.journeys.store import tip_of
from tests.journeys.walker import Walker
from tests.journeys.windows import payload

Round = Callable[[Walker, plain.Browser], None]

TEXT: Final = "They collect money at the fish market every Friday."
TOO_LONG: Final = "long " * 20_000
REPORTS_A_MINUTE: Final = 6
FORM: Final = "main form[method=post] >> nth=-1"
OF_A_CASE: Final = "/mailbox/protection/"
WHAT_CANNOT_BE_CLEANED: Final = FilePayload(
    name="note.zip", mimeType="application/zip", buffer=b"PK\5\6" + bytes(18)
)


def pages_for_everybody(walker: Walker, _: plain.Browser) -> None:
    """Whatever can be asked for without a mailbox, as the site's own table says, and what cannot."""
    for path in walker.paths(without=("mailbox.", "pages.style", "pages.icon")):
        walker.look_at(f"stranger {path}", path)
    walker.look_at("an address that is none", "/nothing-here")
    walker.look_at("the mailbox without a code", "/mailbox/messages")
    walker.look_at("a button's address opened by hand", "/mailbox/sign-out")


def one_page_form(walker: Walker, _: plain.Browser) -> None:
    """The form on one page: refused, with files that wait, sent, its code confirmed."""
    walker.be_somebody_else()
    walker.go("/report")
    walker.page.locator("#description").fill("   ")
    walker.press("form, nothing written")
    walker.go("/report")
    walker.page.locator("#description").fill(TEXT)
    walker.page.locator("#danger").check()
    walker.page.locator("#files").set_input_files([WHAT_CANNOT_BE_CLEANED, payload("photo.png", 7)])
    walker.press("form, with files that wait")
    walker.press("code")
    code = shown_code(walker.window)
    last = walker.page.locator("form[action*='/report/confirm'] input:not([type=hidden])")
    last.fill("000000")
    walker.press("code, confirmed wrongly")
    last.fill(last_group(code))
    walker.press("code, confirmed")


def old_form(walker: Walker, _: plain.Browser) -> None:
    """A form whose sealed field nobody can open any more."""
    walker.be_somebody_else()
    walker.go("/report")
    walker.page.locator("#description").fill(TEXT)
    walker.spoil("form")
    walker.press("form, open for too long")


def too_many_reports(walker: Walker, _: plain.Browser) -> None:
    """The form comes back with its text when a connection sent too many."""
    address = walker.be_somebody_else()
    walker.go("/report")
    walker.page.locator("#description").fill(TEXT)
    crowd = plain.Browser(walker.trial.public, headers={"X-Forwarded-For": address})
    for _times in range(REPORTS_A_MINUTE):
        report(crowd, TEXT)
    walker.press("form, too often")


def guided_screens(walker: Walker, _: plain.Browser) -> None:
    """The four screens, with what can be wrong on each."""
    walker.be_somebody_else()
    walker.go("/report/guided")
    walker.page.locator("#danger").check()
    walker.press("guided 2, in danger")
    for box in walker.page.locator("input[name=exclude]").all():
        box.check()
    walker.window.move_on()
    walker.page.locator("#description").fill(TEXT)
    walker.press("guided, nobody may read")
    for box in walker.page.locator("input[name=exclude]").all():
        box.uncheck()
    walker.press("guided 3, filled in")
    walker.page.locator("#description").fill("  ")
    walker.press("guided 3, nothing written")
    walker.page.locator("#description").fill(TEXT)
    walker.press("guided 4")
    walker.page.locator("#files").set_input_files([WHAT_CANNOT_BE_CLEANED, payload("photo.png", 8)])
    walker.press("guided 4, with files that wait")
    walker.press("guided, code")


def old_screen(walker: Walker, _: plain.Browser) -> None:
    """A screen whose sealed answers nobody can open any more."""
    walker.be_somebody_else()
    walker.go("/report/guided")
    walker.window.move_on()
    walker.spoil("state")
    walker.press("guided, open for too long")


def door(walker: Walker, _: plain.Browser) -> None:
    """The mailbox's door, with every kind of wrong code."""
    walker.be_somebody_else()
    groups, others = (TrackingCode.generate().reveal().split() for _code in range(2))
    walker.look_at("door", "/mailbox")
    for name, typed in (
        ("door, a mistyped group", [f"{(int(groups[0]) + 1) % 1_000_000:06d}", *groups[1:]]),
        ("door, groups missing", groups[:5]),
        ("door, one place claimed twice", [*groups[:7], others[0]]),
        ("door, a group too many", [*groups, others[0]]),
        ("door, an unknown code", groups),
    ):
        walker.page.locator("#code").fill(" ".join(typed))
        walker.press(name)


def mailbox(walker: Walker, _: plain.Browser) -> None:
    """A mailbox with nothing new: every page in it, and what is wrong on each."""
    _sign_in(walker, _sent(walker))
    walker.look("mailbox, nothing new")
    for path in walker.paths(of="mailbox.", without=("mailbox.door",)):
        if not path.startswith(OF_A_CASE):
            walker.look_at(f"mailbox {path}", path)
    walker.go("/mailbox/add")
    groups = [link.get_attribute("href") for link in walker.page.locator("main a[href*='/add/']").all()]
    for group in groups:
        walker.look_at(f"mailbox {group}", str(group))
    walker.press("mailbox, nothing answered")
    for path in ("messages", "threat", "withdraw"):
        walker.go(f"/mailbox/{path}")
        walker.page.locator("#message").evaluate("(field, text) => { field.value = text; }", TOO_LONG)
        walker.press(f"mailbox {path}, too long")
    walker.go("/mailbox/reach")
    walker.press("mailbox, no name and no contact")
    walker.page.locator("#contact").fill(TEXT)
    walker.press("mailbox, a name is kept")
    walker.go("/mailbox/close")
    walker.press("mailbox, not sure")
    walker.go("/mailbox/code")
    walker.spoil("form")
    walker.press("mailbox code, open for too long")


def mailbox_with_an_answer(walker: Walker, reviewer: plain.Browser) -> None:
    """A mailbox whose report was answered and found to be outside the remit, to its very end."""
    code = _sent(walker)
    _answered(walker, reviewer, code)
    _sign_in(walker, code)
    walker.look("mailbox, a new message")
    walker.look_at("mailbox, an answer", "/mailbox/messages")
    walker.go("/mailbox/add")
    walker.window.press("main a[href*='/add/'] >> nth=0")
    walker.page.locator(f"{FORM} >> textarea, input[type=text] >> nth=0").fill(TEXT)
    walker.press("mailbox, something added")
    walker.look_at("mailbox, time to object", "/mailbox/objection")
    walker.page.locator("#message").fill("  ")
    walker.press("mailbox, empty objection")
    walker.page.locator("#message").fill(TEXT)
    walker.press("mailbox, objected")
    walker.go("/mailbox/files")
    walker.press("mailbox, no file chosen")
    walker.page.locator("#files").set_input_files([WHAT_CANNOT_BE_CLEANED, payload("photo.png", 9)])
    walker.press("mailbox, files that wait")
    walker.window.move_on()
    walker.look_at("mailbox, own text shown", "/mailbox/messages?own=1")
    walker.go("/mailbox/code")
    walker.press("mailbox, a new code")
    walker.go("/mailbox/close")
    walker.page.locator("#sure").check()
    walker.press("mailbox, closed for good")


def asking_without_a_report(walker: Walker, _: plain.Browser) -> None:
    """The page for protection: refused, and sent."""
    walker.be_somebody_else()
    walker.go("/protection")
    walker.page.locator("#description").fill("   ")
    walker.page.locator("#group-witness").check()
    walker.page.locator("#harms-framing").check()
    walker.press("protection, nothing written")
    walker.page.locator("#description").fill(TEXT)
    walker.page.locator("#group-officer").check()
    walker.page.locator("#danger").check()
    walker.press("protection, code")


def protection(walker: Walker, _: plain.Browser) -> None:
    """A reporter asks for protection, and for a relative: every page, and what is wrong on it."""
    _sign_in(walker, _sent(walker))
    walker.go("/mailbox/protection")
    walker.page.locator("#message").fill("   ")
    walker.press("protection, asked without a word")
    walker.page.locator("#message").fill(TEXT)
    walker.press("protection, asked")
    for path in walker.paths(of="mailbox."):
        if path.startswith(OF_A_CASE):
            walker.look_at(f"case {path}", path)
    for path in ("incident", "relative", "messages", "objection"):
        walker.go(f"/mailbox/protection{'' if path in ('messages', 'objection') else f'/{path}'}")
        walker.page.locator("#message").fill("   ")
        walker.page.locator(FORM).evaluate("(form, to) => { form.action = to; }", f"{OF_A_CASE}{path}")
        walker.press(f"case {path}, nothing written")
    walker.go(f"{OF_A_CASE}reach")
    walker.press("case, no name and no contact")
    walker.go(f"{OF_A_CASE}files")
    walker.press("case, no file chosen")
    walker.go(f"{OF_A_CASE}relative")
    walker.page.locator("#message").fill(TEXT)
    walker.press("case, a code for a relative")
    walker.look_at("case, own text shown", "/mailbox/protection?own=1")


ROUNDS: Final[Sequence[Round]] = (
    pages_for_everybody,
    one_page_form,
    old_form,
    too_many_reports,
    guided_screens,
    old_screen,
    door,
    mailbox,
    mailbox_with_an_answer,
    asking_without_a_report,
    protection,
)


def _sent(walker: Walker) -> str:
    """A tip that was just sent; its code."""
    address = walker.be_somebody_else()
    return report(plain.Browser(walker.trial.public, headers={"X-Forwarded-For": address}), TEXT)


def _answered(walker: Walker, reviewer: plain.Browser, code: str) -> None:
    """A desk answers, and moves the tip to where an objection is heard."""
    address = f"/tips/{tip_of(walker.trial, code).hex()}"
    reviewer.get("/tips")  # a tip is opened from the list alone
    page = read(reviewer, address)
    reviewer.submit(page, page.form("message"), {"message": "We have read it."})
    move(reviewer, address, "screening", "triage", "outside-remit")


def _sign_in(walker: Walker, code: str) -> None:
    walker.go("/mailbox")
    walker.page.locator("#code").fill(code)
    walker.window.move_on()
