"""django-hordak beside us: an environment of its own, the same server, a database of its own."""

import os
import subprocess
import sys
from pathlib import Path

from bench.clients import Contender
from civicfund.core.embedded import OWNER_ROLE, EmbeddedServer

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "hordak"


class NotInstalled(RuntimeError):
    """django-hordak could not be installed or prepared; the message says why."""


def install(folder: Path, server: EmbeddedServer) -> Contender:
    """By its locked hashes, into `folder` (kept between runs). Raises `NotInstalled`."""
    python = folder / "bin" / "python"
    locked = ROOT / "bench" / "hordak-requirements.txt"
    stamp = folder / "installed.txt"
    if not stamp.exists() or stamp.read_bytes() != locked.read_bytes():
        _run([sys.executable, "-m", "venv", "--clear", str(folder)])
        _run(
            [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
             "--require-hashes", "-r", str(locked)]
        )  # fmt: skip
        stamp.write_bytes(locked.read_bytes())
    server.psql(f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}")
    address = server.url(role=OWNER_ROLE, database=DATABASE)
    environment = {"BENCH_HORDAK_URL": address.replace("+psycopg", "")}
    command = (str(python), str(ROOT / "bench" / "hordak_posts.py"))
    _run([*command, "prepare"], environment)
    return Contender(command, environment)


def _run(command: list[str], environment: dict[str, str] | None = None) -> None:
    # Packages are taken from the index by their locked hashes, whatever else this machine offers.
    kept = {name: value for name, value in os.environ.items() if name != "PIP_FIND_LINKS"}
    try:
        subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=600,
            env={**kept, **(environment or {})},
        )  # fmt: skip
    except subprocess.CalledProcessError as error:
        said = (error.stderr or error.stdout).strip().splitlines()
        raise NotInstalled(said[-1] if said else str(error)) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalled(str(error)) from error
