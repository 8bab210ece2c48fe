"""/log/inventory."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from admin.inventory.service import look
from admin.permissions import Permission, requires
from admin.visit import this_visit

pages = Blueprint("inventory", __name__)


@pages.get("/log/inventory")
@requires(Permission.AUDIT)
def show() -> ResponseReturnValue:
    """What is missing or changed, and the latest nights."""
    return render_template("inventory.html", found=look(this_visit()))
