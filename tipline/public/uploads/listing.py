"""The list of files that a page shows before they go."""

from dataclasses import dataclass

from tipline.cleaning.types import HiddenData
from tipline.public.uploads.body import UploadBody
from tipline.public.uploads.staged import StagedUpload
from tipline.public.uploads.wording import HIDDEN_WORDS, REMAINS_BECAUSE, sentence_of_refusal

_MEGA = 1_000_000
_KILO = 1_000


@dataclass(frozen=True)
class ListedFile:
    """A file as its page names it; `sentences` are English, for gettext."""

    name: str
    sentences: tuple[str, ...]
    item: str = ""
    size: str = ""
    remains: bool = False


@dataclass(frozen=True)
class FileList:
    """The files that wait, and those that were not taken."""

    waiting: tuple[ListedFile, ...]
    refused: tuple[ListedFile, ...]


NO_FILES = FileList((), ())


def listed(body: UploadBody | None) -> FileList:
    """What to list of a request's files."""
    if body is None:
        return NO_FILES
    refused = tuple(ListedFile(name, (sentence_of_refusal(why),)) for name, why in body.refused)
    return FileList(tuple(_listed(upload) for upload in body.uploads), refused)


def _listed(upload: StagedUpload) -> ListedFile:
    sentences = [HIDDEN_WORDS[upload.hidden]]
    if upload.reason:
        sentences.append(REMAINS_BECAUSE[upload.reason])
    return ListedFile(
        name=upload.file.name,
        sentences=tuple(sentences),
        item=upload.file.item.hex(),
        size=_size_words(upload.file.size),
        remains=upload.hidden is HiddenData.REMAINS,
    )


def _size_words(size: int) -> str:
    if size >= _MEGA:
        return f"{size / _MEGA:.1f} MB"
    return f"{max(1, round(size / _KILO))} KB"
