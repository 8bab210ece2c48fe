"""Verifying the log against what this site remembers, and comparing the database with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from admin.log.entries import LoggedEntry, WholeLog
from admin.log.findings import Finding, Inspection, LoggedFacts
from admin.log.source import as_file
from tipline.evidence.errors import VerificationFailed
from tipline.evidence.verify import VerifyResult, verify_export


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
        facts.take(one)
        yield one
