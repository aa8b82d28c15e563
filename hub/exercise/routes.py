"""Where the exercises' officers find goods, and the ways these came: invented, but possible."""

from dataclasses import dataclass
from typing import Final

SEA: Final = ("SEA_CONTAINER",)
AIR: Final = ("AIR_CARGO", "AIR_PASSENGER", "AIR_EXPRESS")
POST: Final = ("POST_PARCEL",)
ROAD: Final = ("ROAD_TRUCK", "ROAD_BUS", "ROAD_CAR")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of control: a UN/LOCODE or ``~`` and words, its kind, and what passes there from where to where."""

    place: str
    kind: str
    conveyances: tuple[str, ...]
    departures: tuple[str, ...]
    onward: tuple[str, ...]


def _sea(place: str, departures: str, onward: str) -> Spot:
    return Spot(place, "SEAPORT", SEA, tuple(departures.split()), tuple(onward.split()))


def _air(place: str, departures: str, onward: str) -> Spot:
    return Spot(place, "AIRPORT", AIR, tuple(departures.split()), tuple(onward.split()))


def _road(place: str, departures: str, onward: str) -> Spot:
    return Spot(place, "LAND_BORDER", ROAD, tuple(departures.split()), tuple(onward.split()))


def _post(place: str, departures: str) -> Spot:
    return Spot(place, "POSTAL_CENTRE", POST, tuple(departures.split()), ())


SPOTS: Final = {
    "GH": (
        _sea("GHTEM", "CN IN SG BE", "BF NE ML"),
        _sea("GHTKD", "CN AE", "CI"),
        _air("GHACC", "AE TR IN CN", "NG"),
        _road("~Aflao border post", "TG", ""),
        _road("~Paga border post", "BF", ""),
    ),
    "FR": (
        _air("FRCDG", "IN CN HK TR SN", "CM CI"),
        _sea("FRLEH", "CN VN IN", "DE"),
        _sea("FRMRS", "TN DZ TR", ""),
        _post("~Chilly-Mazarin, centre postal international", "IN HK SG"),
        _road("~A9, Le Boulou", "ES", "DE"),
    ),
    "IN": (
        _sea("INNSA", "CN AE SG", ""),
        _air("INDEL", "CN TH AE", "KZ UZ"),
        _sea("INMUN", "CN OM", "TZ"),
        _road("~Petrapole land customs station", "BD", ""),
    ),
    "PE": (
        _sea("PECLL", "CN IN PA", "BO"),
        _air("PELIM", "CN PA US", "BO"),
        _road("~Desaguadero", "BO", ""),
        _post("~Lima, Los Olivos postal centre", "CN IN"),
    ),
    "MA": (
        _sea("MAPTM", "CN TR IN", "SN MR"),
        _sea("MACAS", "CN ES IN", ""),
        _air("MACAS", "TR AE FR", "GN"),
        _road("~Guerguerat", "ES", "MR"),
    ),
    "NG": (
        _sea("NGAPP", "IN CN AE", "NE"),
        _air("NGLOS", "IN CN AE", "CM"),
        _road("~Seme border post", "BJ", ""),
    ),
    "NL": (
        _sea("NLRTM", "CN IN MY", "NG SR"),
        _air("NLAMS", "IN CN HK SG", "BR"),
        _post("~Schiphol, international mail unit", "HK SG IN"),
    ),
    "KE": (
        _sea("KEMBA", "IN CN AE", "UG RW CD"),
        _air("KENBO", "IN AE CN", "SS"),
        _road("~Malaba one-stop border post", "UG", ""),
    ),
    "BR": (
        _sea("BRSSZ", "CN IN", "PY"),
        _air("BRGRU", "CN US PT", ""),
        _road("BRIGU", "PY", ""),
    ),
    "ZM": (
        _road("~Kasumbalesa", "CD", ""),
        _road("~Nakonde", "TZ", "CD"),
        _air("ZMLUN", "IN AE ZA", ""),
    ),
    "VN": (
        _sea("VNHPH", "CN KR", "LA"),
        _air("VNSGN", "IN KR SG", "KH"),
    ),
    "TR": (
        _air("TRIST", "CN IN PK", "LY IQ"),
        _sea("TRMER", "CN IN", "IQ SY"),
    ),
    "SN": (
        _sea("SNDKR", "CN IN BE", "ML"),
        _road("~Rosso", "MR", ""),
    ),
    "CI": (
        _sea("CIABJ", "CN IN FR", "BF ML"),
        _road("~Noé, poste frontière", "GH", ""),
    ),
    "CM": (
        _sea("CMDLA", "CN IN NG", "TD CF"),
        _air("CMNSI", "FR AE", ""),
    ),
    "DE": (_sea("DEHAM", "CN IN RU", "PL CZ"), _air("DEFRA", "CN AE US", "NG")),
    "IT": (_sea("ITGOA", "CN TR EG", "CH"), _road("~Ventimiglia", "FR", "")),
    "ES": (_sea("ESALG", "MA CN", "PT"), _sea("ESVLC", "CN IN", "")),
    "PT": (_sea("PTSIE", "CN BR", "ES"),),
    "PL": (_road("~Terespol", "BY", "DE"), _sea("PLGDN", "CN", "UA")),
    "RO": (_sea("ROCND", "TR GE", "UA MD"),),
    "GR": (_sea("GRPIR", "CN TR", "BG"),),
    "SE": (_sea("SEGOT", "NL CN", "NO"),),
    "CL": (_sea("CLARI", "CN PE", "BO"), _sea("CLSAI", "CN US", "")),
    "AR": (_sea("ARBUE", "CN BR", "PY"), _road("~La Quiaca", "BO", "")),
    "CO": (_sea("COCTG", "CN MX", ""), _road("~Cúcuta, puente internacional", "VE", "")),
    "EC": (_sea("ECGYE", "CN PA", ""),),
    "UY": (_sea("UYMVD", "CN BR", "PY"),),
    "MX": (_sea("MXZLO", "CN KR", "US"), _road("MXNLD", "US", "")),
    "PA": (_sea("PAONX", "CN CO", "EC"),),
    "ZA": (_sea("ZADUR", "CN IN", "ZW BW"), _road("~Beitbridge", "ZW", "")),
    "TZ": (_sea("TZDAR", "CN IN AE", "ZM RW"),),
    "UG": (_road("~Malaba, Ugandan side", "KE", "SS"), _air("UGEBB", "AE", "")),
    "EG": (_sea("EGPSD", "CN TR", "LY"),),
    "JO": (_sea("JOAQJ", "CN IN", "IQ SY"),),
    "SA": (_sea("SAJED", "IN CN", "YE"),),
    "AE": (_sea("AEJEA", "CN IN", "AF IR"), _air("AEDXB", "CN IN", "SO")),
    "TH": (_sea("THLCH", "CN MY", "MM LA"),),
    "MY": (_sea("MYPKG", "CN IN", "ID"),),
    "ID": (_sea("IDTPP", "CN MY", ""),),
    "PH": (_sea("PHMNL", "CN KR", ""),),
    "KR": (_sea("KRPUS", "CN JP", ""),),
    "JP": (_sea("JPYOK", "CN KR", ""),),
}  # fmt: skip
