"""tipline/cleaning/pdf_tree.py: the catalogue and each page keep the keys that we know."""

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from tests.cleaning import documents
from tests.cleaning.conftest import Clean
from tests.cleaning.inside import hidden
from tests.cleaning.test_pdf import cleaned, made_with
from tipline.confined.errors import CannotRead
from tipline.confined.types import Reason


def _catalogue(made: pikepdf.Pdf, _page: Any) -> None:
    made.Root["/HIDDENKEY"] = Dictionary(A=String("HIDDENVALUE"))
    made.Root.URI = Dictionary(Base=String("file:///C:/HIDDENUSER/"))
    made.Root.Threads = Array([made.make_indirect(Dictionary(I=Dictionary(Author=String("HIDDENAUTHOR"))))])
    made.Root.Extensions = Dictionary({"/HIDDENMAKER": Dictionary(BaseVersion=Name("/1.7"))})


def _page(made: pikepdf.Pdf, page: Any) -> None:
    page["/HIDDENKEY"] = String("HIDDENVALUE")
    page.ID = String("HIDDENADDRESS")
    page.VP = Array([Dictionary(Measure=Dictionary(GPTS=String("HIDDENPLACE")))])
    made.Root.Pages["/HIDDENFOLDER"] = String("HIDDENVALUE")


def _names(made: pikepdf.Pdf, _page: Any) -> None:
    made.Root.Names = Dictionary(Renditions=Dictionary(Names=Array([String("HIDDENNAME"), Dictionary()])))


def _layers(made: pikepdf.Pdf, _page: Any) -> None:
    usage = Dictionary(
        User=Dictionary(Type=Name.Ind, Name=String("HIDDENUSER")),
        CreatorInfo=Dictionary(Creator=String("HIDDENPROGRAM")),
        View=Dictionary(ViewState=Name.ON),
    )
    layer = made.make_indirect(Dictionary(Type=Name.OCG, Name=String("SEENLAYER"), Usage=usage))
    made.Root.OCProperties = Dictionary(
        OCGs=Array([layer]), D=Dictionary(Creator=String("HIDDENCREATOR"), Order=Array([layer]))
    )


@pytest.mark.parametrize("fill", [_catalogue, _page, _names, _layers])
def test_a_key_that_nobody_knows_is_gone(fill: Callable[[pikepdf.Pdf, Any], None]) -> None:
    before = made_with(fill)
    assert hidden(before)
    assert hidden(cleaned(before)) == set()


def test_what_makes_a_page_and_a_layer_stays() -> None:
    def fill(made: pikepdf.Pdf, page: Any) -> None:
        _layers(made, page)
        page.Rotate = 90
        made.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(S=Name.r)]))
        made.Root.Names = Dictionary(Dests=Dictionary(Names=Array([String("SEENPLACE"), Array([page])])))

    with pikepdf.open(io.BytesIO(cleaned(made_with(fill)))) as after:
        layer = after.Root.OCProperties.OCGs[0]
        assert (layer.Usage.View.ViewState, str(layer.Name)) == (Name.ON, "SEENLAYER")
        assert after.pages[0].Rotate == 90
        assert str(after.Root.PageLabels.Nums[1].S) == "/r"
        assert str(after.Root.Names.Dests.Names[0]) == "SEENPLACE"


def test_a_circle_of_pages_comes_to_an_end(clean: Clean) -> None:
    def fill(made: pikepdf.Pdf, _page: Any) -> None:
        made.Root.Pages.Kids.append(made.Root.Pages)

    with pytest.raises(CannotRead) as error:
        clean(made_with(fill), documents.PDF)
    assert error.value.reason is Reason.DAMAGED
