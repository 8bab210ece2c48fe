"""What the keeper says of its log, for whoever runs the machine."""

from tipline.commands.asking import operator_keeper
from tipline.settings import Settings


def head_sentences(settings: Settings) -> tuple[list[str], bool]:
    """Sentences on the log and on the clock, and whether all is well.

    Raises:
        KeeperError: the keeper does not answer.
    """
    with operator_keeper(settings) as keeper:
        state = keeper.state()
    said = (
        [state.stopped] if state.stopped else [f"The log goes on: {state.size} entries, root {state.root}."]
    )
    return [*said, *([state.clock] if state.clock else [])], not (state.stopped or state.clock)
