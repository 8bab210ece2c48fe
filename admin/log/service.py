"""Verifying the log against what this site remembers, and comparing the database with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from admin.log.entries import LoggedEntry, WholeLog
from admin.log.findings import Finding, Inspection, LoggedFacts
from admin.log.source import as_file
from tipline.evidence.errors import VerificationFailed
from tipline.evidence.verify import VerifyResult, verify_export
from tipline.keeper_client import EntryNotProven

NOT_STORED_AS_SIGNED = "what is stored is not what was signed: it was altered or taken out"


@dataclass(frozen=True)
class Verification:
    """How the log verified: a result, or where and why it did not. Findings are about the database."""

    result: VerifyResult | None
    bad_index: int | None
    why: str
    findings: Sequence[Finding]


def verify(log: WholeLog, remembered: bytes) -> Verification:
    """Verify all entries under one audit statement, from a checkpoint that this site saw before.

    Raises:
        KeeperError: the keeper does not answer.
    """
    facts = LoggedFacts()
    result, bad_index, why = None, None, ""
    try:
        result = verify_export(
            as_file(log.export(lambda entries: _noting(entries, facts))),
            log_key=log.visit.services.log_key,
            old_checkpoint=remembered or None,
            progress=None,
        )
    except VerificationFailed as failed:
        bad_index, why = failed.index, failed.sentence
    except EntryNotProven as altered:
        bad_index, why = altered.index, NOT_STORED_AS_SIGNED
    if result is None:
        return Verification(None, bad_index, why, [])  # with what is not the log nothing is compared
    services = log.visit.services
    with services.database.reading() as session:
        inspection = Inspection(
            session,
            log.visit.roster,
            services.keeper,
            services.log_key,
            services.settings.genesis,
            services.files,
        )
        return Verification(result, bad_index, why, inspection.findings(facts))


def _noting(entries: Iterator[LoggedEntry], facts: LoggedFacts) -> Iterator[LoggedEntry]:
    for one in entries:
        if one.data:  # nothing can be compared with what was forgotten
            facts.take(one)
        yield one
