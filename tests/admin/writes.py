"""One good form for every address that writes, made anew for each call."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from admin.alerts.rules import field_of
from admin.enrolment.views import enrolments
from crypto.cosignatures import Ed25519Cosigner
from crypto.keys import Identity, SigningKey
from crypto.randomness import random_bytes
from tests.admin import interfering
from tests.admin.accusing import Accusing
from tests.admin.conftest import PASSWORD, Staff, hidden_state, wrapped
from tests.admin.disclosing import AFTER, AGREES, ANSWER, ASKS, Asking, leave_name
from tests.admin.lettering import APPLICATION, TYPED, add_court
from tests.admin.pay_writes import PAY_WRITES
from tests.admin.people import PASSWORD as ENROLLED
from tests.admin.people import SEEN, enrol
from tests.admin.printing import form_field, letter
from tests.admin.protecting import CAME_BY, CASE_FIELDS, Desk
from tests.admin.reward_writes import REWARD_WRITES, Given
from tests.admin.scene import NEWCOMER, PROPOSER, Scene
from tests.keeper.test_witnesses import impostor, policy
from tests.world import member_id
from tipline.accounts.models import Account
from tipline.accounts.service import OTP_SECONDS
from tipline.alerts.rules import ON, RULES
from tipline.deadlines import TERMS
from tipline.ids import MemberId, new_unit_id
from tipline.lookups.filters import NAMES as FILTERED
from tipline.reports.monthly import Month


@dataclass
class Write:
    """A form as a browser sends it. `more` are the fields that it has and does not use this time."""

    staff: Staff
    path: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    more: tuple[str, ...] = ()

    @property
    def form(self) -> set[str]:
        """The names of all the form's fields."""
        return {*self.fields, *self.more}


def _sign_in(scene: Scene) -> Write:
    scene.office.clock.advance(OTP_SECONDS)  # a code works once
    scene.office.services.accounts.seen(MemberId(member_id("reviewer-a")))
    fields = {"name": "reviewer-a", "password": PASSWORD, "otp": scene.office.otp()}
    return Write(scene.office.browser(), "/sign-in", fields)


def _enter(scene: Scene) -> Write:
    staff = scene.browser("reviewer-a")
    fields = {key: value for key, value in letter(form=form_field(staff, "/tips/new")).items() if value}
    return Write(staff, "/tips/new", fields, ("exclude", "unit", "danger", "sheet", "exclude_text"))


def _act(scene: Scene) -> Write:
    staff, tip = scene.browser("reviewer-a"), scene.office.put_tip()
    fields = {"state": hidden_state(staff.read(tip)), "message": "Thank you."}
    return Write(staff, f"/tips/{tip.hex()}", fields, ("reason", "purpose", "move", "exclude", "step"))


def _hand_over(scene: Scene) -> Write:
    staff, tip = scene.browser("reviewer-a"), scene.office.put_tip()
    staff.get("/tips")
    mine, other = member_id("reviewer-a"), member_id("reviewer-b")
    staff.post(f"/tips/{tip.hex()}", {"assign": mine})
    return Write(staff, "/tips/hand-over", {"of": mine, "tips": tip.hex(), "to": other})


def _download(scene: Scene) -> Write:
    staff, tip = scene.browser("reviewer-a"), scene.office.put_tip(files={"photo.jpg": bytes(100)})
    state = hidden_state(staff.read(tip))
    return Write(staff, f"/tips/{tip.hex()}/files/{scene.file_of(tip)}", {"state": state})


def _preview(scene: Scene) -> Write:
    download = _download(scene)
    return Write(download.staff, f"{download.path}/preview", download.fields)


TRANSFER: Final = {"body": "court", "packet": "paper", "letter_language": "en"}


