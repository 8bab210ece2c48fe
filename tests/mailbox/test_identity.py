"""Whether a name can be left follows the directory that the keeper signed."""

from dataclasses import replace

from crypto.keys import Identity
from tests.public.instance import Instance
from tipline.ids import CUSTODIANS
from tipline.mailbox.identity import custodians_of
from tipline.public.services import EXTENSION


def test_a_desk_at_which_nobody_sits_holds_no_second_key(instance: Instance) -> None:
    instance.desks[CUSTODIANS] = Identity.generate()
    instance.publish(2)
    directory = instance.app.extensions[EXTENSION].book.current()
    desk = directory.desks[CUSTODIANS]
    empty = replace(directory, desks={**directory.desks, CUSTODIANS: replace(desk, staff=())})
    assert custodians_of(empty) is None
    assert custodians_of(directory) == desk
