"""The report in four screens: on, back, and at the end the code."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tipline.public.forgery import csrf_token
from tipline.public.guided.moves import answer
from tipline.public.guided.page import first_screen
from tipline.public.guided.visit import read_visit
from tipline.public.pages.spliced import SplicedPages
from tipline.public.services import services

guided = Blueprint("guided", __name__)
spliced = SplicedPages()


@guided.get("/report/guided")
def start() -> ResponseReturnValue:
    use = services()
    tokens = (csrf_token(), use.form_keys.issue())
    return spliced.page("guided", use.book.current().version, first_screen, tokens)


@guided.post("/report/guided")
def step() -> ResponseReturnValue:
    return answer(read_visit(services().book.current()))
