"""Other projects, each in an environment of its own, so that nothing of theirs is needed or loaded here.

An environment is made on first use, in the folder that HARNESS_PEERS names (`~/.cache/guardrail-harness/peers`); where
that cannot be done, the tables say so. A peer is driven by a script in this folder, which runs under the peer's own
Python, reads JSON on stdin and writes JSON on stdout.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Peer"]

FOLDER = Path(__file__).resolve().parent
ENVIRONMENTS = Path(os.environ.get("HARNESS_PEERS", Path.home() / ".cache" / "guardrail-harness" / "peers"))


@dataclass(frozen=True)
class Peer:
    """A project that something here is measured beside."""

    name: str
    requirements: tuple[str, ...]
    script: str
    """The file in this folder that drives it, without `.py`."""
    bare: tuple[str, ...] = ()
    """Requirements whose own are left out: they are not needed for what is measured."""

    @property
    def why(self) -> str:
        """What a table says where the peer could not be run."""
        return "not installed"

    def run(self, message: Any) -> Any:
        """What the script makes of a message; None where the peer cannot be installed or breaks."""
        python = self._python()
        if python is None:
            return None
        done = subprocess.run(
            [str(python), str(FOLDER / f"{self.script}.py")],
            input=json.dumps(message),
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": ""},
        )
        if done.returncode:
            print(f"{self.name} broke: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
            return None
        return json.loads(done.stdout.strip().splitlines()[-1])

    def _python(self) -> Path | None:
        folder = ENVIRONMENTS / self.name
        python = folder / "bin" / "python"
        if (folder / "complete").is_file():
            return python
        pip: Sequence[str] = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        steps = [[sys.executable, "-m", "venv", str(folder)]]
        steps += [[*pip, "--no-deps", *self.bare]] if self.bare else []
        steps += [[*pip, *self.requirements]] if self.requirements else []
        for step in steps:
            done = subprocess.run(step, capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"{self.name} cannot be installed: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
                return None
        (folder / "complete").touch()
        return python
