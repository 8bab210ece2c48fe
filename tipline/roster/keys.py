"""The keys of desks and of members, and the passkeys that stand beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crypto.cosignatures import Ed25519CosignatureVerifier, MldsaCosignatureVerifier
from tipline.roster import rules
from tipline.roster.bodies import (
    BASE_FIELDS,
    read_desk,
    read_passkey,
    read_recipient,
    read_verify_key,
    require_fields,
)
from tipline.roster.rules import not_allowed
from tipline.roster.subjects import check_duties, named_desk, subject, with_desk, with_member
from tipline.roster.types import Desk, Member

if TYPE_CHECKING:
    from tipline.roster.replay import Roster


def set_desk(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """Add a desk with its first key, or give one its next key.

    Nobody holds a new desk, so whoever made its key is no holder: the first one makes another.
    """
    fields = require_fields(body, BASE_FIELDS | {"desk"})
    desk = read_desk(fields["desk"])
    old = roster.desks.get(desk.id)
    if old is None:
        rules.require_registrar_and_another(roster, body)
        if desk.epoch != 1:
            raise not_allowed("a new desk begins with epoch 1")
        desk = replace(desk, stale=True)
    else:
        rules.require_registrar_and_holder(roster, body, desk.id)
        desk = _next_key(old, desk)
    changed = with_desk(roster, desk)
    for member in roster.members.values():  # the desk may read from now on
        check_duties(changed, member)
    return changed


def renew_desk(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """Give a desk its next key, by one holder alone: somebody who knows the present one has left."""
    fields = require_fields(body, BASE_FIELDS | {"desk"})
    desk = read_desk(fields["desk"])
    old = named_desk(roster, {"desk": desk.id})
    signers = roster.signers(body)
    if len(signers) != 1 or not signers[0].holds(old.id):
        raise not_allowed("one holder of the desk states its next key")
    if not old.stale:
        raise not_allowed("nobody has left this desk since its last key")
    if (desk.names, desk.reads) != (old.names, old.reads):
        raise not_allowed("a next key changes nothing else of a desk")
    return with_desk(roster, _next_key(old, desk))


def set_new_keys(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """Give a member new keys, who lost the password or the second factor to the old ones.

    The member signs nothing of it: the old keys may be in other hands. Every desk of theirs waits until one
    of its holders gives its key to the new ones; where they were a deputy, they are no longer.
    """
    fields = require_fields(body, BASE_FIELDS | {"member", "signing_key", "recipient"})
    rules.require_registrar_and_another(roster, body)
    member = subject(roster, fields)
    if member.id in body["by"]:
        raise not_allowed("nobody signs for keys of their own")
    key = read_verify_key(fields["signing_key"])
    if key in known_keys(roster):
        raise not_allowed("somebody has, or had, this signing key already")
    kept = (member.desks - member.until.keys()) | member.awaiting
    changed = replace(
        member.without(member.until),
        signing_key=key,
        recipient=read_recipient(fields["recipient"]),
        past_keys=(*member.past_keys, member.signing_key),
        desks=frozenset(),
        awaiting=kept,
        passkey=None,
    )
    return with_member(_stale(roster, member), changed)


def regrant_desk(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """Give a member with new keys a desk again that they held: one of its holders says so alone."""
    fields = require_fields(body, BASE_FIELDS | {"member", "desk"})
    desk, member = named_desk(roster, fields), subject(roster, fields)
    signers = roster.signers(body)
    if len(signers) != 1 or not signers[0].holds(desk.id):
        raise not_allowed("one holder of the desk gives it again")
    if desk.id not in member.awaiting:
        raise not_allowed("the member does not wait for this desk")
    changed = replace(member, desks=member.desks | {desk.id}, awaiting=member.awaiting - {desk.id})
    check_duties(roster, changed)
    return with_member(roster, changed)


def set_passkey(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """Put a member's passkey into the roster, or take it out.

    The first is the member's own to state. To replace or remove one takes a registrar too: otherwise whoever
    has taken over the admin site could put their own in its place.
    """
    fields = require_fields(body, BASE_FIELDS | {"member", "passkey"})
    member, passkey = subject(roster, fields), read_passkey(fields["passkey"])
    if member.passkey is None:
        if passkey is None:
            raise not_allowed("the member has no passkey")
        rules.require_only(roster, body, member)
    else:
        if passkey == member.passkey:
            raise not_allowed("the member has this passkey already")
        rules.require_member_and_registrar(roster, body, member)
    return with_member(roster, replace(member, passkey=passkey))


def known_keys(roster: Roster) -> frozenset[object]:
    """Every signing key that somebody has or had: one key under two ids would sign for "two people".

    Those of the witnesses, too: whoever countersigns the log is nobody whose acts it holds.
    """
    members = roster.members.values()
    past = (key for member in members for key in member.past_keys)
    log = (roster.log_key, *(gone.key for gone in roster.past_log_keys))
    witnesses = (
        key.key
        for witness in roster.witnesses.witnesses
        for key in witness.keys
        if isinstance(key, Ed25519CosignatureVerifier | MldsaCosignatureVerifier)
    )
    return frozenset((*log, *(member.signing_key for member in members), *past, *witnesses))


def _stale(roster: Roster, member: Member) -> Roster:
    """All desks of a member need another key; who leads them leads them again once they hold them again."""
    desks = {desk.id: desk for desk in roster.desks.values() if desk.id in member.desks}
    return replace(
        roster, desks={**roster.desks, **{name: replace(desk, stale=True) for name, desk in desks.items()}}
    )


def _next_key(old: Desk, desk: Desk) -> Desk:
    if desk.epoch != old.epoch + 1 or desk.recipient in (old.recipient, *old.past):
        raise not_allowed("a desk's next key has the next epoch, and is new")
    return replace(desk, past=(*old.past, old.recipient), lead=old.lead)
