"""What is said of files, in plain sentences."""

from tipline.cleaning.types import HiddenData
from tipline.confined.types import Reason
from tipline.public.uploads.body import UploadProblem
from tipline.words import mark

HIDDEN_WORDS = {
    HiddenData.REMOVED: mark("Hidden data was removed."),
    HiddenData.NONE: mark("This kind of file holds no hidden data."),
    HiddenData.REMAINS: mark(
        "Hidden data could not be removed. It may still say where, when, with which device and by whom it "
        "was made."
    ),
}

REMAINS_BECAUSE = {
    Reason.KIND: mark("We cannot clean this kind of file."),
    Reason.TOO_LARGE: mark("It is too large to be cleaned: more than 32 MB, or too much inside."),
    Reason.TOO_MANY_PIXELS: mark("The picture is too large to be cleaned."),
    Reason.ENCRYPTED: mark("It is locked with a password."),
    Reason.DAMAGED: mark("It is damaged, or not what it seems to be."),
    Reason.TOOK_TOO_LONG: mark("Cleaning it took too long."),
    Reason.BUSY: mark("Too many files are being cleaned just now. Wait a minute and choose it again."),
}

REFUSED_AS_DANGEROUS = mark(
    "It was not taken: it is built so that whoever opens it is harmed. If you need to send it, make a photo "
    "of what it shows and send that."
)
REFUSED_AS_GONE = mark("It had waited for too long and was thrown away. Please choose it again.")

PROBLEM_WORDS = {
    UploadProblem.TOO_MANY: mark(
        "Nothing was sent yet: there were more than 10 files. The first ones are listed below, the others "
        "were not taken. You can add them later, in your mailbox."
    ),
    UploadProblem.TOO_LARGE: mark(
        "Nothing was sent yet: the files were larger than 500 MB together. Those that fitted are listed "
        "below. You can add the others later, in your mailbox."
    ),
    UploadProblem.NOT_STORED: mark(
        "Nothing was sent yet: we cannot take more files just now. Your text can be sent: press the button "
        "once more. You can add files later, in your mailbox."
    ),
}

LOOK_AT_FILES = mark("Please look at your files below. Then press the button again.")

FILES_ARE_GONE = mark(
    "The files that you had chosen before were kept for too long and are gone. Please choose them again, "
    "or press the button to send without them."
)


def sentence_of_refusal(why: Reason | UploadProblem) -> str:
    """Why a file was not taken, and what to do."""
    return REFUSED_AS_GONE if isinstance(why, UploadProblem) else REFUSED_AS_DANGEROUS
