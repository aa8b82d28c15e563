"""The embedded PostgreSQL: closed to everybody else, gone with the hub, and back after any kill."""

import asyncio
import contextlib
import os
import random
import secrets
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from hub.db import account as accounts
from hub.db.embedded import Postgres, is_living_postgres
from hub.errors import CannotStart

HUB_IN_A_CHILD = """
import sys, time
from pathlib import Path
from hub.db.embedded import Postgres
with Postgres(Path(sys.argv[1]), settings={"fsync": "off"}) as server:
    print(server.pid, flush=True)
    time.sleep(60)
"""
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes accounts")


@pytest.fixture
def home(reachable_folder: Path) -> Path:
    return reachable_folder / secrets.token_hex(4)


@pytest.fixture
def child(home: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process that runs PostgreSQL in `home`, as a hub does."""
    process = start_child(home)
    yield process
    end(process)


def start_child(home: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", HUB_IN_A_CHILD, str(home)], stdout=subprocess.PIPE, text=True)


def end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()


def postgres_of(process: "subprocess.Popen[str]") -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())


def server(home: Path, **more: str) -> Postgres:
    return Postgres(home, settings={"fsync": "off", **more})


def ask(dsn: str, question: str) -> object:
    async def asked() -> object:
        db = await asyncpg.connect(dsn)
        try:
            return await db.fetchval(question)
        finally:
            await db.close()

    return asyncio.run(asked())


def wait_until_gone(pid: int, seconds: float = 30) -> None:
    end_at = time.monotonic() + seconds
    while is_living_postgres(pid):
        assert time.monotonic() < end_at, f"process {pid} is still there"
        time.sleep(0.02)


def test_it_starts_keeps_what_was_stored_and_starts_again(home: Path) -> None:
    with server(home) as first:
        ask(first.dsn(), "CREATE TABLE kept AS SELECT 42 AS answer")

    with server(home) as second:
        assert ask(second.dsn(), "SELECT answer FROM kept") == 42
        assert ask(second.dsn(), "SHOW data_checksums") == "on"


def test_only_its_own_password_opens_it_and_only_through_its_socket(home: Path) -> None:
    with server(home) as running:
        stranger = running.dsn().replace("hub:", "hub:x", 1)

        with pytest.raises(asyncpg.InvalidPasswordError):
            ask(stranger, "SELECT 1")
        assert ask(running.dsn(), "SHOW listen_addresses") == ""
        hba = ask(running.dsn(), "SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules")
        assert hba == "scram-sha-256"


def test_its_files_are_closed_to_everybody_else(home: Path) -> None:
    with server(home):
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (home, *home.iterdir())}

    passable = 0o711 if os.geteuid() == 0 else 0o700
    assert modes.pop(home.name) == passable
    assert modes == {"lock": 0o600, "password": 0o600, "postgres.log": 0o600, "pg18": 0o700, "run": 0o700}


def test_a_second_hub_in_the_same_place_is_refused(home: Path) -> None:
    with server(home), pytest.raises(CannotStart, match="Another hub uses"):
        server(home).start(timeout=0.3)


def test_a_killed_postgres_is_noticed_and_the_next_start_recovers(home: Path) -> None:
    running = server(home)
    running.start()
    ask(running.dsn(), "CREATE TABLE kept AS SELECT 42 AS answer")

    os.kill(running.pid, signal.SIGKILL)
    end_at = time.monotonic() + 30
    while not running.has_ended():
        assert time.monotonic() < end_at
        time.sleep(0.01)
    running.stop()

    with server(home) as again:
        assert ask(again.dsn(), "SELECT answer FROM kept") == 42


def test_postgres_ends_with_a_killed_hub(home: Path, child: "subprocess.Popen[str]") -> None:
    pid = postgres_of(child)

    child.kill()

    wait_until_gone(pid)
    with server(home) as again:
        assert ask(again.dsn(), "SELECT 1") == 1


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_it_comes_back_however_hub_and_postgres_were_killed(home: Path, seed: int) -> None:
    """Including in the middle of initdb, which the first rounds meet."""
    chance = random.Random(seed)
    child = start_child(home)
    time.sleep(chance.uniform(0, 0.8))
    lines = [home / "pg18" / "postmaster.pid", home / "pg18.new" / "postmaster.pid"]
    numbers = [int(path.read_text().split()[0]) for path in lines if path.exists() and path.read_text()]
    victims = [*numbers, child.pid]
    chance.shuffle(victims)
    for victim in victims:
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
    end(child)

    with server(home) as again:
        assert ask(again.dsn(), "SELECT 1") == 1


def test_lock_files_of_the_dead_do_not_stop_it(home: Path) -> None:
    with server(home):
        pass
    for left in (home / "pg18" / "postmaster.pid", home / "run" / ".s.PGSQL.5432.lock"):
        left.write_text(f"{os.getpid()}\n{home / 'pg18'}\n")  # alive, but no PostgreSQL

    with server(home) as again:
        assert ask(again.dsn(), "SELECT 1") == 1


def test_half_a_cluster_is_made_anew(home: Path) -> None:
    (home / "pg18.new" / "base").mkdir(parents=True)
    (home / "pg18.new" / "PG_VERSION").write_text("18\n")

    with server(home) as running:
        assert ask(running.dsn(), "SELECT 1") == 1
    assert not (home / "pg18.new").exists()


def test_a_place_with_a_very_long_name_works(home: Path) -> None:
    deep = home / ("d" * 60) / ("e" * 60)
    home.mkdir(mode=0o711)
    deep.parent.mkdir(mode=0o711)

    with server(deep) as running:
        assert ask(running.dsn(), "SELECT 1") == 1
        socket_folder = running.run
    assert not socket_folder.exists()


def test_a_lost_password_is_told_and_nothing_is_changed(home: Path) -> None:
    with server(home):
        pass
    (home / "password").unlink()

    with pytest.raises(CannotStart, match="does not open without it"):
        server(home).start()
    assert (home / "pg18" / "PG_VERSION").exists()


def test_a_wrong_setting_ends_with_the_name_of_the_log(home: Path) -> None:
    with pytest.raises(CannotStart, match="postgres.log"):
        server(home, shared_buffers="nonsense").start()


def test_the_order_of_words_is_the_same_on_every_machine(home: Path) -> None:
    with server(home) as running:
        words = "SELECT string_agg(w, '' ORDER BY w) FROM unnest(ARRAY['b', 'é', 'a', 'Z']) w"
        assert ask(running.dsn(), words) == "Zabé"


@as_root
def test_root_never_runs_postgres_as_root(home: Path) -> None:
    with server(home) as running:
        assert Path(f"/proc/{running.pid}").stat().st_uid != 0


@as_root
def test_a_place_that_its_account_cannot_reach_is_named(home: Path) -> None:
    closed = home / "closed"
    closed.mkdir(parents=True)
    home.chmod(0o711)
    closed.chmod(0o700)

    with pytest.raises(CannotStart, match=f"cannot pass through {closed}"):
        server(closed / "db").start()


@as_root
def test_programs_that_its_account_cannot_reach_are_copied(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts.Account, "may_run", lambda account, program: False)

    with server(home) as running:
        assert ask(running.dsn(), "SELECT 1") == 1
        program = Path(f"/proc/{running.pid}/exe").resolve()
    assert program.is_relative_to(home / "programs")


@as_root
@pytest.mark.parametrize("name", ["root", "nobody-has-this-name"])
def test_an_account_that_cannot_be_used_is_refused(name: str) -> None:
    with pytest.raises(CannotStart, match=name):
        accounts.choose(name)
