"""The trial instance: made in an empty data folder, found again the next time."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tipline.clock import Clock
from tipline.instance.folders import is_whole
from tipline.instance.founders import Founder
from tipline.instance.founding import Tell, make_instance
from tipline.instance.plan import Plan, read_plan
from tipline.settings import Settings, data_folder
from tipline.trial.credentials import keep_credentials
from tipline.trial.errors import NotATrial, NoTrial
from tipline.trial.mailboxes import keep_mailboxes
from tipline.trial.samples.awards import MAILBOXES
from tipline.trial.samples.reading import read_samples
from tipline.trial.samples.story_clock import StoryClock
from tipline.trial.samples.telling import tell_story

TRIAL_DATA = "instance/trial"
_TOWNSHIP = Path(__file__).with_name("township.toml")


def trial_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment with the trial's data folder in it, unless one is named."""
    return {**environment, "TIPLINE_DATA": str(data_folder(environment, TRIAL_DATA))}


def sample_plan() -> str:
    """The plan of the trial's township, as TOML with comments."""
    return _TOWNSHIP.read_text(encoding="utf-8")


def township() -> Plan:
    """The trial's township."""
    return read_plan(sample_plan())


def find_trial(environment: Mapping[str, str]) -> Settings:
    """The settings of the trial that is there.

    Raises:
        NoTrial: there is none.
        NotATrial: the instance there is a real one.
    """
    data = data_folder(environment)
    if not is_whole(data):
        raise NoTrial(f"There is no trial in {data}. Start one with `tipline trial`.")
    settings = Settings.from_mapping(environment)
    if not settings.trial:
        raise NotATrial(f"The instance in {data} is not a trial. Name another folder with TIPLINE_DATA.")
    return settings


def open_trial(
    environment: Mapping[str, str], clock: Clock, tell: Tell, *, samples: bool = False
) -> Settings:
    """The settings of the trial; makes it when the data folder is empty.

    Args:
        samples: fill a new one with three months of invented tips and protection cases.

    Raises:
        InstanceError: the folder holds something else.
        NotATrial: the folder holds a real instance.
    """
    data = data_folder(environment)
    if is_whole(data):
        return find_trial(environment)
    if not samples:
        return _make(environment, clock, tell)[0]
    told = read_samples()
    story = StoryClock(clock, told.days + 1)
    settings, founders = _make(environment, story, tell)
    tell(f"Telling the story of {len(told.tips)} sample tips and {len(told.cases)} protection cases")
    codes = tell_story(settings, founders, told, story)
    keep_mailboxes(data, {what: codes[name] for name, what in MAILBOXES.items()})
    return settings


def _make(environment: Mapping[str, str], clock: Clock, tell: Tell) -> tuple[Settings, Sequence[Founder]]:
    data, kept = data_folder(environment), list[Founder]()

    def keep(founders: Sequence[Founder]) -> None:
        keep_credentials(data, founders)
        kept.extend(founders)

    return make_instance(environment, township(), clock, trial=True, keep=keep, tell=tell), kept
