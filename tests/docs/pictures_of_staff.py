"""Pictures of the admin site: three months of sample tips, and the people who work on them."""

from io import BytesIO
from typing import Final
from urllib.parse import parse_qs, urlsplit

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Page
from pyotp import TOTP

from tests.docs.camera import CHINESE, ENGLISH, PHONE, Camera
from tests.journeys import browser as plain
from tests.journeys.admin_rounds import PASSWORD, READ, Staff, prepare
from tests.journeys.browser import Upload
from tests.journeys.people import sign_in
from tests.journeys.staff import UNFOLD
from tests.journeys.trial import Trial
from tests.journeys.windows import LAST_BUTTON

TEXT: Final = (
    "Every Monday somebody collects two hundred at the vegetable stalls. This time they left a receipt."
)
PERSON: Final = "chen"
LOOKS: Final = ((CHINESE, ""), (ENGLISH, "-en"))


def take_staff(camera: Camera, trial: Trial) -> None:
    """The rooms of reviewers, registrar, auditors and leaders."""
    staff = prepare(trial, TEXT, [Upload("receipt.png", _receipt(), "image/png")])
    for language, suffix in LOOKS:
        _take_list(camera, staff, language, suffix)
        _take_tip(camera, staff, language, suffix)
        _take_people(camera, staff, language, suffix)
    _take_narrow(camera, staff)
    _take_enrolment(camera, staff)
    _take_account(camera, trial)


def _take_list(camera: Camera, staff: Staff, language: str, suffix: str) -> None:
    with camera.looking_as(staff.reviewer, language) as page:
        page.goto(f"{staff.trial.admin}/tips")
        camera.keep(page, f"queue{suffix}")
        page.goto(f"{staff.trial.admin}/tips?state=all&category=usury&sort=age&order=desc")
        camera.keep(page, f"filter{suffix}")
        page.goto(f"{staff.trial.admin}/tips/day")
        camera.keep(page, f"day{suffix}")
        page.emulate_media(media="print")
        camera.keep(page, f"todo-print{suffix}")
        page.emulate_media(media="screen")
        page.goto(f"{staff.trial.admin}/tips/hand-over")
        camera.keep(page, f"hand-over{suffix}")
        page.goto(f"{staff.trial.admin}/tips?state=screening")
        for box in page.locator("tbody input[name=tip]").all()[:2]:
            box.check()
        press(page, "button[form=spam]")
        camera.keep(page, f"spam{suffix}")


def _take_tip(camera: Camera, staff: Staff, language: str, suffix: str) -> None:
    with camera.looking_as(staff.reviewer, language) as page:
        page.goto(f"{staff.trial.admin}{staff.reported}")
        camera.keep(page, f"before-reading{suffix}")
        press(page, READ)
        page.locator("button[formaction$='/preview']").evaluate("each => each.removeAttribute('formtarget')")
        press(page, "button[formaction$='/preview']")
        camera.keep(page, f"preview{suffix}")
        page.goto(f"{staff.trial.admin}{staff.tip('need-more')}")
        press(page, READ)
        camera.keep(page, f"tip-read{suffix}", whole=True)
        page.goto(f"{staff.trial.admin}{staff.tip('screening')}")
        press(page, READ)
        camera.keep(page, f"screening{suffix}")
        page.goto(f"{staff.trial.admin}{staff.tip('triage')}/transfer")
        page.select_option("#body", index=1)
        page.check("[name=packet][value=paper]")
        press(page, "#begin button")
        camera.keep(page, f"letter{suffix}", whole=True)
        page.goto(f"{staff.trial.admin}{staff.tip('transferred')}/transfer")
        camera.keep(page, f"receipt{suffix}")
        page.goto(f"{staff.trial.admin}{staff.tip('feedback')}")
        press(page, READ)
        press(page, "button[name=step][value=template]")
        page.locator("#message").evaluate("each => each.scrollIntoView({block: 'center'})")
        camera.keep(page, f"answer{suffix}")


