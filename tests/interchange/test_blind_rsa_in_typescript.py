"""Vouchers across two implementations: @cloudflare/blindrsa-ts blinds for our mint, and signs for our client.

It is fetched by `deploy/counterparts.sh`, and runs under Node.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from crypto.blind_rsa import MintKey
from crypto.errors import BadSignature, CryptoError
from crypto.vouchers import Voucher, derive_voucher

HERE = Path(__file__).parent
ENTRY = Path("node_modules/@cloudflare/blindrsa-ts/lib/src/index.js")
MESSAGE = bytes(range(32))
ROOT = bytes(range(16))
Ask = Callable[..., dict[str, Any]]


class Refused(Exception):
    """The counterpart refused."""


@pytest.fixture(scope="module")
def theirs(repository: Path) -> Iterator[Ask]:
    """Asks the counterpart for one operation."""
    node, entry = shutil.which("node"), repository / ".venv" / "counterparts" / ENTRY
    if node is None:
        pytest.skip("node is missing: no independent client of blind signatures")
    if not entry.exists():
        pytest.skip("deploy/counterparts.sh was not run: no independent client of blind signatures")
    command = [node, str(HERE / "blind_rsa.mjs"), str(entry)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def ask(operation: str, **fields: str) -> dict[str, Any]:
            print(json.dumps({"operation": operation, **fields}), file=process.stdin, flush=True)
            answer: dict[str, Any] = json.loads(process.stdout.readline())  # type: ignore[union-attr]  # a pipe
            if "refused" in answer:
                raise Refused(answer["refused"])
            return answer

        yield ask
        process.stdin.close()


@pytest.fixture(scope="module")
def mint() -> MintKey:
    return MintKey.generate()


@pytest.fixture(scope="module")
def another() -> MintKey:
    return MintKey.generate()


def pkcs8(key: MintKey) -> str:
    loaded = serialization.load_pem_private_key(key.to_pem(), None)
    return loaded.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).hex()


# ------------------------------------------------------------------ refusals


def test_their_client_refuses_what_our_mint_did_not_answer_it(
    theirs: Ask, mint: MintKey, another: MintKey
) -> None:
    n, message = mint.public.n_hex, MESSAGE.hex()
    asked = theirs("blind", n=n, message=message)
    answer = mint.blind_sign(bytes.fromhex(asked["blinded"]))
    other = mint.blind_sign(bytes.fromhex(theirs("blind", n=n, message=message)["blinded"]))
    for signed in (answer[:-1], answer[:-1] + bytes([answer[-1] ^ 1]), other, bytes(384)):
        with pytest.raises(Refused):
            theirs("finish", n=n, message=message, signed=signed.hex(), inverse=asked["inverse"])
    with pytest.raises(Refused):
        theirs(
            "finish",
            n=another.public.n_hex,
            message=message,
            signed=answer.hex(),
            inverse=asked["inverse"],
        )


def test_our_client_refuses_what_their_mint_did_not_answer_it(
    theirs: Ask, mint: MintKey, another: MintKey
) -> None:
    first, second = (derive_voucher(ROOT, 7, 2026, 500, number, mint.public) for number in (0, 1))
    answers = [
        bytes.fromhex(theirs("sign", key=pkcs8(key), blinded=seed.blinding.blinded.hex())["signed"])
        for key, seed in ((mint, second), (another, derive_voucher(ROOT, 7, 2026, 500, 0, another.public)))
    ]
    for answer in (*answers, answers[0][1:], bytes(384)):
        with pytest.raises(CryptoError):
            first.finish(answer, mint.public)


def test_both_refuse_the_same_signatures(theirs: Ask, mint: MintKey, another: MintKey) -> None:
    seed = derive_voucher(ROOT, 7, 2026, 500, 0, mint.public)
    good = seed.finish(mint.blind_sign(seed.blinding.blinded), mint.public)
    for public, message, signature in (
        (another.public, good.message, good.signature),
        (mint.public, MESSAGE, good.signature),
        (mint.public, good.message, good.signature[:-1]),
        (mint.public, good.message, bytes(384)),
    ):
        with pytest.raises(BadSignature):
            public.verify(message, signature)
        answer = theirs("verify", n=public.n_hex, message=message.hex(), signature=signature.hex())
        assert answer == {"good": False}


# --------------------------------------------------------------------- rules


def test_their_client_and_our_mint_understand_each_other(theirs: Ask, mint: MintKey) -> None:
    n, message = mint.public.n_hex, MESSAGE.hex()
    asked = theirs("blind", n=n, message=message)
    signed = mint.blind_sign(bytes.fromhex(asked["blinded"]))
    finished = theirs("finish", n=n, message=message, signed=signed.hex(), inverse=asked["inverse"])
    voucher = Voucher(2026, 500, MESSAGE, bytes.fromhex(finished["signature"]))
    voucher.check(mint.public)
    assert Voucher.read(voucher.carry(), {(2026, 500): mint.public}) == voucher


def test_our_client_and_their_mint_understand_each_other(theirs: Ask, mint: MintKey) -> None:
    seed = derive_voucher(ROOT, 7, 2026, 500, 0, mint.public)
    answer = theirs("sign", key=pkcs8(mint), blinded=seed.blinding.blinded.hex())
    assert answer["signed"] == mint.blind_sign(seed.blinding.blinded).hex()
    voucher = seed.finish(bytes.fromhex(answer["signed"]), mint.public)
    signature, message = voucher.signature.hex(), voucher.message.hex()
    assert theirs("verify", n=mint.public.n_hex, message=message, signature=signature) == {"good": True}


def test_openssl_takes_a_voucher_as_an_ordinary_signature(mint: MintKey, tmp_path: Path) -> None:
    seed = derive_voucher(ROOT, 7, 2026, 500, 0, mint.public)
    voucher = seed.finish(mint.blind_sign(seed.blinding.blinded), mint.public)
    loaded = serialization.load_pem_private_key(mint.to_pem(), None).public_key()
    files = {
        "key": loaded.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ),
        "message": voucher.message,
        "signature": voucher.signature,
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    scheme = [
        word
        for option in ("rsa_padding_mode:pss", "rsa_pss_saltlen:48", "rsa_mgf1_md:sha384")
        for word in ("-sigopt", option)
    ]
    command = ["openssl", "dgst", "-sha384", *scheme, "-verify", "key", "-signature", "signature", "message"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (0, "Verified OK\n")
