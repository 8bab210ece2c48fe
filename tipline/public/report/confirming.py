"""The step after the code: its last group typed from the paper, compared with the code itself."""

from flask import render_template
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from crypto.tracking_codes import TrackingCode
from tipline.mailbox.doors import open_doors
from tipline.mailbox.errors import UnknownCode
from tipline.public.forgery import csrf_token
from tipline.public.form_keys import ExpiredForm
from tipline.public.services import services
from tipline.public.uploads.body import FORM_FIELD

GROUP_FIELD = "group"
_LONGEST_TYPED = 100  # characters; a group has six


def confirmed_page(sent: MultiDict[str, str]) -> ResponseReturnValue:
    """The code once more, with the word whether the typed group is its last one."""
    use, token = services(), sent.get(FORM_FIELD, "")
    try:
        code = use.form_keys.open(token).code
        with use.database.reading() as session:
            open_doors(session, code, use.log)
    except (ExpiredForm, UnknownCode):
        return render_template("report/unconfirmed.html"), 410
    is_right = _is_last_group(sent.get(GROUP_FIELD, ""), code)
    page = render_template(
        "report/confirmed.html", code=code.reveal(), csrf=csrf_token(), token=token, is_right=is_right
    )
    return page, 200 if is_right else 422


def _is_last_group(typed: str, code: TrackingCode) -> bool:
    """Whether the last of the digits typed are the last group; full-width digits and spaces count too."""
    digits = "".join(str(int(each)) for each in typed[:_LONGEST_TYPED] if each.isdecimal())
    return digits == code.reveal().split()[-1]