def _take_people(camera: Camera, staff: Staff, language: str, suffix: str) -> None:
    with camera.looking_as(staff.registrar, language) as page:
        for name, path in (
            ("members", "/members"),
            ("member", staff.member("reviewer-b")),
            ("desks", "/members/desks"),
            ("calendar", "/members/calendar"),
        ):
            page.goto(f"{staff.trial.admin}{path}")
            camera.keep(page, f"{name}{suffix}")
    with camera.looking_as(staff.reviewer, language) as page:
        page.goto(f"{staff.trial.admin}/proposals")
        camera.keep(page, f"proposals{suffix}")
    with camera.looking_as(staff.auditor, language) as page:
        page.goto(f"{staff.trial.admin}/leaders")
        camera.keep(page, f"leaders{suffix}")
        page.goto(f"{staff.trial.admin}/log")
        camera.keep(page, f"log{suffix}")


def _take_narrow(camera: Camera, staff: Staff) -> None:
    """On a telephone: the list, the day, and a tip."""
    with camera.looking_as(staff.reviewer, CHINESE, PHONE) as page:
        page.goto(f"{staff.trial.admin}/tips")
        camera.keep(page, "queue-360")
        page.goto(f"{staff.trial.admin}/tips/day")
        camera.keep(page, "day-360")
        page.goto(f"{staff.trial.admin}{staff.tip('triage')}")
        press(page, READ)
        camera.keep(page, "tip-360")


def _take_enrolment(camera: Camera, staff: Staff) -> None:
    """A person is added: the link, their fingerprint on a telephone, and the comparison."""
    with camera.looking_as(staff.registrar, ENGLISH) as page, camera.looking(ENGLISH, PHONE) as device:
        page.goto(f"{staff.trial.admin}/members/new")
        page.fill("#person", PERSON)
        page.select_option("#unit", "u7")
        press(page, LAST_BUTTON)
        device.goto(f"{staff.trial.admin}{urlsplit(page.inner_text('#link')).path}")
        device.fill("#password", PASSWORD)
        device.fill("#again", PASSWORD)
        press(device, LAST_BUTTON)
        uri = device.get_attribute("a[href^='otpauth:']", "href") or ""
        device.fill("#otp", TOTP(parse_qs(urlsplit(uri).query)["secret"][0]).now())
        press(device, LAST_BUTTON)
        camera.keep(device, "enrolment")
        page.goto(f"{staff.trial.admin}/members")
        press(page, "a[href^='/members/joining/']")
        camera.keep(page, "compare")
        press(page, "form[action$='/end'] button")


def _take_account(camera: Camera, trial: Trial) -> None:
    """Two sessions, at an address by name, where browsers make passkeys."""
    for language, suffix in LOOKS:
        who = sign_in(trial, "reviewer-b")
        by_name = plain.Browser(trial.admin.replace("127.0.0.1", "localhost"))
        by_name.cookies = who.cookies
        with camera.looking_as(by_name, language) as page:
            page.goto(f"{by_name.base}/account")
            camera.keep(page, f"account{suffix}", whole=True)


def press(page: Page, selector: str) -> None:
    """Press something, opening what it is folded into."""
    page.locator(selector).first.evaluate(UNFOLD)
    with page.expect_navigation():
        page.locator(selector).first.click()


def _receipt() -> bytes:
    """A slip of paper with a sum on it."""
    paper = Image.new("RGB", (420, 300), "#f4efe2")
    draw = ImageDraw.Draw(paper)
    font = ImageFont.load_default(26)
    for row, line in enumerate(("RECEIPT", "Sanitation fee", "200", "no stamp, no signature")):
        draw.text((40, 40 + 52 * row), line, fill="#333", font=font)
    draw.rectangle((18, 18, 402, 282), outline="#999", width=2)
    kept = BytesIO()
    paper.save(kept, "PNG")
    return kept.getvalue()
