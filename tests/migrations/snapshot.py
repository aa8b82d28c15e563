"""Writes migrations/schema.sql: what all migrations together make of an empty database (`make schema`)."""

import asyncio
import os
import re
import subprocess
import tempfile
from pathlib import Path

from hub import paths
from hub.db import binaries
from hub.db.embedded import Postgres
from hub.db.migrate import migrate

SNAPSHOT = paths.migrations() / "schema.sql"
HEADING = "-- What all migrations make together: written by `make schema`, never by hand, and never applied.\n"
OPTIONS = ["--schema-only", "--no-owner", "--no-privileges", "--exclude-table=migration"]
NOISE = re.compile(r"^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*)\n", re.MULTILINE)


def schema(dsn: str) -> str:
    """The structure of a database as SQL, without what differs between two dumps of the same."""
    program = binaries.shipped() / "bin" / "pg_dump"
    dump = subprocess.run([program, *OPTIONS, f"--dbname={dsn}"], capture_output=True, check=True, text=True).stdout
    return HEADING + "\n" + re.sub(r"\n{3,}", "\n\n", NOISE.sub("", dump)).strip() + "\n"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="ncphub-schema-") as folder:
        Path(folder).chmod(0o711 if os.geteuid() == 0 else 0o700)
        with Postgres(Path(folder) / "db", settings={"fsync": "off"}) as server:
            asyncio.run(migrate(server.dsn(), paths.migrations()))
            SNAPSHOT.write_text(schema(server.dsn()), "utf-8")


if __name__ == "__main__":
    main()
