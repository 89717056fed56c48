"""A Redis server of a test's own on a free port, which may be stopped and killed: never the one on the usual port."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

__all__ = ["RedisServer"]


class RedisServer:
    """Runs while it is entered. With `keeps` what was acknowledged outlives a kill (append-only, fsync each time)."""

    def __init__(self, folder: Path, *, keeps: bool = False) -> None:
        found = shutil.which("redis-server")
        if found is None:
            pytest.skip("needs redis-server on the PATH: apt-get install redis-server")
        self._binary = found
        self._folder = folder
        self._keeps = keeps
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]

    @property
    def url(self) -> str:
        """As stores take it."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Starts it and waits until it answers."""
        self._folder.mkdir(parents=True, exist_ok=True)
        keeping = ["--appendonly", "yes", "--appendfsync", "always"] if self._keeps else ["--appendonly", "no"]
        self._process = subprocess.Popen(
            [self._binary, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--daemonize", "no",
             "--dir", str(self._folder), "--logfile", "redis.log", *keeping],
        )  # fmt: skip
        for _ in range(500):
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as asking:
                    asking.sendall(b"PING\r\n")
                    if asking.recv(64).startswith(b"+PONG"):
                        return
            except OSError:
                pass
            time.sleep(0.02)
        raise RuntimeError(f"redis-server does not answer on port {self.port}")

    def kill(self) -> None:
        """Ends it as `kill -9` does, with nothing written on the way out."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
