"""What published vectors say of the layers below the protocol, beyond single cases (docs/spec/14-vectors.md)."""

import json
import secrets
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from crypto import sealing
from crypto.encoding import b64, commit_to, unb64
from crypto.errors import CannotOpen
from tests.unit.crypto.hpke import OURS, RFC_A1, Schedule, open_all, schedule, x25519_shared_secret
from tests.vectors.run import HERE

FILES = sorted((HERE / "outside").glob("*.json"))


def held(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((HERE / "outside" / f"{name}.json").read_text("utf-8"))
    return read


def cases(name: str, do: str) -> list[dict[str, Any]]:
    return [case for case in held(name)["cases"] if case["do"] == do]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_published_file_is_short_and_no_case_stands_twice(path: Path) -> None:
    names = [(case["do"], case["name"]) for case in json.loads(path.read_text("ascii"))["cases"]]

    assert path.stat().st_size <= 60_000
    assert len(set(names)) == len(names)


def test_the_schedule_by_hand_is_that_of_rfc_9180() -> None:
    published = {name: unb64(value) for name, value in held("hpke_rfc9180")["shared"].items()}
    given = cases("hpke_rfc9180", "hpke_open_rfc9180")[0]["in"]

    shared = x25519_shared_secret(unb64(given["private"]), unb64(given["enc"]))
    made = schedule(RFC_A1, shared, unb64(given["info"]))

    assert shared == published["shared_secret"]
    assert made == Schedule(published["key"], published["base_nonce"], published["exporter_secret"])


def test_a_wrap_is_what_that_schedule_makes_of_the_published_shared_secret() -> None:
    shared = unb64(held("xwing")["shared"]["shared_secret"])
    [wrap] = [case for case in cases("xwing", "unwrap") if "out" in case]

    sealed = schedule(OURS, shared, commit_to("wrap", wrap["in"]["info"])).seal(0, unb64(wrap["out"]), b"")

    assert unb64(wrap["in"]["blob"])[1120:] == sealed


def test_what_the_library_seals_in_the_suite_of_the_rfc_opens_by_hand() -> None:
    key, secret = X25519PrivateKey.generate(), secrets.token_bytes(32)
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_128_GCM)

    sealed = suite.encrypt(secret, key.public_key(), info=b"info")

    assert open_all(key.private_bytes_raw(), sealed[:32], b"info", [(b"", sealed[32:])]) == [secret]


@pytest.mark.parametrize("case", cases("aes_gcm_wycheproof", "open_bytes"), ids=lambda case: case["name"])
def test_messages_are_sealed_like_the_vault(case: dict[str, Any]) -> None:
    key, aad = unb64(case["in"]["key"]), unb64(case["in"]["aad"])

    if "refused" in case:
        with pytest.raises(CannotOpen):
            sealing._unseal(key, case["in"]["sealed"], aad)
        return

    nonce = unb64(case["in"]["sealed"])[:12]
    assert b64(sealing._unseal(key, case["in"]["sealed"], aad)) == case["out"]
    assert sealing._seal(key, nonce, unb64(case["out"]), aad) == case["in"]["sealed"]
