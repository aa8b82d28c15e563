"""
The server can't read what members seal: searched for everywhere that it has, while it runs.

People write words that stand nowhere else, with both clients, in every kind of place. Then the dump of the database,
its raw files with the write-ahead log, the state folder, the log at its most talkative and the memory of every process
of the hub are searched. Where the hub may know something the same search must find it: a search that finds nothing
proves nothing.

Raw files may hold a value compressed (TOAST); the dump holds the same values in full.
"""

from __future__ import annotations

import asyncio
import base64
import re
import secrets
import string
import subprocess
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from playwright.async_api import async_playwright

import tests.people
import tests.stories.desk
from crypto.encoding import b64, ids
from crypto.envelope import read_header
from crypto.errors import ProtocolError
from crypto.readers import Epoch
from crypto.sealing import open_message, open_previous
from crypto.vault import open_private, open_vault, read_recovery_code, read_secret
from crypto.wrapping import unwrap
from hub import paths
from hub.app import read_session_key
from hub.client.domain import published
from hub.client.domain.bodies import alert_body
from hub.client.epochs import epoch_secret
from hub.db.embedded import Postgres
from hub.db.migrate import migrate
from tests.browser.conftest import QUIET, chromium
from tests.people import Channel, Person, Village, a_hub
from tests.stories.desk import sit_down
from tests.stories.hub_process import Serving
from tests.stories.line import a_line

__all__ = ["chromium"]

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.browser,
    pytest.mark.slow,
]

STEM = "Qz" + "".join(secrets.choice(string.ascii_lowercase) for _ in range(10))
"""Every word that nobody may find begins with this; it is new in each run."""
SEARCHED = ("dump", "cluster", "wal", "state", "log", "memory")
CHUNK = 4 * 1024 * 1024


def planted(what: str) -> str:
    return f"{STEM} {what}"


# -- the search --------------------------------------------------------------------------------------------------------


