"""One sending of a screen: which one it was, which button was pressed, and what is answered by now."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request

from tipline.directory.types import Directory
from tipline.public.guided.screens import FIELDS, Go, Screen, form_of, go_of, screen_of, with_screen
from tipline.public.report.forms import ReportForm
from tipline.public.uploads.body import UploadBody, upload_body
from tipline.tips.errors import NothingWritten


@dataclass(frozen=True, repr=False)
class Visit:
    """What a screen sent.

    Attributes:
        form: every answer by now, those of this screen as they were typed, checked against the list in force.
        is_lost: the sealed answers of the other screens do not open; `form` holds this one's alone.
    """

    screen: Screen
    go: Go
    form: ReportForm
    body: UploadBody
    is_lost: bool

    @property
    def problems(self) -> Mapping[str, str]:
        """What keeps the reporter on this screen. Whoever goes back may leave the main text empty for now."""
        here = {name: self.form.errors[name] for name in FIELDS[self.screen] if name in self.form.errors}
        if self.go is Go.BACK and here.get("description") == NothingWritten.sentence:
            del here["description"]
        return here


def read_visit(directory: Directory) -> Visit:
    """Read what a screen sent, and open what the screens before were told."""
    sent, body = request.form, upload_body()
    screen = screen_of(sent.get("step", ""))
    is_first = screen is Screen.DANGER and not sent.get("state")
    earlier = form_of(body.state.answers) if body.state else ReportForm()
    form = with_screen(earlier, screen, ReportForm.read(sent, directory))
    return Visit(
        screen=screen,
        go=go_of(sent.get("go", "")),
        form=form.checked(directory),
        body=body,
        is_lost=body.issued is None or (body.state is None and not is_first),
    )
