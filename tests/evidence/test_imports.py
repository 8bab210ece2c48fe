"""The verifier runs on another machine: it needs the standard library and `cryptography`, nothing else."""

import subprocess
import sys
from pathlib import Path

SERVICES = (
    "flask",
    "sqlalchemy",
    "alembic",
    "werkzeug",
    "click",
    "structlog",
    "socket",
    "urllib.request",
    "sqlite3",
)


def test_the_verifier_loads_no_web_no_database_and_no_network(repository: Path) -> None:
    code = "import sys, tipline.evidence.verify; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, check=True
    )
    assert not set(SERVICES) & set(done.stdout.split())