def forms(secret: bytes) -> list[bytes]:
    """`secret` as it is, in base64 wherever it begins in it, and both of these in hexadecimal digits."""
    plain = [secret]
    for before in range(3):
        text = base64.b64encode(bytes(before) + secret)
        # The first and the last digits depend on what stands beside it.
        inner = text[(before * 8 + 5) // 6 : (before + len(secret)) * 8 // 6]
        plain += [inner, inner.replace(b"+", b"-").replace(b"/", b"_")]
    found = dict.fromkeys(plain)
    for one in list(found):
        found |= dict.fromkeys([one.hex().encode(), one.hex().upper().encode()])
    return list(found)


def words(text: str) -> list[bytes]:
    """Every form of a text, in UTF-8 and in UTF-16 of both orders."""
    return [form for how in ("utf-8", "utf-16-le", "utf-16-be") for form in forms(text.encode(how))]


def holds(haystack: Iterable[bytes], needles: Iterable[bytes]) -> list[bytes]:
    """The needles that stand in a stream of bytes, also across two parts of it."""
    wanted, found = set(needles), []
    overlap = max(map(len, wanted)) - 1
    rest = b""
    for part in haystack:
        window = rest + part
        for needle in [one for one in wanted if one in window]:
            wanted.discard(needle)
            found.append(needle)
        rest = window[-overlap:]
    return found


def files_of(folder: Path, *, without: str = "") -> Iterator[bytes]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not (without and without in path.parts):
            yield path.name.encode() + b"\0" + path.read_bytes() + b"\0"


def memory_of(pid: int) -> Iterator[bytes]:
    """Everything readable in a process and in those it started, as it stands now."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for child in children:
        yield from memory_of(int(child))
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, rights, *_ = line.split()
            if not rights.startswith("r") or line.endswith(("[vvar]", "[vsyscall]", "[vvar_vclock]")):
                continue
            start, end = (int(one, 16) for one in span.split("-"))
            at = start
            while at < end:
                try:
                    memory.seek(at)
                    part = memory.read(min(CHUNK, end - at))
                except OSError:
                    break  # given back meanwhile
                if not part:
                    break
                yield part
                at += len(part)


# -- the story ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Everything:
    """What the hub has, as bytes, and what nobody but its owners may know."""

    hub: Village
    channel: Channel
    dsn: str
    places: dict[str, list[bytes]]
    session_key: bytes
    secrets: dict[str, bytes] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def own_postgres(reachable_folder: Path) -> Iterator[Postgres]:
    """A server of its own, as an operator's: nobody else's rows lie in its files."""
    with Postgres(reachable_folder / "secrecy") as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def everything(
    own_postgres: Postgres, tmp_path_factory: pytest.TempPathFactory, chromium: str
) -> AsyncIterator[Everything]:
    folder = tmp_path_factory.mktemp("secrecy")
    dsn = own_postgres.dsn("postgres")
    await migrate(dsn, paths.migrations())
    with pytest.MonkeyPatch.context() as patch:
        for module in (tests.people, tests.stories.desk):
            patch.setattr(module, "PASSPHRASE", planted("passphrase"))
        serving = Serving(folder / "hub.log")
        async with a_hub(folder, dsn, serving=serving, log_level="debug") as hub:
            channel = await the_story(hub, chromium)
            found = await gathered(hub, channel, own_postgres, dsn, serving, folder)
            yield found


async def the_story(hub: Village, chromium: str) -> Channel:
    """An alert, a post, a draft, a label and a private record of the program; an alert and a draft of the browser."""
    ghana, peru, france = await hub.members("ghana", "peru", "france")
    await hub.open(france)
    channel = await hub.channel(planted("label"), ghana, peru, history="all")
    template = published.load(paths.config()).template("seizure", "long")
    values: dict[str, Any] = {
        "found_at": "2026-11-02T09:30Z",
        "product_category": "cat-antibiotic",
        "tlp": "TLP:AMBER",
        **{one.key: planted(one.key) for one in template.fields if one.type in {"text", "longtext"}},
    }
    body = alert_body(template, values, "en")
    await ghana.member.post(channel.operation, channel.id, "alert", body, urgency="immediate")
    await ghana.say(channel, planted("post"))
    keys = ghana.member.state.keys
    sealed = keys.seal("draft-1", 1, {"text": planted("draft"), "search": planted("saved search")})
    await ghana.member.hub.put_private("draft-1", 1, sealed)
    await ghana.member.keep_pins()
    coordinator = hub.people["coordinator"]
    await coordinator.read(channel)
    assert len(await peru.read(channel)) == 2

    async with async_playwright() as playwright, a_line(hub.settings.port) as line:
        browser = await playwright.chromium.launch(executable_path=chromium, headless=True, args=list(QUIET))
        desk = await sit_down(browser, peru, line)
        await desk.signs_in()
        await desk.opens_channel(planted("label"))
        await desk.sees(planted("post"))
        await desk.begins_short_form()
        await desk.fills_short_form(planted("goods"))
        await desk.key("Control+Enter")
        await desk.sees(re.compile(r"^Sent \d\d:\d\d UTC$"))
        await desk.opens_channel(planted("label"))
        await desk.presses("Write a post")
        await desk.page.locator("#post").fill(planted("never sent"))
        await desk.sees(re.compile("sealed on the hub"))
        await browser.close()
    assert planted("goods") in str([item.body for item in await ghana.read(channel)])
    return channel


async def gathered(
    hub: Village, channel: Channel, postgres: Postgres, dsn: str, serving: Serving, folder: Path
) -> Everything:
    """What the hub has, read while it runs; what its members have."""
    memory = await asyncio.to_thread(lambda: list(memory_of(serving.hub.pid)))
    database = await asyncpg.connect(dsn)
    await database.execute("CHECKPOINT")
    await database.close()
    program = postgres._programs / "bin" / "pg_dump"
    dump = await asyncio.to_thread(
        lambda: subprocess.run([program, "--dbname", dsn], check=True, capture_output=True).stdout
    )
    state = folder / "state"
    found = Everything(
        hub,
        channel,
        dsn,
        {
            "dump": [dump],
            "cluster": list(files_of(postgres.cluster, without="pg_wal")),
            "wal": list(files_of(postgres.cluster / "pg_wal")),
            "state": list(files_of(state)),
            "log": [serving.log.read_bytes()],
            "memory": memory,
        },
        read_session_key(state),
    )
    for person in hub.people.values():
        keys = person.member.state.keys
        found.printed[f"{person.name}: second secret"] = person.sheet.second
        found.printed[f"{person.name}: recovery code"] = person.sheet.recovery
        found.secrets[f"{person.name}: second secret"] = read_secret(person.sheet.second)
        found.secrets[f"{person.name}: recovery code"] = read_recovery_code(person.sheet.recovery)
        found.secrets[f"{person.name}: vault key"] = keys.vault.key
        found.secrets[f"{person.name}: identity key"] = keys.vault.identity.secret
        found.secrets[f"{person.name}: device key"] = keys.device.secret
        found.secrets |= {f"{person.name}: encryption key {g}": one.seed for g, one in keys.vault.encryption.items()}
        found.secrets[f"{person.name}: invitation"] = person.invitation.secret
    reader = hub.people["ghana"].member.state
    found.secrets["channel's secret"] = await epoch_secret(reader, channel.operation, channel.id, 1)
    for number, key in enumerate(hub.keys):
        found.secrets[f"administrator {number}"] = key.key.secret
    return found


# -- what nobody finds -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", SEARCHED)
async def test_no_word_that_people_wrote_is_anywhere(everything: Everything, place: str) -> None:
    assert holds(everything.places[place], words(STEM)) == []


@pytest.mark.parametrize("place", SEARCHED)
async def test_no_key_and_no_secret_is_anywhere(everything: Everything, place: str) -> None:
    needles = {form: name for name, secret in everything.secrets.items() for form in forms(secret)}
    for name, text in everything.printed.items():
        needles |= {text.encode(): name, text.replace("-", "").encode(): name}

    assert [needles[one] for one in holds(everything.places[place], needles)] == []


# -- what the same search finds ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["dump", "cluster", "wal", "memory"])
async def test_the_search_finds_what_the_hub_may_know(everything: Everything, place: str) -> None:
    assert holds(everything.places[place], [b"GH-GHANA"])
    assert holds(everything.places[place], words("Health Shield"))
    genesis = everything.hub.people["ghana"].member.state.keys.hub
    assert holds(everything.places[place], forms(genesis))


async def test_the_search_finds_the_hubs_own_key_in_its_folder(everything: Everything) -> None:
    assert holds(everything.places["state"], forms(everything.session_key))
    assert holds(everything.places["memory"], forms(everything.session_key))
    assert not holds(everything.places["dump"], forms(everything.session_key))


async def test_the_log_was_kept_and_talks(everything: Everything) -> None:
    assert holds(everything.places["log"], [b"the hub answers"])
    assert holds(everything.places["log"], [str(everything.hub.settings.port).encode()])


@pytest.mark.parametrize("around", [b"", b"a", b"ab", b"abc"])
async def test_the_search_sees_through_every_form(around: bytes) -> None:
    for how in ("utf-8", "utf-16-le", "utf-16-be"):
        text = around + planted("word").encode(how)
        for hidden in (text, base64.b64encode(text), base64.urlsafe_b64encode(text)):
            for one in (hidden, hidden.hex().encode(), hidden.hex().upper().encode()):
                assert holds([b"before", one[:7], one[7:], b"behind"], words(STEM))
    assert holds([b"nothing of it"], words(STEM)) == []


# -- and with everything that the hub holds ----------------------------------------------------------------------------


async def test_who_is_not_in_the_channel_opens_nothing_with_all_that_the_hub_holds(everything: Everything) -> None:
    """France is a member of the operation and no reader; every row of the database lies before it."""
    opened = await opened_by(everything, everything.hub.people["france"])

    assert opened == {"wrap": 0, "envelope": 0, "record": 0, "vault": 0}


async def test_a_reader_opens_it_with_the_same_rows(everything: Everything) -> None:
    opened = await opened_by(everything, everything.hub.people["ghana"])

    assert opened["wrap"] == 1
    assert opened["envelope"] == 3
    assert opened["record"] >= 2
    assert opened["vault"] == 1


async def opened_by(everything: Everything, person: Person) -> dict[str, int]:
    """How much of the database somebody's keys open, of what isn't theirs or is the channel's."""
    hub, keys, channel = everything.hub, person.member.state.keys, everything.channel
    is_reader = any(one.account == person.account for one in current_epoch(everything).readers)
    place = ids(hub=hub.id, operation=channel.operation, channel=channel.id)
    database = await asyncpg.connect(everything.dsn)
    wraps = await database.fetch("SELECT account, generation, epoch, wrap FROM wrap WHERE channel = $1", channel.id)
    rows = await database.fetch("SELECT body, beside FROM statement WHERE stream = $1 ORDER BY seq", channel.id)
    records = await database.fetch("SELECT account, record, version, sealed FROM private_record")
    vaults = await database.fetch("SELECT account, version, sealed FROM vault")
    await database.close()
    assert wraps
    assert len(rows) == 3
    assert len(records) >= 3
    if not is_reader:  # what is one's own opens, as it should
        records = [one for one in records if one["account"] != person.account]
        vaults = [one for one in vaults if one["account"] != person.account]

    found = {"wrap": 0, "envelope": 0, "record": 0, "vault": 0}
    epoch = current_epoch(everything)
    learnt: list[bytes] = [bytes(32), keys.vault.key]
    for row in wraps:
        for key in keys.vault.encryption.values():
            info = {
                **place,
                **ids(account=row["account"], generation=row["generation"], commitment=epoch.record.commitment),
            }
            try:
                learnt.append(unwrap(key.seed, row["wrap"], info))
                found["wrap"] += 1
            except ProtocolError:
                continue
    for secret in list(learnt):
        if epoch.record.previous is not None:
            try:
                learnt.append(open_previous(secret, {**place, "epoch": 2, "former": 1}, b64(epoch.record.previous)))
            except ProtocolError:
                continue
    for row in rows:
        assert read_header(row["body"]).content is not None
        for secret in learnt:
            try:
                open_message(secret, row["body"], row["beside"])
                found["envelope"] += 1
            except ProtocolError:
                continue
    for row in records:
        at = ids(hub=hub.id, account=row["account"], record=row["record"], version=row["version"])
        try:
            open_private(keys.vault.key, at, b64(row["sealed"]))
            found["record"] += 1
        except ProtocolError:
            continue
    for row in vaults:
        try:
            open_vault(
                keys.vault.key, ids(hub=hub.id, account=row["account"], version=row["version"]), b64(row["sealed"])
            )
            found["vault"] += 1
        except ProtocolError:
            continue
    return found


def current_epoch(everything: Everything) -> Epoch:
    """The channel's epoch, as its readers know it."""
    channel = everything.channel
    state = everything.hub.people["ghana"].member.state
    epoch = state.operation(channel.operation).channel(channel.id).epoch
    assert epoch is not None
    return epoch
