"""What goes wrong while a request is answered, as the sites are told it."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from crypto.errors import BadFormat, BadProof
from tipline.keeper.batch import NO_ENTRY
from tipline.keeper.errors import Refusal, RolledBack, Unavailable
from tipline.keeper.writer import CANNOT_READ, Writer
from tipline.keeper_client.reasons import Reason

Operation = Callable[[Mapping[str, Any]], dict[str, Any]]


def answered(operation: Operation | None, request: Mapping[str, Any], writer: Writer) -> dict[str, Any]:
    """The answer to a request; a stored hash that is missing stops the keeper."""
    if operation is None:
        return _refused(Refusal(Reason.NOT_ALLOWED, NO_ENTRY))
    try:
        return {"ok": operation(request)}
    except Refusal as refusal:
        return _refused(refusal)
    except BadFormat:
        return _refused(Refusal(Reason.MALFORMED, NO_ENTRY))
    except Unavailable as unavailable:
        why = unavailable
    except BadProof:
        why = writer.distrust()
    except (DBAPIError, PoolTimeout):
        why = Unavailable(CANNOT_READ)
    return {"unavailable": str(why), **({"stopped": True} if isinstance(why, RolledBack) else {})}


def _refused(refusal: Refusal) -> dict[str, Any]:
    return {"refused": refusal.reason.value, "index": refusal.index}
