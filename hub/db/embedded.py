"""
Runs the PostgreSQL of a wheel as a child of the hub: SCRAM, one 0700 socket folder, no TCP (docs/decisions).

    home/            0711 as root, else 0700
    ├── lock         held by the hub, and inherited by every process of its PostgreSQL
    ├── password     0600
    ├── postgres.log
    ├── pg18/        0700, the cluster
    └── run/         0700, the socket
"""

import ctypes
import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from hub.db import account as accounts
from hub.db import binaries
from hub.errors import CannotStart
from hub.paths import make_state_dir

USER = "hub"
SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 107  # of sockaddr_un on Linux
LONGEST_LOG = 1_000_000
PR_SET_PDEATHSIG = 1
OWN_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}  # a PGPORT or PGDATA from outside would count
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "log_destination": "stderr",
}


SORTS_ALIKE_EVERYWHERE = ["-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]


class Postgres:
    """
    One cluster in `home`. `settings` overrule PostgreSQL's own (tests switch flushing off).

    Used as ``with Postgres(home) as database: …``, in the main thread and before an event loop runs: the death signal
    that keeps PostgreSQL from outliving the hub belongs to the thread that started it.
    """

    def __init__(self, home: Path, *, run_as: str | None = None, settings: Mapping[str, str] | None = None) -> None:
        self.home = home
        self.cluster = home / "pg18"
        self.run = home / "run"
        self.settings = {**SETTINGS, **(settings or {})}
        self.account = accounts.choose(run_as)
        self._lock = -1
        self._password = ""
        self._programs = Path()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def dsn(self, database: str = "postgres") -> str:
        """For asyncpg, password included: never to be logged."""
        return f"postgresql://{USER}:{quote(self._password)}@/{database}?host={quote(str(self.run), safe='')}"

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ValueError("PostgreSQL was not started")
        return self._process.pid

    def has_ended(self) -> bool:
        """Whether PostgreSQL died under the hub; then nothing can be stored and the hub should end as well."""
        return self._process is None or self._process.poll() is not None

    def start(self, timeout: float = 30) -> None:
        """Returns when connections are taken. Raises CannotStart with what to do about it."""
        if sys.platform != "linux":
            raise CannotStart("The embedded database runs on Linux only: give the address of a database (dsn).")
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("start PostgreSQL in the main thread")
        end = time.monotonic() + timeout
        self._make_home()
        self._lock = os.open(self.home / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._take_lock(end)
            self._programs = binaries.within_reach(self.home, self.account)
            self._make_socket_folder()
            self._password = self._kept_password()
            self._trim_log()
            if not self.cluster.exists():
                self._make_cluster()
            self._forget_the_dead()
            options = [part for key, value in self._options().items() for part in ("-c", f"{key}={value}")]
            self._process = self._spawn(signal.SIGINT, "postgres", "-D", str(self.cluster), *options)
            self._wait_until_ready(end)
        except BaseException:
            self._let_go()
            raise

    def stop(self, timeout: float = 20) -> None:
        """Ends every connection and writes everything out; past `timeout` seconds, the next start recovers."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)  # "fast shutdown"
            try:
                self._process.wait(timeout)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)  # "immediate shutdown"
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(5)
        self._let_go()

    def _let_go(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        if self.run != self.home / "run":
            shutil.rmtree(self.run, ignore_errors=True)
            self.run = self.home / "run"
        self._process = None
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _make_home(self) -> None:
        """As root the database's account can pass the folder; it owns nothing in it but its cluster and its socket."""
        try:
            make_state_dir(self.home).chmod(0o711 if self.account else 0o700)
        except OSError as error:
            raise CannotStart(f"The folder of the database, {self.home}, cannot be made: {error.strerror}.") from error
        if self.account is None or self.account.may_enter(self.home):
            return
        for folder in reversed([self.home, *self.home.parents]):
            if not self.account.may_enter(folder):
                raise CannotStart(
                    f"PostgreSQL does not run as root, and {self.account.name} cannot pass through {folder}. "
                    "Choose a state_dir that it can reach, such as /var/lib/ncphub, start the hub as an ordinary user, "
                    "or give the address of a database (dsn)."
                )

    def _take_lock(self, end: float) -> None:
        """Held = a hub, its PostgreSQL, or an initdb of it lives: every process below inherits this open file."""
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > end:
                    raise CannotStart(
                        f"Another hub uses {self.home}: stop it first, or give this one another state_dir."
                    ) from None
                time.sleep(0.05)

    def _make_socket_folder(self) -> None:
        if len(os.fsencode(self.run / SOCKET)) > LONGEST_SOCKET_PATH:
            self.run = Path(tempfile.mkdtemp(prefix="ncphub-"))
        self._make_own(self.run)

    def _make_own(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.account:
            self.account.own(folder)

    def _kept_password(self) -> str:
        path = self.home / "password"
        if not path.exists():
            if self.cluster.exists():
                raise CannotStart(
                    f"{path} is gone, and {self.cluster} does not open without it. Nothing was changed: restore it."
                )
            new = path.with_suffix(".new")
            write_secret(new, secrets.token_urlsafe(32))
            new.rename(path)
        return path.read_text("ascii")

    def _trim_log(self) -> None:
        log = self.home / "postgres.log"
        if log.exists() and log.stat().st_size > LONGEST_LOG:
            log.replace(log.with_suffix(".log.1"))

    def _make_cluster(self) -> None:
        """Under another name first, so that half a cluster never gets the real one."""
        new, password = self.home / "pg18.new", self.run / "password"
        shutil.rmtree(new, ignore_errors=True)
        self._make_own(new)
        password.unlink(missing_ok=True)
        write_secret(password, self._password)  # a pipe would be root's, and initdb could not read it
        if self.account:
            self.account.own(password)
        arguments = ["-D", str(new), "-U", USER, "-A", "scram-sha-256", f"--pwfile={password}", "--no-instructions"]
        arguments += SORTS_ALIKE_EVERYWHERE
        arguments += ["--no-sync"] if self.settings.get("fsync") == "off" else []
        try:
            code = self._spawn(signal.SIGKILL, "initdb", *arguments).wait()
        finally:
            password.unlink(missing_ok=True)
        if code:
            raise CannotStart(
                f"The database could not be made (initdb ended with {code}); {self.home / 'postgres.log'} says why."
            )
        new.rename(self.cluster)

    def _forget_the_dead(self) -> None:
        """
        Removes what a killed PostgreSQL left, where its process number is a zombie's or another program's by now.

        Safe because the inherited lock is ours: no process of an earlier PostgreSQL of this home is alive. One that
        somebody started by hand is left alone, and PostgreSQL itself refuses to start beside it.
        """
        for left in (self.cluster / "postmaster.pid", self.run / f"{SOCKET}.lock"):
            if left.exists() and not is_living_postgres(first_number(left)):
                left.unlink()

    def _options(self) -> dict[str, str]:
        return {**self.settings, "unix_socket_directories": str(self.run)}

    def _spawn(self, on_parent_death: signal.Signals, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        c_library, parent = ctypes.CDLL(None), os.getpid()

        def die_with_parent() -> None:  # runs after the change of account, which would clear it
            c_library.prctl(PR_SET_PDEATHSIG, int(on_parent_death))
            if os.getppid() != parent:
                os._exit(1)

        log = os.open(self.home / "postgres.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            return subprocess.Popen(
                [self._programs / "bin" / program, *arguments],
                env=OWN_ENVIRONMENT,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C must reach the hub first
                pass_fds=(self._lock,),
                preexec_fn=die_with_parent,
                user=self.account.user if self.account else None,
                group=self.account.group if self.account else None,
                extra_groups=[] if self.account else None,
            )
        finally:
            os.close(log)

    def _wait_until_ready(self, end: float) -> None:
        while not self._is_ready():
            if self.has_ended():
                raise CannotStart(f"The database ended while it started; {self.home / 'postgres.log'} says why.")
            if time.monotonic() > end:
                raise CannotStart(
                    f"The database is not ready in time; {self.home / 'postgres.log'} says what it is doing."
                )
            time.sleep(0.005)

    def _is_ready(self) -> bool:
        """Line 8 of postmaster.pid: asking it needs neither a connection nor a password."""
        try:
            lines = (self.cluster / "postmaster.pid").read_text().split("\n")
            return int(lines[0]) == self.pid and lines[7].strip() == "ready"
        except (FileNotFoundError, ValueError, IndexError):
            return False


def write_secret(path: Path, secret: str) -> None:
    """Writes a file that only its owner can read, and has it on the disk before it returns."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(file, secret.encode("ascii"))
        os.fsync(file)
    finally:
        os.close(file)


def first_number(path: Path) -> int:
    """The process number on the first line of a lock file of PostgreSQL; 0 where there is none."""
    try:
        return int(path.read_text().split()[0])
    except (IndexError, ValueError):
        return 0


def is_living_postgres(number: int) -> bool:
    """Whether process `number` runs a program called postgres and is not a zombie (proc_pid_stat(5))."""
    try:
        stat = Path(f"/proc/{number}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    name, state = stat[stat.index("(") + 1 : stat.rindex(")")], stat[stat.rindex(")") + 2]
    return name == "postgres" and state != "Z"
