"""The one-file verifier, loaded by its path: it is no package's, and imports nothing of the project."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Final

PATH: Final = Path(__file__).parents[2] / "deploy" / "verify_log.py"


def load() -> ModuleType:
    """The file as a module."""
    spec = importlib.util.spec_from_file_location("verify_log", PATH)
    if spec is None or spec.loader is None:
        raise ImportError(PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