def _transfer(scene: Scene, step: str, fields: Mapping[str, str], *more: str) -> Write:
    """A step of the transfer of a tip that stands where the step needs it."""
    staff, tip = scene.browser("reviewer-a"), scene.office.put_tip()
    path = f"/tips/{tip.hex()}/transfer"
    staff.get(path)  # lists the card, so that the keeper knows the tip
    world, keeper = scene.office.world, scene.office.keeper()
    court = {"id": "court", "names": {"zh": "法院", "en": "Court"}, "recipient": "", "accepts": True}
    keeper.append(world.sign("body", "registrar", "auditor", body=court))
    ways: list[tuple[str, str]] = [("received", "screening"), ("screening", "triage")]
    if step in ("/again", "/receipt", "/return"):
        ways.append(("triage", "transferred"))
    for source, target in ways:
        letter = {"body": "court", "number": keeper.next_letter("intake"), "packet": "0" * 64}
        detail = letter if target == "transferred" else {}
        states = {"tip": tip.hex(), "desk": "intake", "from": source, "to": target}
        keeper.append(world.sign("move", "reviewer-a", **states, detail=detail, reason={}))
    return Write(staff, path + step, fields, more)


def _identity(scene: Scene) -> Write:
    """A request for a name that nobody has asked for yet."""
    asking = Asking.of(scene.office)
    return Write(asking.asks, asking.form, AFTER, ("identity", "body", "letter", "emergency", "accused_unit"))


def _written_name(scene: Scene) -> Write:
    """A name that was given in person."""
    staff, tip = scene.browser("reviewer-a"), scene.office.put_tip()
    staff.get("/tips")
    fields = {"identity_name": "Somebody"}
    return Write(staff, f"/tips/{tip.hex()}/identity/write", fields, ("identity_contact", "identity_safely"))


def _accused(scene: Scene, end: str = "") -> Write:
    """The names of a tip on which somebody is marked, or a correction of one."""
    accusing = Accusing.of(scene.office)
    accusing.mark()
    if not end:
        return Write(accusing.staff, accusing.page, {"purpose": "triage"})
    return Write(accusing.staff, accusing.page + end, accusing.correction(accusing.names()))


def _open_case(scene: Scene) -> Write:
    """A protection case of somebody who came by."""
    staff = scene.browser("reviewer-a")
    fields = {"form": form_field(staff, "/protection/new"), **CAME_BY}
    return Write(staff, "/protection/new", fields, ("original", "sheet", "danger", "of", "exclude"))


def _case_step(scene: Scene) -> Write:
    """A form that is filled in for a case."""
    desk = Desk(scene.office)
    case = desk.case()
    return Write(desk.browser(), f"/protection/{case.hex()}", desk.filled(case), CASE_FIELDS)


def _case_name(scene: Scene) -> Write:
    """A request for the name of somebody under protection."""
    desk = Desk(scene.office)
    case, code = desk.asked()
    desk.read(case)
    leave_name(scene.office, code)
    asked = ("identity", "body", "letter", "emergency", "accused_unit")
    return Write(desk.browser(), f"/protection/{case.hex()}/identity", AFTER, asked)


def _case_written(scene: Scene) -> Write:
    desk = Desk(scene.office)
    fields = {"identity_name": "Somebody"}
    more = ("identity_contact", "identity_safely")
    return Write(desk.browser(), f"/protection/{desk.case().hex()}/identity/write", fields, more)


def _case_letter(scene: Scene) -> Write:
    """A letter that names an alias; the clearing letter takes a name beside it."""
    desk = Desk(scene.office)
    if "court" not in scene.office.keeper().roster().bodies:
        add_court(scene.office)
    case = desk.case()
    desk.done(case, "application", **APPLICATION)
    path = f"/protection/{case.hex()}/letter/application"
    return Write(desk.browser(), path, {"filled": ""}, tuple(TYPED))


