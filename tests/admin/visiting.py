"""A request of a member as the rooms see it, without a browser around it."""

from admin.queue.service import current_keys
from admin.readings.card_keys import CardKeys
from admin.tip.state import ReadState
from admin.visit import Visit
from tests.admin.conftest import Office
from tipline.ids import TipId
from tipline.routing import Route
from tipline.tips.moves import TipState
from tipline.tips.purposes import Purpose


def visit_of(office: Office, name: str) -> Visit:
    """A visit of a member in a session of its own."""
    services = office.services
    session = services.sessions.resume(services.sessions.start(office.member(name)).reveal())
    roster = services.keeper.roster()
    return Visit(services, session, roster, office.directory(), roster.members[session.member.id])


def keys_of(visit: Visit) -> CardKeys:
    """The card keys of a visit, after it has listed."""
    return current_keys(visit, list_new=True)


def state_of(office: Office, visit: Visit, tip: TipId, desk: str = "intake") -> ReadState:
    """What a reading of a tip gives its forms: the latest route and the claim key are the log's."""
    view = office.keeper().states([tip.hex()])[tip.hex()]
    return ReadState(
        recipient=visit.directory.keeper,  # nobody is written to
        claim=view.claim,
        route=Route(view.desks, view.excluded),
        purpose=Purpose.TRIAGE,
        desk=desk,
        tip_state=TipState(view.state),
        position=-1,
    )
