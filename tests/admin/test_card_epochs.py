"""Cards after somebody left a desk: what is listed then lies under a card key that the leaver never held."""

from collections.abc import Sequence

import pytest

from admin.queue.tags import TagForm, set_tags
from admin.readings.card_keys import CardKeys
from crypto.errors import CannotOpen
from tests.admin.conftest import Office
from tests.admin.test_queue import shown
from tests.admin.visiting import keys_of, state_of, visit_of
from tests.world import member_id
from tipline.accounts.models import DeskSeal
from tipline.ids import GroupId, TipId
from tipline.sealing import cards
from tipline.tips.tags import Tag, TagKind

PLATE = Tag(TagKind.PLATE, "苏A12345")


def opens(office: Office, keys: CardKeys, tip: TipId) -> bool:
    """Whether any of these keys opens a card's box, whatever the row says of its group."""
    row = office.row(tip)
    assert row.card_group
    assert row.card_box
    for key in keys.groups.values():
        try:
            cards.opener(key.box_key, GroupId(row.card_group))(row.card_box, tip, row.card_version)
        except CannotOpen:
            continue
        return True
    return False


def left(office: Office) -> CardKeys:
    """The keys that a colleague kept from a session, before they left the desk and it took its next key."""
    kept = keys_of(visit_of(office, "reviewer-b"))
    office.services.members.revoke(office.member("registrar"), "reviewer-b", "intake")
    assert office.services.members.rekey(office.member("reviewer-a"), "intake")
    return kept


def unlist(office: Office) -> None:
    office.change("update tips set card_group = null, card_box = null, card_version = card_version + 1")


@pytest.mark.parametrize("was_there", [(), ("reviewer-a",)], ids=["new-session", "session-from-before"])
def test_a_card_listed_after_somebody_left_does_not_open_with_a_key_that_they_kept(
    office: Office, was_there: Sequence[str]
) -> None:
    old = office.put_tip()
    reviewer = office.signed_in("reviewer-a")
    for _ in was_there:
        shown(reviewer)
    kept = left(office)
    assert opens(office, kept, old)
    new = office.put_tip()
    assert set(shown(reviewer)) == {old.hex(), new.hex()}
    assert not opens(office, kept, new)
    assert opens(office, keys_of(visit_of(office, "reviewer-a")), new)


def test_the_page_that_renews_a_desks_key_lists_under_the_next_one_already(office: Office) -> None:
    office.put_tip()
    reviewer = office.signed_in("reviewer-a")
    shown(reviewer)
    kept = keys_of(visit_of(office, "reviewer-b"))
    office.services.members.revoke(office.member("registrar"), "reviewer-b", "intake")
    new = office.put_tip()
    assert new.hex() in shown(reviewer)
    assert office.services.members.roster().desks["intake"].epoch == 2
    assert not opens(office, kept, new)


def test_old_cards_are_still_listed_for_those_who_remain(office: Office) -> None:
    old = office.put_tip()
    left(office)
    group = office.row(old).card_group
    new = office.put_tip()
    for _ in range(2):
        assert set(shown(office.signed_in("reviewer-a"))) == {old.hex(), new.hex()}
    assert office.row(old).card_group == group != office.row(new).card_group


def test_a_card_that_is_boxed_again_after_somebody_left_does_not_open_with_a_key_that_they_kept(
    office: Office,
) -> None:
    old = office.put_tip()
    kept = left(office)
    unlist(office)
    assert shown(office.signed_in("reviewer-a")) == [old.hex()]
    assert not opens(office, kept, old)


def test_tags_given_after_somebody_left_do_not_open_with_a_key_that_they_kept(office: Office) -> None:
    old = office.put_tip()
    kept = left(office)
    visit = visit_of(office, "reviewer-a")
    keys_of(visit)
    set_tags(visit, old, TagForm((PLATE,), ""), state_of(office, visit, old))
    assert not opens(office, kept, old)
    keys, row = keys_of(visit_of(office, "reviewer-a")), office.row(old)
    assert row.card_group
    assert row.card_box
    card = keys.groups[GroupId(row.card_group)].open_card(row.card_box, old, row.card_version)
    assert card.tags == (PLATE,)


def test_a_member_without_the_desks_present_key_still_sees_their_list(office: Office) -> None:
    """Their seal of it was lost: what a colleague must list first waits, and the page does not fail."""
    old, waiting = office.put_tip(), office.put_tip()
    kept = left(office)
    office.put_tip()
    shown(office.signed_in("reviewer-a"))  # makes the card key of the desk's second key
    with office.database.writing() as session:
        session.delete(session.get_one(DeskSeal, ("intake", 2, member_id("reviewer-a"))))
    assert kept.groups
    office.change(
        "update tips set card_group = null, card_box = null, card_version = card_version + 1 where id = :tip",
        tip=bytes(waiting),
    )
    assert shown(office.signed_in("reviewer-a")) == [old.hex()]
