"""The suspicious consignments of the operation with both compartments, and how they were answered."""

from typing import Final

from hub.exercise.warned import Warned

WARNED: Final[tuple[Warned, ...]] = (
    Warned(
        "alerts",
        "FR",
        "GH NL",
        18.3,
        "EXPECTED",
        "INSPECT",
        "Acide nitrique à 68 %",
        "CHEMICAL",
        "Produits d’entretien",
        "7000 KGM",
        "NO_MARKS CONCENTRATION",
        "Bidons sans marquage de danger, vus à la sortie de l’usine ; la commande est partie malgré notre demande.",
        ("SEA_CONTAINER", "FR", "NL", "GH", "GHTEM"),
        (
            ("NL", 45, "no:LEFT", "Transhipped the night before. Container number is right."),
            ("GH", 200, "INFRINGEMENT 6900 KGM", "Found by your container number, opened with masks. Nobody hurt."),
        ),
        "7697-37-2",
    ),
    Warned(
        "arrivals",
        "PE",
        "GH SN",
        9.9,
        "EXPECTED",
        "INFORM",
        "Vaccine vials with scraped labels",
        "VACCINE",
        "Laboratory samples",
        "800 DOSE",
        "OVERSTICKER NO_COLD_CHAIN",
        "The seller names a depot in West Africa as his source. Does anybody know the lot prefix?",
        ("AIR_EXPRESS", "GH", "", "PE", "PELIM"),
        (("SN", 33, "NOTHING", "Aucun dépôt de ce nom à Dakar, préfixe inconnu."),),
    ),
    Warned(
        "all",
        "NG",
        "GH",
        3.2,
        "EXPECTED",
        "INSPECT",
        "Surgical masks, counterfeit brand",
        "MASK",
        "Disposable tableware",
        "90000 C62",
        "WEIGHT VAGUE",
        "Third consignment of the same agent this month, this one over your land border.",
        ("ROAD_TRUCK", "NG", "BJ TG", "GH", "~Aflao border post"),
        (("GH", 40, "INFRINGEMENT 84000 C62", "Stopped at Aflao. The right holder comes tomorrow."),),
    ),
)
