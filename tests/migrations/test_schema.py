"""The migrations: their sum is written down, and their files keep to what a running hub can bear."""

import re

import pytest

from hub import paths
from hub.db.embedded import Postgres
from hub.db.migrate import Migration, read
from tests.migrations.snapshot import SNAPSHOT, schema

MIGRATIONS = read(paths.migrations())
FORBIDDEN = re.compile(r"\bCREATE\s+(EXTENSION|TYPE\s+\w+\s+AS\s+ENUM|ROLE|USER)\b|\bCONCURRENTLY\b", re.IGNORECASE)


def test_the_snapshot_is_what_the_migrations_make(postgres: Postgres, migrated_template: str) -> None:
    assert SNAPSHOT.read_text("utf-8") == schema(postgres.dsn(migrated_template)), "run `make schema`"


@pytest.mark.parametrize("migration", MIGRATIONS, ids=lambda migration: migration.name)
def test_a_migration_uses_only_what_every_postgresql_has(migration: Migration) -> None:
    assert not FORBIDDEN.search(without_comments(migration.sql))


@pytest.mark.parametrize("migration", MIGRATIONS, ids=lambda migration: migration.name)
def test_a_migration_leaves_the_transaction_to_the_runner(migration: Migration) -> None:
    assert not re.search(r"^\s*(BEGIN|COMMIT|ROLLBACK)\s*;", without_comments(migration.sql), re.MULTILINE)


def without_comments(sql: str) -> str:
    return re.sub(r"--.*", "", sql)
