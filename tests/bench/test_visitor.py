"""tipline.bench.visitor: what a simulated visitor sends and keeps."""

from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message

import pytest

from tests.bench.pages import Pages, site
from tipline.bench.errors import OperationFailed
from tipline.bench.visitor import Upload, Visitor


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    with site() as bind, Visitor(bind, "en") as somebody:
        yield somebody


def test_a_refused_page_is_a_failed_operation(visitor: Visitor) -> None:
    with pytest.raises(OperationFailed, match="GET /bad was answered with 400"):
        visitor.get("/bad")


def test_hidden_fields_are_found_in_any_order_of_attributes(visitor: Visitor) -> None:
    assert visitor.get("/form").hidden() == {"csrf_token": "a&b", "form": "7"}


def test_cookies_come_back_until_somebody_new_comes_from_a_new_address(visitor: Visitor) -> None:
    visitor.get("/form")
    visitor.get("/form")
    visitor.become_new()
    visitor.get("/form")
    headers = [headers for _, _, headers, _ in Pages.seen]
    assert [each.get("Cookie") for each in headers] == [None, "session=one", None]
    addresses = [each["X-Forwarded-For"] for each in headers]
    assert addresses[0] == addresses[1] != addresses[2]


def test_a_post_is_followed_where_it_leads(visitor: Visitor) -> None:
    assert visitor.post("/moved", {"code": "1 2"}).hidden()["form"] == "7"
    assert [(method, path) for method, path, _, _ in Pages.seen] == [("POST", "/moved"), ("GET", "/form")]
    assert Pages.seen[0][3] == b"code=1+2"


def test_a_connection_that_the_site_ended_is_opened_again(visitor: Visitor) -> None:
    visitor.get("/hang-up")
    assert visitor.get("/form").status == 200


@pytest.mark.parametrize("count", [0, 3])
def test_a_file_goes_out_whole_and_after_the_text(visitor: Visitor, count: int) -> None:
    upload = Upload("files", "a.bin" if count else "", b"\x00\xff" * 10, count)
    visitor.post_multipart("/form", {"description": "坏人"}, upload)
    text, file = parts_of(Pages.seen[-1])
    assert (text.get_param("name", header="content-disposition"), text.get_payload(decode=True)) == (
        "description",
        "坏人".encode(),
    )
    assert file.get_filename() == upload.name
    assert file.get_payload(decode=True) == upload.block * count


def parts_of(seen: tuple[str, str, dict[str, str], bytes]) -> list[Message]:
    """The parts of a multipart request, as the standard library reads them."""
    _, _, headers, body = seen
    whole = message_from_bytes(b"Content-Type: " + headers["Content-Type"].encode() + b"\r\n\r\n" + body)
    parts = whole.get_payload()
    assert isinstance(parts, list)
    return [part for part in parts if isinstance(part, Message)]
