"""Making a pack: the report first, then the auditor's statement over it, then the proofs.

    entries ─▶ lines, reports ─▶ manifest ─▶ statement in the log ─▶ proofs ─▶ verified ─▶ handed out

Nothing is stored. What is handed out was verified here as anybody else will.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select

from admin.evidence.choosing import Chosen
from admin.evidence.errors import NotProved, ReportNotPrinted
from admin.evidence.kept import known_keys
from admin.log.entries import LoggedEntry, explained
from admin.log.people import people
from admin.visit import Visit
from crypto.errors import CryptoError
from crypto.note_lines import split_note
from crypto.notes import Checkpoint
from crypto.statements import Statement
from tipline.accounts.models import Account
from tipline.evidence.assembling import kept_lines, proven_pack, signed_files
from tipline.evidence.errors import VerificationFailed
from tipline.evidence.pack import (
    EVIDENCE,
    LoggedLine,
    Name,
    PackHeader,
    ProvenCheckpoint,
    evidence_fields,
    pairs,
    write_manifest,
)
from tipline.evidence.verify_pack import verify_pack
from tipline.keeper_client import Refused
from tipline.keeper_client.evidence import ProofQuestions
from tipline.roster import Roster
from tipline.transfers.errors import CannotPrint


@dataclass(frozen=True)
class MadePack:
    """A pack, and the index of the entry that says who took it."""

    index: int
    data: bytes


def make_pack(visit: Visit, chosen: Chosen, *, names: bool, kept: bytes = b"") -> MadePack:
    """Make a pack of what was chosen; with `names`, with those of the members in it.

    `kept` is a head that somebody kept elsewhere, as `kept_head` returns it.

    Raises:
        SecondLookNeeded: the statement needs the member's passkey, or password and code.
        ReportNotPrinted: no document came; nothing was stated.
        NotProved: what came out does not verify.
        KeeperError: the keeper does not answer.
    """
    proofs = visit.services.keeper.proofs
    changes = [LoggedLine(one.index, one.salt, one.data) for one in proofs.changes()]
    lines = _merged(changes, chosen.entries)
    header = _header(visit, chosen, names=names)
    who = visit.session.member.name
    try:
        files = signed_files(header, lines, partial(visit.services.printer.pdf, styles="", who=who))
    except CannotPrint as error:
        raise ReportNotPrinted from error
    manifest = write_manifest(files)
    statement = visit.sign(EVIDENCE, evidence_fields(header, manifest))
    stated = _stated(proofs, statement)
    try:
        checkpoints = _checkpoints(visit, proofs, kept)
        indices = [*(line.index for line in lines), stated.index]
        size = Checkpoint.parse(split_note(checkpoints[-1].note)[0]).size
        proven = list(zip(indices, proofs.inclusions(indices, size), strict=True))
        data = proven_pack(files, manifest, stated, proven, checkpoints)
        verify_pack(
            data,
            log_key=visit.services.log_key,
            genesis=visit.services.settings.genesis,
            old_checkpoint=kept or None,
        )
    except (VerificationFailed, CryptoError) as error:
        raise NotProved from error
    return MadePack(stated.index, data)


def _merged(changes: Sequence[LoggedLine], chosen: Sequence[LoggedEntry]) -> list[LoggedLine]:
    found = {line.index: line for line in changes}
    found |= {one.index: LoggedLine(one.index, one.salt, one.data) for one in chosen}
    return [found[index] for index in sorted(found)]


def _header(visit: Visit, chosen: Chosen, *, names: bool) -> PackHeader:
    settings = visit.services.settings
    signers = {signer for one in chosen.entries for signer in one.entry.statement.signers}
    known = _names(visit, {*signers, visit.member.id}) if names else {}
    return PackHeader(
        origin=settings.origin,
        genesis=settings.genesis,
        member=visit.member.id,
        day=visit.services.clock.today().isoformat(),
        entries=pairs(one.index for one in chosen.entries),
        names=known,
    )


def _names(visit: Visit, members: set[str]) -> dict[str, Name]:
    """Names that the log knows, with the salts by which it does."""
    with visit.services.database.reading() as session:
        trusted = {member for member, one in people(session, visit.roster).items() if one.trusted}
        query = select(Account.member_id, Account.name, Account.name_salt)
        rows = session.execute(query.where(Account.member_id.in_(members & trusted))).all()
    return {member: Name(name, salt) for member, name, salt in rows}


def _stated(proofs: ProofQuestions, statement: Statement) -> LoggedLine:
    try:
        logged = proofs.state(statement)
    except Refused as refused:
        raise explained(refused) from refused
    return LoggedLine(logged.index, logged.salt, logged.data)


def _checkpoints(visit: Visit, proofs: ProofQuestions, kept: bytes) -> list[ProvenCheckpoint]:
    """The log's newest checkpoint; before it those that witnesses countersigned, and what somebody kept."""
    keeper = visit.services.keeper
    note, last = proofs.signed_checkpoint()
    roster = keeper.roster()
    notes = {Checkpoint.parse(split_note(kept)[0]).size: kept} if kept else {}
    notes |= {one.size: one.note for one in keeper.cosigned() if one.size < last.size}
    older = [
        ProvenCheckpoint(_kept(roster, notes[size]), proofs.consistency(size, last.size))
        for size in sorted(notes)
    ]
    return [*older, ProvenCheckpoint(_kept(roster, note))]


def _kept(roster: Roster, note: bytes) -> bytes:
    """A note under the keys that a pack's reader knows, and no other lines."""
    known = known_keys(roster, Checkpoint.parse(split_note(note)[0]).size)
    return kept_lines(note, [(key.name, key.key_id) for key in known])
