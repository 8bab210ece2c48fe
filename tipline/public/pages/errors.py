"""What an error's page says: what happened, and what to do next."""

from dataclasses import dataclass

from tipline.words import mark


@dataclass(frozen=True)
class ErrorWords:
    """A heading and a sentence that says what to do."""

    heading: str
    advice: str


ERRORS = {
    400: ErrorWords(
        mark("We could not read what your browser sent"),
        mark("Nothing was stored. Please go back, open the page again and send it once more."),
    ),
    403: ErrorWords(
        mark("This was not sent from our page"),
        mark("Nothing was stored. Please open the page here, on this site, and fill it in again."),
    ),
    404: ErrorWords(
        mark("There is no such page"),
        mark("Please check the address, or begin at the start page."),
    ),
    405: ErrorWords(
        mark("This page cannot be used like that"),
        mark("Please begin at the start page and use the buttons there."),
    ),
    413: ErrorWords(
        mark("That was too much at once"),
        mark("Nothing was stored. Please go back and send a shorter text or fewer files."),
    ),
    422: ErrorWords(
        mark("Something is missing or does not fit"),
        mark("Nothing was stored. Please go back and check what you typed."),
    ),
    429: ErrorWords(
        mark("Too many tries in a short time"),
        mark("Please wait one minute, then try again. Nothing is locked and nothing is lost."),
    ),
    500: ErrorWords(
        mark("Something went wrong here, not with you"),
        mark(
            "If you had just sent a report and saw no code, go back and send it again: "
            "it is not stored twice."
        ),
    ),
    503: ErrorWords(
        mark("The service is not available just now"),
        mark("Please try again in a few minutes. If somebody is in danger now, call 110."),
    ),
}
