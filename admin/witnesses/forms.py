"""What a registrar's form about witnesses asks for, as the statement that would do it."""

from dataclasses import replace
from typing import Final

from werkzeug.datastructures import MultiDict

from admin.members.changes import Asked
from admin.members.errors import ChoiceGone, MembersError
from admin.places.errors import NothingNew, NotSaidWhether
from admin.witnesses.errors import BadHours, BadQuorum, NoAddress, NoWitnessKeys, NoWitnessName, WitnessTaken
from crypto.cosignatures import CosignatureVerifier, parse_vkey
from crypto.errors import BadFormat
from crypto.note_lines import check_name
from tipline.roster import RosterRefused
from tipline.roster.witnesses import (
    MAX_ALARM_HOURS,
    MAX_KEYS,
    MAX_NAME,
    NO_WITNESSES,
    Witness,
    WitnessPolicy,
    read_policy,
    write_policy,
)

ADD, CHANGE, REMOVE, POLICY = "add", "change", "remove", "policy"
FORMS: Final = frozenset((ADD, CHANGE, REMOVE, POLICY))
TYPE: Final = "witnesses"

Form = MultiDict[str, str]


def read_change(form: Form, policy: WitnessPolicy) -> Asked:
    """The policy as it shall be from now on.

    Raises:
        MembersError: a field cannot be taken.
    """
    changes = {ADD: _with, CHANGE: _with, REMOVE: _without, POLICY: _agreed}
    change = changes.get(form.get("do", ""))
    if change is None:
        raise ChoiceGone
    wanted = change(form, policy)
    if write_policy(wanted) == write_policy(policy):
        raise NothingNew
    return TYPE, write_policy(wanted)


def _with(form: Form, policy: WitnessPolicy) -> WitnessPolicy:
    name, known = form.get("place", "").strip(), form.get("do") == CHANGE
    _check_name(name)
    if known != (policy.find(name) is not None):
        raise ChoiceGone if known else WitnessTaken
    new = _witness(name, form.get("url", "").strip().removesuffix("/"), _keys(form, name))
    if not known:
        return replace(policy, witnesses=(*policy.witnesses, new))
    witnesses = tuple(new if one.name == name else one for one in policy.witnesses)
    return replace(policy, witnesses=witnesses)


def _without(form: Form, policy: WitnessPolicy) -> WitnessPolicy:
    """Without one; a quorum that the others cannot reach goes down with it."""
    name = form.get("place", "")
    if policy.find(name) is None:
        raise ChoiceGone
    rest = tuple(one for one in policy.witnesses if one.name != name)
    quorum = min(policy.quorum, len(rest))
    return replace(policy, witnesses=rest, quorum=quorum, stop=policy.stop and quorum > 0)


def _agreed(form: Form, policy: WitnessPolicy) -> WitnessPolicy:
    quorum = _number(form, "quorum", BadQuorum())
    hours = _number(form, "alarm_hours", BadHours())
    if form.get("stop") not in ("yes", "no"):
        raise NotSaidWhether("stop")
    stop = form["stop"] == "yes"
    if quorum > len(policy.witnesses) or (stop and not quorum):
        raise BadQuorum
    if not 1 <= hours <= MAX_ALARM_HOURS:
        raise BadHours
    return replace(policy, quorum=quorum, alarm_hours=hours, stop=stop)


def _check_name(name: str) -> None:
    try:
        check_name(name)
    except BadFormat as error:
        raise NoWitnessName from error
    if len(name) > MAX_NAME or not name.isprintable():
        raise NoWitnessName


def _keys(form: Form, name: str) -> tuple[CosignatureVerifier, ...]:
    try:
        keys = [parse_vkey(written) for written in form.get("keys", "").split()]
    except BadFormat as error:
        raise NoWitnessKeys from error
    signers = tuple(key for key in keys if isinstance(key, CosignatureVerifier) and key.name == name)
    if len(signers) != len(keys) or not 1 <= len(set(keys)) == len(keys) <= MAX_KEYS:
        raise NoWitnessKeys
    return signers


def _witness(name: str, url: str, keys: tuple[CosignatureVerifier, ...]) -> Witness:
    try:
        (new,) = read_policy(
            write_policy(replace(NO_WITNESSES, witnesses=(Witness(name, url, keys),)))
        ).witnesses
    except RosterRefused as error:
        raise NoAddress from error
    return new


def _number(form: Form, name: str, error: MembersError) -> int:
    written = form.get(name, "").strip()
    if not written.isdecimal() or len(written) > 4:
        raise error
    return int(written)
