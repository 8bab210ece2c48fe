"""The one notice: both languages at once, the same bytes for everybody at every time."""

from typing import Final

SUBJECT: Final = "请登录 / Please sign in"

TEXT: Final = (
    "请登录，查看您的工作列表。\n"
    "本通知按固定时间发送，不代表有新的事项。\n"
    "\n"
    "Please sign in and look at your list.\n"
    "This notice comes at set hours, whether or not anything waits.\n"
)
"""No word of what the list is of: the notice lies in mailboxes and on telephones that others see."""
