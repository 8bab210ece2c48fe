"""`tipline log heads` says in plain words what happened and what to do."""

import subprocess

from tests.journeys.trial import CLI
from tests.keeper.observed import Observed
from tests.keeper.process import environment
from tests.keeper.test_acknowledging import acknowledgement, set_back, works
from tests.world import World
from tipline.commands.heads import head_sentences


def test_the_operator_reads_which_heads_there_are_and_what_to_do(world: World) -> None:
    lost, found = set_back(world)
    with world.keeper():
        sentences, well = head_sentences(world.settings)
        [sentence] = sentences
        assert not well
        assert "was rolled back" in sentence
        assert f"Signed last: {lost['size']} entries" in sentence
        assert f"Found: {found['size']} entries" in sentence
        assert "Put the newest copy of the keeper's database back and start the keeper." in sentence
        keeper = Observed(world)
        keeper.client.acknowledge(acknowledgement(world, lost, found))
        works(world, keeper)
        size = found["size"] + 2
        [sentence], well = head_sentences(world.settings)
        assert well
        assert sentence.startswith(f"The log goes on: {size} entries, root ")


def test_the_command_ends_with_a_code_that_a_machine_can_watch(world: World) -> None:
    set_back(world)
    with world.keeper():
        done = subprocess.run(
            [*CLI, "log", "heads"],
            env=environment(world),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert "was rolled back" in done.stdout


def test_an_operators_export_follows_what_two_members_acknowledged(world: World) -> None:
    with world.keeper():
        assert world.operator().export().size
    lost, found = set_back(world, lost=5)
    with world.keeper():
        keeper = Observed(world)
        keeper.client.acknowledge(acknowledgement(world, lost, found))
        assert world.operator().export().size == found["size"] + 2