def _case_file(scene: Scene) -> Write:
    desk = Desk(scene.office)
    case = desk.case(files={"photo.jpg": bytes(100)})
    fields = {"state": hidden_state(desk.read(case))}
    return Write(desk.browser(), f"/protection/{case.hex()}/files/{scene.file_of(case)}", fields)


def _disclosure(scene: Scene, name: str, step: str = "") -> Write:
    """A step of one of the two people, once the name was handed over."""
    return Write(_confirmed(scene, name), f"/disclosures/{Asking.of(scene.office).running()}{step}")


def _decision(scene: Scene) -> Write:
    asking = Asking.of(scene.office)
    fields = {"approved": "yes", "reason": ANSWER}
    return Write(asking.agrees, f"/disclosures/{asking.asked()}/decision", fields)


def _sheets(scene: Scene) -> Write:
    staff = scene.browser("reviewer-a")
    return Write(staff, "/sheets", {"form": form_field(staff, "/sheets"), "count": "2"})


def _confirmed(scene: Scene, name: str) -> Staff:
    """A browser whose member confirmed a moment ago."""
    return scene.office.signed_in(name, confirmed=True)


PASSKEY: Final = ("id", "key", "algorithm")


def _password(scene: Scene) -> Write:
    scene.office.clock.advance(2 * OTP_SECONDS)  # a code works once
    with scene.office.database.reading() as session:
        stored = session.get_one(Account, member_id("reviewer-a")).wrapped
    name = "reviewer-a" if stored == wrapped("reviewer-a") else "reviewer-b"  # whose password is the old one
    fields = {"old": PASSWORD, "otp": scene.office.otp(), "new": ENROLLED, "again": ENROLLED}
    return Write(scene.browser(name), "/account/password", fields, ("username",))


def _conflicts(scene: Scene) -> Write:
    declared = scene.office.keeper().roster().members[member_id("reviewer-a")].conflicts
    name = "reviewer-b" if declared else "reviewer-a"
    return Write(scene.browser(name), "/account/conflicts", {"units": "u4"})


def _fresh_name() -> str:
    return "p" + random_bytes(4).hex()


def _change(scene: Scene) -> Write:
    desk = {"do": "grant", "desk": "intake", "until": "2026-03-09", "other": member_id("reviewer-a")}
    path = f"/members/{member_id(NEWCOMER)}/change"
    return Write(scene.browser("registrar"), path, desk, ("role", "unit", "conflicts"))


def _keys(scene: Scene) -> Write:
    lost = member_id("reviewer-b")
    enrolments(scene.office.services).end(lost)
    return Write(scene.browser("registrar"), f"/members/{lost}/keys")


def _sessions(scene: Scene) -> Write:
    scene.office.services.sessions.end_all(MemberId(member_id("auditor")))
    scene.browser("auditor")
    return Write(scene.browser("auditor"), "/account/sessions", more=("session",))


def _compare(scene: Scene) -> Write:
    member, token = scene.invited()
    enrolling = enrol(scene.office, token)
    page = scene.browser("registrar").get(f"/members/joining/{member}")
    seen = SEEN.search(page.text)
    assert seen
    fields = {"seen": seen[1], "compared": "yes", "group": enrolling.groups[-1]}
    return Write(scene.browser("registrar"), f"/members/joining/{member}", fields, ("other",))


def _joining(scene: Scene, step: str) -> Write:
    return Write(scene.browser("registrar"), f"/members/joining/{scene.invited()[0]}/{step}")


def _calendar(scene: Scene) -> Write:
    fields = {"do": "calendar", "days": "2027-02-08 off", "other": member_id("reviewer-a")}
    return Write(scene.browser("registrar"), "/members/calendar", fields, tuple(TERMS))


def _unit(scene: Scene) -> Write:
    names = {"place": new_unit_id(), "name_zh": "新村", "name_en": "New village"}
    fields = {**names, "superior": "u1", "inside": "yes", "other": member_id("reviewer-a")}
    return Write(scene.browser("registrar"), "/members/units", fields)


