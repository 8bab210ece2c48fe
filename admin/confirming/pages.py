"""The two pages that ask, each with everything that was posted, to be sent again to the same address."""

from collections.abc import Iterator
from typing import Final

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from admin.confirming.errors import ConfirmingError, WrongAnswer
from admin.confirming.look import BODY, FIELD, PageLook
from admin.confirming.prepared import seal_body
from admin.headers import allow_script
from admin.members.names import Names
from admin.proposals.sentences import say
from admin.visit import this_visit
from crypto.assertions import PARTS, url_text
from tipline.accounts.errors import AssertionNeeded, SecondLookNeeded
from tipline.roster.sensitive import passkeys_needed

STATUS: Final = 428  # RFC 6585, section 3: the request is to be sent again, with something more
FORM_TOKEN: Final = "csrf_token"  # noqa: S105  the name of a field


def ask(error: SecondLookNeeded) -> ResponseReturnValue:
    """Ask for what is missing, once the view that needed it has left everything as it was."""
    if isinstance(error, AssertionNeeded):
        return _ask_passkey(error), STATUS
    return _ask_code(None), STATUS


def ask_again(error: ConfirmingError) -> ResponseReturnValue:
    """The same question, after an answer that was wrong."""
    return _ask_code(error), STATUS


def _ask_code(problem: ConfirmingError | None) -> str:
    sentence = problem.sentence if problem else None
    return render_template("confirm.html", visit=g.visit, problem=sentence, carried=list(_carried()))


def _ask_passkey(error: AssertionNeeded) -> str:
    visit, statement = this_visit(), error.statement
    look = visit.session.member.look
    asked = look if isinstance(look, PageLook) else None
    passkey = passkeys_needed(visit.roster, statement)[visit.member.id]
    allow_script()
    return render_template(
        "passkey_asked.html",
        visit=visit,
        problem=WrongAnswer.sentence if asked and asked.answered(statement) else None,
        another=bool(asked and asked.answered_another(statement)),
        carried=list(_carried()),
        body_field=BODY,
        body=seal_body(visit.session.token.form_key, request.path, statement.body),
        parts=[FIELD + part for part in PARTS],
        passkey=passkey,
        challenge=url_text(statement.challenge),
        said=say(statement.body["type"], statement.body, Names.of(visit)),
        digest=statement.digest,
    )


def _carried() -> Iterator[tuple[str, str]]:
    """What was posted, but for this room's own fields and the form's token."""
    for name, value in request.form.items(multi=True):
        if name != FORM_TOKEN and not name.startswith(FIELD):
            yield name, value
