"""The rest of a tip's page: notes, templates, names, tags, timeline, position, holds, and who gets to it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from admin.replies.templates import TEMPLATES
from tests.admin.asking import HOST, challenge, hidden, with_passkey
from tests.admin.conftest import Office, Staff, hidden_state
from tests.admin.printing import english
from tests.admin.test_work import items
from tests.admin.walking import new_item, state, walk
from tests.world import member_id
from tipline.ids import TipId, UnitId
from tipline.keeper_client import Refused
from tipline.mailbox.thread import find_mailbox
from tipline.mailbox.writing import add_answers
from tipline.tips.models import Slip
from tipline.tips.moves import TipState

STEPS = (
    *(
        {"step": name}
        for name in ("pause", "resume", "extend", "umbrella", "integrity", "similar", "template")
    ),
    *({"step": name, "other": "0" * 32} for name in ("link", "unlink")),
    {"step": "umbrella-step", "umbrella": "reported"},
    {"step": "note", "note": "x"},
    {"step": "tags", "tagged": "", "tag_plate": "x"},
    {"step": "accused", "accused_names": "somebody"},
    *({"step": name, "second": member_id("auditor")} for name in ("hold", "unhold")),
    {"assign": member_id("reviewer-b")},
    {"step": "no-such-step"},
    {"message": "x"},
    {"move": "screening"},
    {"exclude": "u4"},
    {"purpose": "triage"},
    {"purpose": "work"},
)


# --- who reaches it


@pytest.mark.parametrize("fields", STEPS, ids=lambda fields: "-".join(fields.values())[:40])
def test_every_step_on_a_tip_that_excludes_the_member_is_the_page_of_an_unknown_one(
    office: Office, fields: dict[str, str]
) -> None:
    tip, own = office.put_tip(), office.put_tip()
    colleague, reviewer = office.signed_in("reviewer-b"), office.signed_in("reviewer-a")
    states = [hidden_state(colleague.read(tip)), hidden_state(colleague.read(own))]
    reviewer.act(tip, reviewer.read(tip), exclude="u3")
    size = office.log_size()
    for sealed in states:
        answers = [
            colleague.post(f"/tips/{one}", {"state": sealed, "reason": "x", **fields})
            for one in (tip.hex(), "0" * 32)
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].data == answers[1].data
    assert office.log_size() == size


@pytest.mark.parametrize("fields", STEPS[:-2], ids=lambda fields: "-".join(fields.values())[:40])
def test_no_step_is_taken_without_the_hidden_field_of_a_reading(
    office: Office, fields: dict[str, str]
) -> None:
    tip = office.put_tip()
    reviewer = office.signed_in("reviewer-a")
    reviewer.get("/tips")
    size = office.log_size()
    answer = reviewer.post(f"/tips/{tip.hex()}", fields)
    expected = 303 if "assign" in fields else 422 if "no-such-step" in fields.values() else 400
    assert answer.status_code == expected
    assert office.log_size() == size + (expected == 303)


# --- notes


@pytest.mark.parametrize("text", ["", " \n ", "字" * 30_000])
def test_a_note_that_cannot_be_kept_comes_back(office: Office, text: str) -> None:
    reviewer, tip = office.signed_in("reviewer-a"), office.put_tip()
    answer = reviewer.act(tip, reviewer.read(tip), step="note", note=text)
    assert answer.status_code == 422
    assert text.strip() in answer.text
    assert items(office, tip, "note") == []


def test_a_note_is_sealed_to_the_desks_and_never_to_the_reporter(office: Office) -> None:
    reviewer, tip = english(office.signed_in("reviewer-a")), office.put_tip()
    page = reviewer.act(tip, reviewer.read(tip), step="note", note="Ask the quarry's clerk.")
    assert "Ask the quarry&#39;s clerk." in page.text
    assert "Note · you" in page.text.split("Ask the quarry")[0].rsplit("<li", 1)[1]
    (note,) = items(office, tip, "note")
    assert b"quarry" not in (note.sealed or b"")
    assert note.record
    with office.database.reading() as session:
        assert set(session.scalars(select(Slip.desk).where(Slip.item_id == note.id))) == {
            "intake",
            "integrity",
        }
    assert reviewer.act(tip, page, step="note", note="Second.").status_code == 200
    assert reviewer.act(tip, page, step="note", note="Second.").status_code == 409  # the same page again
    assert len(items(office, tip, "note")) == 2


# --- replies


def test_a_template_is_put_after_what_was_typed_in_the_reporters_language(office: Office) -> None:
    for language, words in (("en", "Your report has arrived"), ("zh-Hans", "您的举报已经收到")):
        tip = office.put_tip(language=language)
        reviewer = office.signed_in("reviewer-a")
        page = reviewer.read(tip)
        answer = reviewer.act(tip, page, step="template", template="received", message="Typed before.")
        assert answer.status_code == 200
        typed = answer.text.split('id="message"')[1].split("</textarea>")[0]
        assert "Typed before." in typed
        assert words in typed
        assert items(office, tip, "reply") == []


def test_every_template_is_there_in_both_languages(office: Office) -> None:
    tips = {language: office.put_tip(language=language) for language in ("en", "zh-Hans")}
    reviewer = office.signed_in("reviewer-a")
    pages = {language: reviewer.read(tip) for language, tip in tips.items()}
    for name in TEMPLATES:
        texts = []
        for language, tip in tips.items():
            answer = reviewer.act(tip, pages[language], step="template", template=name)
            texts.append(answer.text.split('id="message"')[1].split(">", 1)[1].split("</textarea>")[0])
        assert len(set(texts)) == 2
        assert texts[0].isascii() or "·" in texts[0]
        assert not texts[1].isascii()


def test_what_would_name_somebody_is_sent_only_after_it_was_confirmed(office: Office) -> None:
    tip, code = office.put_tip_with_code()
    with office.database.reading() as session:
        mailbox = find_mailbox(session, code)
    add_answers(mailbox, {"who": "Scarface Wang"}, office.intake())
    reviewer = english(office.signed_in("reviewer-a"))
    text = "We spoke with Wang; his number is 138 1234 5678."
    answer = reviewer.act(tip, reviewer.read(tip), message=text)
    assert answer.status_code == 422
    assert text in answer.text
    for hit in ("Wang", "13812345678"):
        assert f'name="sure" value="{hit}"' in answer.text
    fields = {"state": hidden_state(answer), "message": text, "sure": ["Wang"]}
    assert reviewer.post(f"/tips/{tip.hex()}", fields).status_code == 422
    assert items(office, tip, "reply") == []
    fields["sure"] = ["Wang", "13812345678"]
    assert reviewer.post(f"/tips/{tip.hex()}", fields).status_code == 200
    assert len(items(office, tip, "reply")) == 1


def test_the_names_of_a_reading_travel_sealed(office: Office) -> None:
    tip, code = office.put_tip_with_code()
    with office.database.reading() as session:
        mailbox = find_mailbox(session, code)
    add_answers(mailbox, {"who": "Scarface Wang"}, office.intake())
    page = office.signed_in("reviewer-a").read(tip)
    assert page.text.count("Scarface") == 1  # in the answer itself, and nowhere in a field
    assert "Scarface" not in hidden_state(page)


# --- tags


def test_tags_are_kept_and_a_second_reviewer_who_was_late_is_told(office: Office) -> None:
    tip = office.put_tip()
    first, second = english(office.signed_in("reviewer-a")), english(office.signed_in("reviewer-b"))
    pages = [staff.read(tip) for staff in (first, second)]
    page = first.act(tip, pages[0], step="tags", tagged="", tag_plate="云A12345", tag_nickname="Scarface")
    assert page.status_code == 200
    assert "云A12345" in page.text.split('class="facts summary"')[1].split("</dl>")[0]
    answer = second.act(tip, pages[1], step="tags", tagged="", tag_place="Old quay")
    assert answer.status_code == 409
    assert "Old quay" in answer.text
    assert b"Scarface" not in (office.settings.data / "main.db").read_bytes()


# --- timeline and position


def test_the_timeline_says_who_did_what_and_names_no_other_tip(office: Office) -> None:
    tip, other = walk(office, TipState.TRIAGE), office.put_tip()
    colleague, reviewer = english(office.signed_in("reviewer-b")), english(office.signed_in("reviewer-a"))
    colleague.read(tip, "handover")
    reviewer.act(tip, reviewer.read(tip), step="pause", reason="A flood")
    reviewer.get("/tips")
    state(office, tip, "link", "reviewer-a", to=other.hex())
    state(office, tip, "unlink", "reviewer-a", to=other.hex())
    timeline = reviewer.read(tip).text.split('id="timeline"')[1]
    for words in ("reviewer-b", "Hand-over", "you", "Triage", "UTC"):
        assert words in timeline
    for secret in (other.hex(), other.hex()[:4] + "-" + other.hex()[4:8], "A flood"):
        assert secret not in timeline


def test_a_missed_deadline_stands_in_the_timeline(office: Office) -> None:
    tip = walk(office, TipState.TRIAGE)
    office.clock.advance(6 * 86_400)
    office.keeper().look_at_clocks([], [], [])
    timeline = english(office.signed_in("reviewer-a")).read(tip).text.split('id="timeline"')[1]
    assert "by itself" in timeline
    assert (office.clock.today() - timedelta(days=6)).isoformat() in timeline


def test_a_reading_moves_the_position_forward_and_never_back(office: Office) -> None:
    tip, code = office.put_tip_with_code()
    reviewer = office.signed_in("reviewer-a")
    reviewer.get("/tips")
    assert office.row(tip).read_position == -1
    reviewer.read(tip)
    first = office.row(tip).read_position
    office.write_back(code, "More.")
    reviewer.read(tip)
    assert office.row(tip).read_position > first
    office.change("update tips set read_position = 99")
    reviewer.read(tip)
    assert office.row(tip).read_position == 99


# --- holds


def propose(staff: Staff, tip: TipId, second: str, reason: str = "A court asks", step: str = "hold") -> int:
    return staff.act(tip, staff.read(tip), step=step, second=member_id(second), reason=reason).status_code


def held(office: Office, tip: TipId) -> bool:
    return office.keeper().states([tip.hex()])[tip.hex()].case.held


def test_one_person_holds_nothing(office: Office) -> None:
    tip = office.put_tip()
    office.signed_in("reviewer-a").read(tip)
    fields = {"tip": tip.hex(), "desk": "intake", "reason": new_item()}
    for by in (("reviewer-a",), ("reviewer-a", "reviewer-b")):
        with pytest.raises(Refused, match="two-signatures"):
            office.keeper().append(office.world.sign("hold", *by, **fields))
    assert not held(office, tip)


def test_a_hold_is_proposed_to_somebody_outside_the_desk_whom_the_tip_does_not_exclude(
    office: Office,
) -> None:
    tip = office.put_tip(exclude=(UnitId("u4"),))  # and with it u1
    reviewer = office.signed_in("reviewer-a")
    for second in ("reviewer-a", "reviewer-b", "registrar", "protection", "nobody"):
        assert propose(reviewer, tip, second) == 422
    assert propose(reviewer, tip, "auditor", reason=" ") == 422
    assert propose(reviewer, tip, "auditor") == 200
    assert not held(office, tip)
    assert len(items(office, tip, "reason")) == 1


def test_a_tip_is_held_once_the_second_person_has_signed(office: Office) -> None:
    tip = office.put_tip()
    reviewer = english(office.signed_in("reviewer-a"))
    assert propose(reviewer, tip, "auditor") == 200
    second = office.member("auditor")
    proposals = office.services.proposals
    (proposal,) = proposals.waiting_for(second)
    proposals.finish(proposal.id, proposals.sign(proposal.id, second))
    assert held(office, tip)
    page = reviewer.read(tip).text
    assert "Propose to let it go" in page
    assert propose(reviewer, tip, "auditor") == 409  # it is held already


def test_letting_a_held_tip_go_asks_for_a_second_look_and_keeps_what_was_typed(office: Office) -> None:
    tip = office.put_tip()
    reviewer = english(office.signed_in("reviewer-a"))
    assert propose(reviewer, tip, "auditor") == 200
    proposals, second = office.services.proposals, office.member("auditor")
    (proposal,) = proposals.waiting_for(second)
    proposals.finish(proposal.id, proposals.sign(proposal.id, second))
    reasons = len(items(office, tip, "reason"))
    page = reviewer.read(tip)
    fields = {"step": "unhold", "second": member_id("auditor"), "reason": "The court is done"}
    answer = reviewer.act(tip, page, **fields)
    assert answer.status_code == 428
    assert "The court is done" in answer.text
    assert len(items(office, tip, "reason")) == reasons
    confirmed = english(office.signed_in("reviewer-a", confirmed=True))
    assert confirmed.act(tip, confirmed.read(tip), **fields).status_code == 200
    (proposal,) = proposals.waiting_for(second)
    assert proposal.kind == "unhold"
    assert held(office, tip)


def test_a_passkey_answers_over_the_very_reason_that_was_sealed(office: Office) -> None:
    tip = office.put_tip()
    reviewer = english(office.signed_in("reviewer-a"))
    assert propose(reviewer, tip, "auditor") == 200
    proposals, second = office.services.proposals, office.member("auditor")
    (proposal,) = proposals.waiting_for(second)
    proposals.finish(proposal.id, proposals.sign(proposal.id, second))
    soft, before = with_passkey(office, "reviewer-a"), len(items(office, tip, "reason"))
    fields = {"step": "unhold", "second": member_id("auditor"), "reason": "The court is done"}
    asked = reviewer.act(tip, reviewer.read(tip), **fields)
    assert asked.status_code == 428
    answer = soft.answer(challenge(asked), origin=f"http://{HOST}")
    fields = {**hidden(asked), **{f"confirm_{part}": value for part, value in answer.items()}}
    assert reviewer.post(f"/tips/{tip.hex()}", fields).status_code == 200
    (proposal,) = proposals.waiting_for(second)
    assert len(items(office, tip, "reason")) == before + 1
    assert proposal.statement.body["reason"]["item"] in {
        item.id.hex() for item in items(office, tip, "reason")
    }
