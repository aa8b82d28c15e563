"""The vault: two ways in, nothing for who has only one half."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import vault
from crypto.errors import BelowFloor, CannotOpen, Malformed

HUB, WRAP, CODE = b"h" * 32, b"w" * 16, "GH-AMA"


@pytest.fixture(scope="module")
def stretched() -> bytes:
    return vault.stretch("correct horse", b"s" * 16)


def test_passphrase_and_second_secret_open_the_vault_together(stretched: bytes) -> None:
    second, key = secrets.token_bytes(16), secrets.token_bytes(32)
    door = vault.passphrase_door(stretched, second, HUB, CODE, WRAP)
    kept = vault.wrap_vault_key(key, door, HUB, CODE, WRAP, "passphrase", secrets.token_bytes(12), b"s" * 16)

    read = vault.read_vault_wrap(vault.vault_wrap_form(kept))

    assert vault.unwrap_vault_key(read, door, HUB, CODE) == key
    without = vault.passphrase_door(stretched, secrets.token_bytes(16), HUB, CODE, WRAP)
    with pytest.raises(CannotOpen):
        vault.unwrap_vault_key(read, without, HUB, CODE)


def test_what_signs_in_does_not_open(stretched: bytes) -> None:
    door = vault.passphrase_door(stretched, b"2" * 16, HUB, CODE, WRAP)
    kept = vault.wrap_vault_key(bytes(32), door, HUB, CODE, WRAP, "passphrase", bytes(12), b"s" * 16)

    with pytest.raises(CannotOpen):
        vault.unwrap_vault_key(kept, vault.Door(door.sign_in_secret, b""), HUB, CODE)
    with pytest.raises(CannotOpen):
        vault.unwrap_vault_key(kept, vault.Door(vault.verifier(door.sign_in_secret), b""), HUB, CODE)


def test_each_wrap_signs_in_with_another_secret(stretched: bytes) -> None:
    one = vault.passphrase_door(stretched, b"2" * 16, HUB, CODE, WRAP)
    other = vault.passphrase_door(stretched, b"2" * 16, HUB, CODE, b"x" * 16)

    assert len({one.sign_in_secret, one.wrapping_key, other.sign_in_secret, other.wrapping_key}) == 4


def test_a_hub_that_asks_for_less_is_refused_before_any_work() -> None:
    for memory, passes, lanes in ((1024, 3, 1), (65_536, 1, 1), (65_536, 3, 0)):
        with pytest.raises(BelowFloor):
            vault.stretch("correct horse", b"s" * 16, memory, passes, lanes)
    with pytest.raises(Malformed):
        vault.stretch("correct horse", b"s" * 16, 2**30, 3, 1)


def test_the_vault_gives_the_seed_of_each_generation() -> None:
    held = vault.Vault(b"a" * 32, ((1, b"1" * 32), (2, b"2" * 32)))

    assert held.seed(2) == b"2" * 32
    with pytest.raises(CannotOpen):
        held.seed(3)


@given(st.binary(min_size=32, max_size=32))
def test_a_recovery_code_is_read_as_it_was_printed(secret: bytes) -> None:
    printed = vault.recovery_code(secret)

    assert vault.read_recovery_code(printed) == secret
    assert vault.read_recovery_code(printed.lower().replace("0", "o").replace("1", "l")) == secret


@given(st.binary(min_size=16, max_size=16), st.integers(0, 27), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_one_mistyped_letter_is_nearly_always_noticed(secret: bytes, place: int, letter: str) -> None:
    letters = list(vault.format_secret(secret).replace("-", ""))
    if letters[place] == letter:
        return
    letters[place] = letter

    try:
        read = vault.read_secret("".join(letters))
    except Malformed:
        return

    assert read != secret  # one in 1,024 passes the check characters; it opens nothing


def test_an_enrolment_is_made_with_the_invitation() -> None:
    invitation, body = b"i" * 16, b'{"v":1}'
    mac = vault.enrolment_mac(b"secret", HUB, invitation, body)

    vault.check_enrolment_mac(b"secret", HUB, invitation, body, mac)
    for secret, hub, asked, said in (
        (b"other", HUB, invitation, body),
        (b"secret", bytes(32), invitation, body),
        (b"secret", HUB, bytes(16), body),
        (b"secret", HUB, invitation, b"{}"),
    ):
        with pytest.raises(CannotOpen):
            vault.check_enrolment_mac(secret, hub, asked, said, mac)
