"""The witness over HTTP: two addresses, no page. Source: c2sp.org/tlog-witness."""

from http import HTTPStatus
from typing import Final

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from tipline.witness.errors import AnotherSize, Declined, WitnessError
from tipline.witness.service import Witness

MAX_BODY: Final = 64 * 1024
"""Bytes of a request: 63 hashes and a checkpoint with a dozen signatures are less."""

_SIZE: Final = "text/x.tlog.size"
_TEXT: Final = "text/plain; charset=utf-8"


def create_app(witness: Witness) -> Flask:
    """Build the site of one witness."""
    app = Flask("witness", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY)

    @app.post("/add-checkpoint")
    def add_checkpoint() -> Response:
        return Response(witness.add_checkpoint(request.get_data(cache=False)), content_type=_TEXT)

    @app.get("/<mark>/checkpoint")
    def checkpoint(mark: str) -> Response:
        return Response(witness.latest(mark), content_type=_TEXT)

    app.register_error_handler(Declined, _decline)
    app.register_error_handler(HTTPException, _refuse)
    for kind in (WitnessError, OSError):
        app.register_error_handler(kind, _fail)
    return app


def _decline(error: Declined) -> Response:
    if isinstance(error, AnotherSize):
        return Response(f"{error.size}\n", error.status, content_type=_SIZE)
    return Response(error.sentence + "\n", error.status, content_type=_TEXT)


def _refuse(error: HTTPException) -> Response:
    return Response("There is nothing here.\n", error.code or HTTPStatus.BAD_REQUEST, content_type=_TEXT)


def _fail(_error: Exception) -> Response:
    """Its disk or its files: nothing was countersigned."""
    return Response(
        "The witness cannot use its files.\n", HTTPStatus.INTERNAL_SERVER_ERROR, content_type=_TEXT
    )
