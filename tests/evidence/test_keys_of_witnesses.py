"""Both verifiers refuse a log in which a witness's key is somebody else's, too, whichever came first."""

from pathlib import Path
from typing import Any, Final

import pytest

from crypto.cosignatures import Ed25519Cosigner, MldsaCosigner
from crypto.keys import SigningKey
from crypto.log_keys import next_key_fields
from crypto.mldsa import MldsaSigningKey
from crypto.notes import NoteSigner
from tests.evidence.logs import Log
from tests.evidence.test_verify_log import holds, service_takes
from tests.roster.township import (
    INTEGRITY,
    LOG_KEY,
    NEWCOMER,
    ORIGIN,
    POLICE,
    REGISTRAR,
    START,
    body,
    genesis,
    member,
)

BOTH: Final = (REGISTRAR, INTEGRITY)
NAME: Final = "witness.example"
WITNESS: Final = SigningKey.from_seed(b"\x61" * 32)
WITNESS_PQ: Final = MldsaSigningKey.from_seed(b"\x62" * 32)
FRESH: Final = SigningKey.from_seed(b"\x63" * 32)
FRESH_PQ: Final = MldsaSigningKey.from_seed(b"\x64" * 32)


def named(key: SigningKey = WITNESS, pq: MldsaSigningKey = WITNESS_PQ) -> dict[str, Any]:
    """The statement that names a witness with these keys."""
    keys = [Ed25519Cosigner(NAME, key).verifier.vkey, MldsaCosigner(NAME, pq).verifier.vkey]
    witness = {"name": NAME, "url": "https://witness.example", "keys": keys}
    return body("witnesses", BOTH, witnesses=[witness], quorum=1, alarm_hours=24, stop=False)


def newcomer(key: SigningKey) -> dict[str, Any]:
    return body("member", [REGISTRAR], member=member(NEWCOMER, POLICE, signing_key=key.public.raw.hex()))


def next_keys(key: SigningKey, pq: MldsaSigningKey) -> dict[str, Any]:
    fields = next_key_fields(ORIGIN, LOG_KEY.public, key, pq.public)
    return body(fields.pop("type"), ["keeper"], **fields)


LOGS: Final[dict[str, tuple[bool, list[dict[str, Any]]]]] = {
    "two of their own": (True, [named(), newcomer(FRESH)]),
    "the same witness again": (True, [named(), {**named(), "nonce": "ab" * 16}]),
    "a log with keys of its own": (True, [named(), next_keys(FRESH, FRESH_PQ)]),
    "a member with a witness's key": (False, [named(), newcomer(WITNESS)]),
    "a witness with a member's key": (False, [newcomer(WITNESS), named()]),
    "a witness with the log's key": (False, [named(key=LOG_KEY)]),
    "a log with a witness's key": (False, [named(), next_keys(WITNESS, FRESH_PQ)]),
    "a log with a witness's second key": (False, [named(), next_keys(FRESH, WITNESS_PQ)]),
}

SIGNERS: Final = {key.public.raw.hex(): key for key in (WITNESS, FRESH)}


@pytest.mark.parametrize("which", LOGS)
def test_a_key_of_a_witness_is_nobody_else_s(which: str, tmp_path: Path) -> None:
    right, statements = LOGS[which]
    log = Log()
    log.done(genesis())
    for place, statement in enumerate(statements, 1):
        log.done({**statement, "at": START + place})
        if statement["type"] == "log-key":
            log.signer = NoteSigner(ORIGIN, SIGNERS[statement["log_key"]])
    data = log.export()
    assert service_takes(data, "export") is right
    assert holds(data, tmp_path / "export") is right
