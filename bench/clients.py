"""Clients as a deployment has them: processes of their own, which start together on a word."""

import itertools
import json
import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parent.parent


class ClientFailed(RuntimeError):
    """A client ended before it was done; what it said stands above."""


@dataclass(frozen=True)
class Contender:
    """What starts one client: it takes its name as the last argument."""

    command: tuple[str, ...]
    environment: Mapping[str, str]


class Clients:
    """Processes that post when told: a line of JSON asks, a line answers when it is done."""

    # No two clients of a run may make the same keys.
    _names = itertools.count(1)

    def __init__(self, contender: Contender, *, count: int) -> None:
        self._processes = [
            subprocess.Popen(
                [*contender.command, str(next(self._names))], cwd=ROOT, text=True, bufsize=1,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                env={**os.environ, **contender.environment},
            )
            for _ in range(count)
        ]  # fmt: skip
        for process in self._processes:
            self._hear(process)

    def posts_per_second(self, *, each: int, campaigns: int = 1, batch: int = 1) -> float:
        """All post `each` entries, `batch` to a transaction, over so many campaigns."""
        order = json.dumps({"posts": each, "campaigns": campaigns, "batch": batch})
        start = time.perf_counter()
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.write(f"{order}\n")
            process.stdin.flush()
        for process in self._processes:
            self._hear(process)
        return each * len(self._processes) / (time.perf_counter() - start)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.close()
        for process in self._processes:
            try:
                process.wait(10 if error is None else 0)
            except subprocess.TimeoutExpired:
                # Whatever it still tidies up, nobody needs.
                process.kill()
                process.wait()

    @staticmethod
    def _hear(process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        if not process.stdout.readline():
            raise ClientFailed(f"{process.args!r} ended with {process.wait(10)}")
