"""The storeys of architecture are kept, and no room stands outside them."""

from tests.house.storeys import ROOT, check, contracts

SERVER = "The server never opens what members seal, and knows nothing of their side"
MEMBER = "The member's side reaches the server over the wire only"
BOTH = {"hub.__main__", "hub.cli"}


def named(contract_name: str) -> set[str]:
    [contract] = [contract for contract in contracts()["contracts"] if contract["name"] == contract_name]
    return set(contract["source_modules"])


def rooms() -> set[str]:
    found = {f"hub.{path.parent.name}" for path in (ROOT / "hub").glob("[a-z]*/__init__.py")}
    return found | {f"hub.{path.stem}" for path in (ROOT / "hub").glob("*.py") if path.stem != "__init__"}


def test_every_import_goes_down_or_across_the_wire() -> None:
    assert check() == 0


def test_every_room_is_on_exactly_one_side() -> None:
    server, member = named(SERVER), named(MEMBER)

    assert not server & member
    assert rooms() - BOTH <= server | member


def test_the_layers_name_every_room_of_the_server() -> None:
    [layers] = [
        contract["layers"] for contract in contracts()["contracts"] if "hub.access" in contract.get("layers", [])
    ]
    standing = {name.strip(" ()") for layer in layers for name in layer.replace(":", "|").split("|")}

    assert standing == named(SERVER) | {"hub.cli"}
