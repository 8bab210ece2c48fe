"""Asking a time stamping service, and checking what it answers before it counts.

Source: RFC 3161. What is stamped is the SHA-256 of the log's published checkpoint, a note under both of its
keys; note and answer are kept as they are, so that `openssl ts -verify` checks them elsewhere, too.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import HTTPException
from typing import Final

from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimeStampRequest,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from tipline.calling import post
from tipline.stamps.errors import NoService, NoStamp

QUERY: Final = "application/timestamp-query"
REPLY: Final = "application/timestamp-reply"


@dataclass(frozen=True)
class Stamp:
    """A checked time stamp: the moment that the service states, and its answer as it came."""

    at: datetime
    reply: bytes


@dataclass(frozen=True)
class StampService:
    """An address, and the certificates that its time stamps must lead to."""

    url: str
    roots: tuple[Certificate, ...]

    @classmethod
    def of(cls, url: str, roots: bytes) -> "StampService":
        """Take up a service; `roots` are certificates as PEM.

        Raises:
            NoService: there is no certificate, or no address.
        """
        if not url.startswith(("http://", "https://")):
            raise NoService(
                "TIPLINE_TSA_URL is the address of a time stamping service (http:// or https://)."
            )
        try:
            return cls(url, tuple(load_pem_x509_certificates(roots)))
        except ValueError as error:
            raise NoService(
                "TIPLINE_TSA_ROOTS is a file with the certificates of the service, as PEM."
            ) from error

    def stamp(self, note: bytes) -> Stamp:
        """Have a note stamped.

        Raises:
            NoStamp: the service does not answer, or not with a time stamp on this note.
        """
        request = TimestampRequestBuilder().data(note).hash_algorithm(HashAlgorithm.SHA256).build()
        try:
            answer = post(self.url, request.as_bytes(), QUERY)
        except (OSError, HTTPException, ValueError) as error:
            raise NoStamp(f"The time stamping service does not answer ({type(error).__name__}).") from error
        if answer.status != HTTPStatus.OK or answer.content_type != REPLY:
            raise NoStamp(f"The time stamping service answered {answer.status}, and no time stamp.")
        return self.check(note, answer.body, request)

    def check(self, note: bytes, reply: bytes, request: TimeStampRequest | None = None) -> Stamp:
        """Check a time stamp on a note; with the request also that it answers this very one.

        Raises:
            NoStamp: it is none, of something else, or not by a service with these certificates.
        """
        verifier = VerifierBuilder(roots=list(self.roots), nonce=request.nonce if request else None).build()
        try:
            response = decode_timestamp_response(reply)
            verifier.verify_message(response, note)
            at = response.tst_info.gen_time
        except (VerificationError, ValueError) as error:
            raise NoStamp(f"The time stamp does not prove itself ({error}).") from error
        return Stamp(at if at.tzinfo else at.replace(tzinfo=UTC), reply)
