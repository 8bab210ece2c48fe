"""The sample file: as it is for a trial, with every line out of force for a new instance."""

from pathlib import Path

from tipline.deployment.reading import DEPLOYMENT_FILE

_SAMPLE = Path(__file__).with_name("sample.toml")


def sample_deployment(*, trial: bool) -> str:
    """The text of a new instance's deployment file.

    A trial's is filled in. A real one's says nothing until somebody takes the marks away: nobody shall
    print a sample's telephone number.
    """
    text = _SAMPLE.read_text(encoding="utf-8")
    if trial:
        return text
    return "".join(
        line if line.startswith("#") or not line.strip() else f"#! {line}" for line in text.splitlines(True)
    )


def write_sample(data: Path, *, trial: bool) -> None:
    """Leave the file of a new instance in its data folder, to be filled in."""
    (data / DEPLOYMENT_FILE).write_text(sample_deployment(trial=trial), encoding="utf-8")
