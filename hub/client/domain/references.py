"""The reference people say on the telephone: HSH-GH-9D3KV8-P (docs/spec/20-templates.md)."""

import re
from dataclasses import dataclass
from typing import Final

from hub.client.domain.errors import MalformedReference
from hub.client.domain.texts import on_one_line

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_LOOKALIKE: Final = {"0": "O", "1": "I", "8": "B", "9": "G"}
_SHAPE: Final = re.compile(r"([A-Z][A-Z0-9]{1,7})-([A-Z]{2})-([0-9A-Z]{6})-([0-9A-Z])")
_ID_SIZE: Final = 16
_BITS: Final = 30
_FIELD: Final = 0x25  # x⁵ + x² + 1


@dataclass(frozen=True, slots=True)
class Reference:
    operation: str
    country: str
    short_id: str
    check: str

    def __str__(self) -> str:
        return f"{self.operation}-{self.country}-{self.short_id}-{self.check}"


def reference(operation: str, country: str, envelope_id: bytes) -> str:
    """
    The reference of an alert: operation code, country, the last 30 bits of its 16-byte id, a check character.

    The last bits, since the first ones of an id are often its time. Raises MalformedReference.
    """
    if len(envelope_id) != _ID_SIZE:
        raise MalformedReference("An id is 16 bytes.")
    bits = int.from_bytes(envelope_id[-4:], "big") & (2**_BITS - 1)
    short_id = "".join(ALPHABET[bits >> shift & 31] for shift in range(_BITS - 5, -1, -5))
    return str(check_reference(f"{operation}-{country}-{short_id}-{_check(operation, country, short_id)}"))


def check_reference(text: str) -> Reference:
    """
    The parts of a reference as somebody wrote it; small letters, spaces for dashes, O for 0, I or L for 1 pass.

    Raises MalformedReference for a wrong shape or check character, which catches one wrong sign and one swap of two.
    """
    written = re.sub("[ \u2010-\u2015\u2212-]+", "-", on_one_line(text)).upper()
    found = _SHAPE.fullmatch(written)
    if found is None:
        raise MalformedReference("A reference looks like HSH-GH-9D3KV8-P.")
    operation, country = found[1], found[2]
    short_id, check = (part.replace("O", "0").replace("I", "1").replace("L", "1") for part in (found[3], found[4]))
    if "U" in short_id or check != _check(operation, country, short_id):
        raise MalformedReference("The last sign doesn't fit the others: one of them is wrong.")
    return Reference(operation, country, short_id, check)


def _check(operation: str, country: str, short_id: str) -> str:
    # A checksum over the field of 32 elements; what stands before the id has its own alphabet, with I, L, O and U.
    prefix = [_LETTERS.find(_LOOKALIKE.get(sign, sign)) for sign in operation + country]
    total = 0
    for element in [*prefix, *(ALPHABET.find(sign) for sign in short_id)]:
        total = _doubled(total) ^ (element & 31)
    return ALPHABET[_doubled(total)]


def _doubled(element: int) -> int:
    return element << 1 ^ (_FIELD if element & 16 else 0)
