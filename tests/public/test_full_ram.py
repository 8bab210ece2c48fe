"""A RAM folder that is full costs files and new sign-ins, and never a page, a report or the site."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.public.instance import Instance

MOUNT = 'mount -t tmpfs -o size=8m tmpfs "$1/ram" && exec "$2" -m tests.public.full_ram "$1"'


def alone() -> list[str]:
    """The command that gives a process mounts of its own."""
    return ["unshare", "--mount"] if os.getuid() == 0 else ["unshare", "--mount", "--map-root-user"]


def test_whoever_comes_while_the_ram_folder_is_full_gets_pages_and_can_report(tmp_path: Path) -> None:
    (tmp_path / "ram").mkdir()
    if subprocess.run([*alone(), "true"], check=False, capture_output=True).returncode:
        return  # nobody may mount here; the test below holds what a full one rests on
    ended = subprocess.run(
        [*alone(), "sh", "-c", MOUNT, "sh", str(tmp_path), sys.executable],
        check=False,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert json.loads(ended.stdout.splitlines()[-1]) == {
        "pages": [200],
        "report": 201,
        "files": [True, True],
        "sign-in": 503,
        "session": 200,
        "next hour": 201,
        "left": 200,
    }


def test_what_every_request_needs_of_the_ram_folder_has_its_room_from_the_start(instance: Instance) -> None:
    ram = instance.settings.ram / "public"
    names = {path.name for path in ram.iterdir() if path.is_file()}
    tables = {"client-keys", "form-keys", "left", "limits"}
    assert names == {*tables, *(f"{name}.lock" for name in tables), "mailbox.lock"}
    for name in tables:
        held = (ram / name).stat()
        assert held.st_blocks * 512 >= held.st_size > 0
