"""Numbers that carry a check digit: ships, containers; and the id of an alert (docs/spec/20-templates.md)."""

import re
from typing import Final

from hub.client.domain.texts import SPACES, on_one_line

_IMO: Final = re.compile(r"[1-9][0-9]{6}")
_IMO_WEIGHTS: Final = range(7, 1, -1)
_CONTAINER: Final = re.compile(r"[A-Z]{3}[JUZ][0-9]{7}")
_ELEVEN: Final = 11
# Its last sign holds two bits less: one spelling for each id.
_ALERT: Final = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")


def imo_of(text: str) -> str:
    """The seven digits of an IMO ship number as somebody wrote it (``IMO 9074729``), other text on one line."""
    digits = re.sub(f"^[Ii][Mm][Oo]|[.:{SPACES}-]", "", on_one_line(text))
    return digits if re.fullmatch("[0-9]{7}", digits) else on_one_line(text)


def is_imo(text: str) -> bool:
    """Whether `text` is an IMO ship number with a right check digit (IMO resolution A.1117(30))."""
    if not _IMO.fullmatch(text):
        return False
    return sum(weight * int(digit) for weight, digit in zip(_IMO_WEIGHTS, text, strict=False)) % 10 == int(text[6])


def container_of(text: str) -> str:
    """``CSQU3054383`` for a container number as somebody wrote it (``csqu 305438-3``)."""
    return re.sub(f"[./{SPACES}-]", "", on_one_line(text)).upper()


def containers_of(text: str) -> str:
    """
    Several container numbers, sorted, one space between; text that is anything else stays as typed.

    A space may stand inside a number as well as between two.
    """
    line = on_one_line(text)
    numbers = set[str]()
    for one in re.split("[,;]", line):
        number = container_of(one)
        found = re.findall("[A-Z]{4}[0-9]{7}", number)
        if "".join(found) != number:
            return line
        numbers.update(found)
    return " ".join(sorted(numbers)) or line


def is_container(text: str) -> bool:
    """Whether `text` is a container number with a right check digit (ISO 6346)."""
    if not _CONTAINER.fullmatch(text):
        return False
    total = sum(_container_value(sign) << place for place, sign in enumerate(text[:10]))
    return total % _ELEVEN % 10 == int(text[10])


def show_container(text: str) -> str:
    """``CSQU 305438 3``, as it stands on the container."""
    return f"{text[:4]} {text[4:10]} {text[10:]}" if _CONTAINER.fullmatch(text) else text


def is_alert_id(text: str) -> bool:
    """Whether `text` is a statement id: 32 bytes in base64url."""
    return _ALERT.fullmatch(text) is not None


def _container_value(sign: str) -> int:
    # A is 10, B is 12: multiples of eleven are left out, since they would not count.
    if sign.isdigit():
        return int(sign)
    number = ord(sign) - ord("A")
    return 10 + number + (number + 9) // 10