def _body(scene: Scene) -> Write:
    names = {"place": _fresh_name(), "name_zh": "某县警", "name_en": "The police"}
    fields = {**names, "accepts": "yes", "other": member_id("reviewer-a")}
    return Write(scene.browser("registrar"), "/members/bodies", fields, ("key", "changes"))


def _witnesses(scene: Scene) -> Write:
    """A witness of the log, as the registrar signs it first."""
    name = f"{_fresh_name()}.example"
    key = Ed25519Cosigner(name, SigningKey.generate()).verifier.vkey
    fields = {"do": "add", "place": name, "url": "https://witness.example", "keys": key}
    other = {"other": member_id("reviewer-a")}
    return Write(
        scene.browser("registrar"), "/members/witnesses", fields | other, ("quorum", "alarm_hours", "stop")
    )


_FILE: Final = {"form": "html", "letter_language": "en"}


def _alert_rules(scene: Scene) -> Write:
    """Other rules, as the auditor signs them first."""
    numbers = {field_of(rule, name): str(each.value) for rule in RULES for name, each in RULES[rule].items()}
    fields = {**numbers, field_of("burst", "count"): "12", "other": member_id("integrity")}
    return Write(
        _confirmed(scene, "auditor"), "/log/alerts/rules", fields, tuple(field_of(rule, ON) for rule in RULES)
    )


def _decoy(scene: Scene) -> Write:
    office, world = scene.office, scene.office.world
    office.keeper().append(world.sign("alert-rules", "auditor", "integrity", rules={"decoy": {"on": True}}))
    fields = {"description": "A grey van comes.", "category": "", "language": "en"}
    return Write(scene.browser("auditor"), "/log/alerts/decoys", fields, ("official",))


def _month(scene: Scene) -> Write:
    """The latest month whose figures nobody has signed."""
    staff, month = scene.browser("auditor"), Month.of(scene.office.clock.today()).before
    while True:
        path = f"/log/reports/months/{month}"
        shown = re.search(r'name="shown" value="([0-9a-f]{64})"', staff.get(path).text)
        if shown:
            return Write(staff, path, {"shown": shown[1]})
        month = month.before


def _go_on(scene: Scene) -> Write:
    """Reading, stopped for want of witnesses, shall go on."""
    down = {**impostor("down.example"), "url": "http://127.0.0.1:9"}
    scene.office.services.members.carry_out(policy(scene.office.world, down, alarm_hours=1, stop=True))
    scene.office.clock.advance(3601)
    return Write(scene.browser("auditor"), "/log/witnesses", {"other": member_id("registrar")})


def _desk(scene: Scene) -> Write:
    names = {"place": _fresh_name(), "name_zh": "会商", "name_en": "Consultation"}
    fields = {**names, "reads": "no", "other": member_id("reviewer-a")}
    recipient = Identity.generate().recipient.text
    return Write(scene.browser("registrar"), "/members/desks/new", {**fields, "recipient": recipient})


def _proposal(scene: Scene, step: str) -> Write:
    visitor = PROPOSER if step == "withdraw" else "reviewer-b"
    return Write(scene.browser(visitor), f"/proposals/{scene.proposal('reviewer-b')}/{step}")


def _enrol(scene: Scene) -> Write:
    token = scene.invited()[1]
    fields = {"password": ENROLLED, "again": ENROLLED}
    return Write(scene.office.browser(), f"/enrol/{token}", fields, ("made", "otp", "username"))


def _keep_view(scene: Scene) -> Write:
    staff, fields = scene.browser("reviewer-a"), {"view_name": "Quarry", "unit": "u3"}
    staff.post("/tips/views", fields)  # all views of a member are one row: it is there from the first on
    return Write(staff, "/tips/views", fields, (*_CHOICE, "drop"))


