"""Slow senders of one source hold a few threads, and never all of them."""

import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

from admin.app import BODIES_AT_ONCE
from tests.admin.conftest import Office

FORM = "application/x-www-form-urlencoded"


class Slow(BytesIO):
    """A body that says that it is being read, and then waits."""

    def __init__(self, reading: threading.Semaphore, goes_on: threading.Event) -> None:
        super().__init__(b"name=a&password=b&otp=1")
        self._reading = reading
        self._goes_on = goes_on

    def readinto(self, buffer: Any) -> int:
        self._reading.release()
        self._goes_on.wait(30)
        return super().readinto(buffer)


def post(office: Office, body: BytesIO, address: str) -> int:
    """The status of an attempt to sign in whose body comes like this."""
    return (
        office.app.test_client()
        .post(
            "/sign-in",
            input_stream=body,
            headers={"Content-Length": "23"},
            content_type=FORM,
            environ_base={"REMOTE_ADDR": address},
        )
        .status_code
    )


def test_a_source_sends_four_bodies_at_once_and_not_a_fifth_while_others_come_in(office: Office) -> None:
    reading, goes_on = threading.Semaphore(0), threading.Event()
    with ThreadPoolExecutor(BODIES_AT_ONCE) as slow:
        sent = [slow.submit(post, office, Slow(reading, goes_on), "192.0.2.1") for _ in range(BODIES_AT_ONCE)]
        try:
            for _ in sent:
                assert reading.acquire(timeout=30)
            unread = BytesIO(b"name=a&password=b&otp=1")
            assert post(office, unread, "192.0.2.1") == 429
            assert unread.tell() == 0
            assert post(office, BytesIO(b"name=a&password=b&otp=1"), "192.0.2.2") != 429
        finally:
            goes_on.set()
    assert 429 not in [each.result() for each in sent]
    assert post(office, BytesIO(b"name=a&password=b&otp=1"), "192.0.2.1") != 429
