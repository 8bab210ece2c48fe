"""tipline/tips/answers.py: what older versions sealed stays readable."""

from datetime import date

import pytest

from crypto.canonical import decode, encode
from tipline.cleaning.types import HiddenData
from tipline.tips.answers import FileEntry, Message

DAY = date(2026, 3, 3)
OLD = encode(
    {
        "v": 1,
        "text": "Look.",
        "day": "2026-03-03",
        "files": [{"item": "00", "digest": "11", "name": "a.jpg", "size": 7, "type": "image/jpeg"}],
    }
)


def test_a_file_of_an_older_version_is_read_and_says_nothing_of_hidden_data() -> None:
    (file,) = Message.decode(OLD).files
    assert file == FileEntry("00", "11", "a.jpg", 7, "image/jpeg", "")


def test_a_file_that_says_nothing_of_hidden_data_is_written_as_before() -> None:
    message = Message.decode(OLD)
    assert decode(message.encode())["files"] == decode(OLD)["files"]


@pytest.mark.parametrize("became", HiddenData)
def test_what_became_of_hidden_data_comes_back(became: HiddenData) -> None:
    file = FileEntry("00", "11", "a.jpg", 7, "image/jpeg", became.value)
    assert Message.decode(Message("", DAY, files=(file,)).encode()).files == (file,)