def _spam(scene: Scene, path: str, **more: str) -> Write:
    staff, tip = scene.browser("reviewer-a"), scene.office.put_tip()
    staff.get("/tips")
    return Write(staff, path, {"tip": tip.hex(), **more}, ("reason",))


_CHOICE: Final = (
    *("state", "whose", "due", "age", "level", "paused", "news", "urgency", "category", "unit"),
    *("official", "language", "sort", "order", "page"),
)
"""The fields of a view of the list."""


def _of_rewards(given: Callable[[Scene], Given]) -> Callable[[Scene], Write]:
    return lambda scene: Write(*given(scene))


WRITES: Final[Mapping[str, Callable[[Scene], Write]]] = {
    "/sign-in": _sign_in,
    "/sign-out": lambda scene: Write(scene.browser("reviewer-a"), "/sign-out"),
    "/tips/new": _enter,
    "/tips/<text>": _act,
    "/tips/hand-over": _hand_over,
    "/tips/<text>/files/<item>": _download,
    "/tips/<text>/files/<item>/preview": _preview,
    "/tips/<text>/transfer": lambda scene: _transfer(scene, "", TRANSFER, "remark"),
    "/tips/<text>/transfer/letter": lambda scene: _transfer(scene, "/letter", TRANSFER, "remark"),
    "/tips/<text>/transfer/again": lambda scene: _transfer(scene, "/again", TRANSFER),
    "/tips/<text>/transfer/receipt": lambda scene: _transfer(
        scene, "/receipt", {"reference": "A-1", "received_on": scene.office.clock.today().isoformat()}
    ),
    "/tips/<text>/transfer/return": lambda scene: _transfer(scene, "/return", {"reason": "Not theirs."}),
    "/tips": lambda scene: Write(scene.browser("reviewer-a"), "/tips", {"words": "quarry"}, _CHOICE),
    "/tips/views": _keep_view,
    "/tips/spam": lambda scene: _spam(scene, "/tips/spam"),
    "/tips/spam/close": lambda scene: _spam(scene, "/tips/spam/close", reason="Advertisements"),
    "/tips/<text>/accused": _accused,
    "/tips/<text>/accused/correction": lambda scene: _accused(scene, "/correction"),
    "/tips/<text>/identity": _identity,
    "/tips/<text>/identity/write": _written_name,
    "/protection/new": _open_case,
    "/protection/<text>": _case_step,
    "/protection/<text>/files/<item>": _case_file,
    "/protection/<text>/identity": _case_name,
    "/protection/<text>/identity/write": _case_written,
    "/protection/<text>/letter/<kind>": _case_letter,
    "/disclosures/<number>": lambda scene: _disclosure(scene, ASKS),
    "/disclosures/<number>/reason": lambda scene: _disclosure(scene, ASKS, "/reason"),
    "/disclosures/<number>/decision": _decision,
    "/disclosures/<number>/unlock": lambda scene: _disclosure(scene, AGREES, "/unlock"),
    "/interference/new": lambda scene: Write(
        scene.browser(interfering.FILER), "/interference/new", interfering.ENTRY, interfering.NOT_USED
    ),
    "/interference/<number>": lambda scene: Write(
        scene.browser("auditor"), f"/interference/{interfering.file(scene.office)}"
    ),
    "/interference/<number>/answer": lambda scene: Write(
        scene.browser("integrity"),
        f"/interference/{interfering.file(scene.office)}/answer",
        interfering.ANSWER,
    ),
    "/interference/report": lambda scene: Write(
        scene.browser("integrity"), "/interference/report", {"chosen": interfering.answered(scene.office)}
    ),
    "/sheets": _sheets,
    "/members/new": lambda scene: Write(
        scene.browser("registrar"), "/members/new", {"person": _fresh_name(), "unit": "u2"}, ("conflicts",)
    ),
    "/members/<member>/change": _change,
    "/members/<member>/keys": _keys,
    "/members/joining/<invited>": _compare,
    "/members/joining/<invited>/link": lambda scene: _joining(scene, "link"),
    "/members/joining/<invited>/end": lambda scene: _joining(scene, "end"),
    "/members/calendar": _calendar,
    "/members/spreadsheet": lambda scene: Write(
        _confirmed(scene, "registrar"), "/members/spreadsheet", {"form": "csv"}
    ),
    "/members/units": _unit,
    "/members/bodies": _body,
    "/members/desks/new": _desk,
    "/members/witnesses": _witnesses,
    "/log/witnesses": _go_on,
    "/proposals/<proposal>/sign": lambda scene: _proposal(scene, "sign"),
    "/proposals/<proposal>/refuse": lambda scene: _proposal(scene, "refuse"),
    "/proposals/<proposal>/withdraw": lambda scene: _proposal(scene, "withdraw"),
    "/proposals/keys": lambda scene: Write(
        scene.browser("reviewer-a"), "/proposals/keys", {"member": member_id("reviewer-b"), "desk": "intake"}
    ),
    "/enrol/<text>": _enrol,
    "/log/heads": lambda scene: Write(
        _confirmed(scene, "auditor"), "/log/heads", {"other": member_id("registrar"), "shown": ""}
    ),
    "/log/heads/<proposal>/sign": lambda scene: Write(
        _confirmed(scene, "registrar"), "/log/heads/" + "0" * 32 + "/sign"
    ),
    "/log/alerts/<alert>": lambda scene: Write(
        scene.browser("auditor"),
        f"/log/alerts/{scene.alert()}",
        {"finding": "explained", "reason": "Asked them."},
    ),
    "/log/alerts/<alert>/ask": lambda scene: Write(
        scene.browser("auditor"), f"/log/alerts/{scene.alert()}/ask"
    ),
    "/account/questions/<alert>": lambda scene: Write(
        scene.browser("reviewer-a"), f"/account/questions/{scene.question()}", {"reason": "They were mine."}
    ),
    "/log/alerts/rules": _alert_rules,
    "/log/alerts/decoys": _decoy,
    "/log/reports/tips/<tip>": lambda scene: Write(
        scene.browser("auditor"), f"/log/reports/tips/{scene.logged.hex()}", _FILE
    ),
    "/log/reports/months/<month>": _month,
    "/log/reports/months/<month>/paper": lambda scene: Write(
        scene.browser("auditor"), "/log/reports/months/2026-02/paper", _FILE
    ),
    "/log/verify": lambda scene: Write(_confirmed(scene, "auditor"), "/log/verify"),
    "/sign-in/passkey": lambda scene: Write(scene.office.browser(), "/sign-in/passkey"),
    "/account/password": _password,
    "/account/sessions": _sessions,
    "/account/conflicts": _conflicts,
    "/account/passkey/new": lambda scene: Write(_confirmed(scene, "auditor"), "/account/passkey/new"),
    "/account/passkey": lambda scene: Write(_confirmed(scene, "auditor"), "/account/passkey", more=PASSKEY),
    "/account/passkey/remove": lambda scene: Write(
        _confirmed(scene, "auditor"), "/account/passkey/remove", more=("registrar",)
    ),
    "/log/list.<form>": lambda scene: Write(
        _confirmed(scene, "auditor"), "/log/list.csv", {"type": "sheets"}, FILTERED
    ),
    "/log/evidence": lambda scene: Write(
        _confirmed(scene, "auditor"),
        "/log/evidence",
        {"first": "0", "last": "0"},
        (*FILTERED, "names", "checkpoint"),
    ),
    "/log/export": lambda scene: Write(_confirmed(scene, "auditor"), "/log/export"),
    "/log/reasons/<item>": lambda scene: Write(scene.browser("auditor"), "/log/reasons/" + "0" * 32),
    **{rule: _of_rewards(given) for rule, given in {**REWARD_WRITES, **PAY_WRITES}.items()},
}
