"""The mailbox's pages, which stand in several modules, are one blueprint."""

from flask import Blueprint

mailboxes = Blueprint("mailbox", __name__, url_prefix="/mailbox")
