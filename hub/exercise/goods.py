"""What is found in a health operation: goods, how they are declared and hidden, and the sentence an officer writes about them."""

# ruff: noqa: E501 - a sentence stands whole beside its translation

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One kind of find. `median` and `spread` shape the log-normal quantity; `pack` is what one carton holds;
    `seen` are sentences in English and French about what was seen, with ``{lot}``.
    """

    category: str
    goods: tuple[str, str]
    hs: str
    cas: str
    unit: str
    median: int
    spread: float
    pack: int
    declared: tuple[str, str]
    infringements: tuple[str, ...]
    concealments: tuple[str, ...]
    lot: str
    state: str
    seen: tuple[tuple[str, str], ...]


def finding(
    category: str, goods: tuple[str, str], codes: str, figures: tuple[int, float, int], declared: tuple[str, str],
    how: tuple[str, str], lot: str, *seen: tuple[str, str],
) -> Finding:  # fmt: skip
    """A finding in few lines: `codes` are HS line, unit, physical state and perhaps a CAS number."""
    hs, unit, state, *cas = codes.split()
    median, spread, pack = figures
    infringements, concealments = (tuple(part.split()) for part in how)
    return Finding(
        category,
        goods,
        hs,
        cas[0] if cas else "",
        unit,
        median,
        spread,
        pack,
        declared,
        infringements,
        concealments,
        lot,
        state,
        seen,
    )


FINDINGS: Final = (
    finding("MED_COVID", ("Ivermectin 12 mg tablets", "Ivermectine 12 mg, comprimés"), "3004.90 TABLET TABLET 70288-86-7", (9000, 1.7, 1200),
       ("Veterinary feed supplement", "Complément alimentaire pour animaux"), ("UNLICENSED FALSIFIED", "FALSE_DESCRIPTION OTHER_GOODS"), "IVM",
       ("Blisters carry lot {lot} but the carton prints two different expiry dates. No marketing authorisation could be shown.",
        "Les plaquettes portent le lot {lot}, mais le carton affiche deux dates de péremption différentes. Aucune autorisation n’a été présentée."),
       ("Tablets are loose in sachets of 100 under a label in one language only; the leaflet is a photocopy.",
        "Les comprimés sont en vrac dans des sachets de 100, étiquette en une seule langue, notice photocopiée.")),
    finding("MED_COVID", ("Doxycycline 100 mg capsules", "Doxycycline 100 mg, gélules"), "3004.20 TABLET TABLET 564-25-0", (6000, 1.6, 1000),
       ("Plastic household goods", "Articles ménagers en plastique"), ("UNDECLARED SMUGGLED", "COVER_LOAD FALSE_DESCRIPTION"), "DOX",
       ("Found behind two rows of storage boxes. Capsules differ in colour inside one blister of lot {lot}.",
        "Découvertes derrière deux rangées de boîtes de rangement. Les gélules d’une même plaquette, lot {lot}, n’ont pas la même couleur."),
       ("The consignee holds no import licence for antibiotics and says the cartons were added by the forwarder.",
        "Le destinataire n’a pas d’autorisation d’importation d’antibiotiques et dit que le transitaire a ajouté les cartons.")),
    finding("MED_COVID", ("Dexamethasone 4 mg ampoules", "Dexaméthasone 4 mg, ampoules"), "3004.32 VIAL LIQUID 50-02-2", (1500, 1.4, 500),
       ("Laboratory glassware", "Verrerie de laboratoire"), ("UNLICENSED DIVERTED", "FALSE_DESCRIPTION RELABELLED"), "DEX",
       ("Hospital stamps on the inner boxes have been rubbed off. Lot {lot} was donated stock, according to the ministry.",
        "Les tampons hospitaliers des boîtes intérieures ont été effacés. Selon le ministère, le lot {lot} provenait d’un don."),
       ("Ampoules travelled at 34 °C without any logger, although the box asks for storage below 25 °C.",
        "Les ampoules ont voyagé à 34 °C sans enregistreur, alors que la boîte demande moins de 25 °C.")),
    finding("MED_OTHER", ("Pregabalin 300 mg capsules", "Prégabaline 300 mg, gélules"), "3004.90 TABLET TABLET 148553-50-8", (14000, 1.8, 2000),
       ("Textile samples", "Échantillons de textile"), ("SMUGGLED FALSIFIED", "OTHER_GOODS FALSE_WALL VEHICLE_CAVITY"), "PGB",
       ("Strips were sewn into quilts, about 300 capsules in each. Lot {lot} is printed on strips of two strengths.",
        "Les plaquettes étaient cousues dans des couettes, environ 300 gélules par pièce. Le lot {lot} figure sur deux dosages."),
       ("A field test gave a weak match; the medicines authority suspects half the stated strength.",
        "Le test de terrain donne une concordance faible ; l’autorité du médicament soupçonne la moitié du dosage annoncé.")),
    finding("MED_OTHER", ("Tramadol 225 mg tablets", "Tramadol 225 mg, comprimés"), "3004.90 TABLET TABLET", (40000, 1.9, 5000),
       ("Ceramic tiles", "Carreaux de céramique"), ("UNLICENSED SMUGGLED MISDECLARED", "COVER_LOAD FALSE_DESCRIPTION RIP_ON"), "TRM",
       ("The strength is authorised nowhere in the region. Pallets 3 to 9 hold tiles only in the outer layer.",
        "Ce dosage n’est autorisé nulle part dans la région. Les palettes 3 à 9 n’ont de carreaux que sur la couche extérieure."),
       ("Cartons marked {lot} with a maker’s name that the registry of the stated country does not know.",
        "Cartons marqués {lot}, au nom d’un fabricant inconnu du registre du pays indiqué.")),
    finding("MED_OTHER", ("Artemether-lumefantrine tablets", "Artéméther-luméfantrine, comprimés"), "3004.60 TABLET TABLET", (5000, 1.5, 1440),
       ("Herbal tea", "Tisane"), ("FALSIFIED SUBSTANDARD", "FALSE_DESCRIPTION RELABELLED"), "ART",
       ("The scratch panel hides the same number on every box of lot {lot}.",
        "La case à gratter cache le même numéro sur toutes les boîtes du lot {lot}."),
       ("Print of the green leaf is blurred and the batch is set in another typeface than on the reference pack.",
        "L’impression de la feuille verte est floue et le lot est composé dans une autre police que sur la boîte de référence.")),
    finding("MED_OTHER", ("Amoxicillin 500 mg capsules", "Amoxicilline 500 mg, gélules"), "3004.20 TABLET TABLET", (8000, 1.6, 1000),
       ("Spare parts for motorcycles", "Pièces détachées de motos"), ("EXPIRED UNLICENSED", "RELABELLED COVER_LOAD"), "AMX",
       ("New expiry labels cover the printed ones; under them the stock ended last year. Lot {lot} on all cartons.",
        "De nouvelles étiquettes cachent les dates imprimées : le stock est périmé depuis l’an dernier. Lot {lot} sur tous les cartons."),
       ("Carried together with engine oil; several cartons are soaked.",
        "Transportées avec de l’huile moteur ; plusieurs cartons sont imbibés.")),
    finding("MED_OTHER", ("Sildenafil jelly sachets", "Sildénafil en gel, sachets"), "3004.90 C62 GEL", (2500, 1.5, 600),
       ("Cosmetics", "Cosmétiques"), ("UNLICENSED", "FALSE_DESCRIPTION LUGGAGE SMALL_PARCELS"), "SLD",
       ("Sachets in fruit flavours, no dose per sachet printed, lot {lot} repeated on all flavours.",
        "Sachets aromatisés aux fruits, sans dosage imprimé, même lot {lot} pour tous les parfums."),
       ("Twelve parcels to twelve names at two addresses, all posted on the same day.",
        "Douze colis pour douze noms à deux adresses, tous postés le même jour.")),
    finding("MED_OTHER", ("Insulin pens without cooling", "Stylos d’insuline sans réfrigération"), "3004.90 C62 LIQUID", (600, 1.2, 100),
       ("Personal effects", "Effets personnels"), ("DIVERTED UNDECLARED", "LUGGAGE"), "INS",
       ("Pens in two suitcases between clothes, 29 °C measured on arrival. Lot {lot} belongs to a public tender.",
        "Stylos dans deux valises entre des vêtements, 29 °C mesurés à l’arrivée. Le lot {lot} vient d’un marché public."),
       ("The passenger could not name a pharmacy; the boxes are in a language not used on the route.",
        "Le passager n’a pu nommer aucune pharmacie ; les boîtes sont dans une langue étrangère au trajet.")),
    finding("VACCINE", ("COVID-19 vaccine vials, falsified labels", "Flacons de vaccin COVID-19, étiquettes falsifiées"), "3002.41 DOSE LIQUID", (2400, 1.1, 600),
       ("Diagnostic reagents", "Réactifs de diagnostic"), ("FALSIFIED", "RELABELLED FALSE_DESCRIPTION"), "VAC",
       ("Vials of two heights under one label, lot {lot}; the cool box had gel packs at 19 °C and no logger.",
        "Flacons de deux hauteurs sous une même étiquette, lot {lot} ; la glacière, à 19 °C, n’avait pas d’enregistreur."),
       ("Stoppers show a second puncture and the caps come off by hand. Content unknown, samples are with the laboratory.",
        "Les bouchons sont percés deux fois et les capsules s’enlèvent à la main. Contenu inconnu, échantillons au laboratoire.")),
    finding("TEST_KIT", ("COVID-19 antigen tests", "Tests antigéniques COVID-19"), "3822.19 TEST ARTICLE", (7500, 1.5, 1000),
       ("Paper articles", "Articles en papier"), ("UNLICENSED FALSIFIED", "FALSE_DESCRIPTION NONE"), "AGT",
       ("The conformity mark is too narrow and the number after it belongs to a maker of toys. Lot {lot}.",
        "Le marquage de conformité est trop étroit et le numéro qui suit est celui d’un fabricant de jouets. Lot {lot}."),
       ("Buffer tubes are empty in one box of five.",
        "Les tubes de tampon sont vides dans une boîte sur cinq.")),
    finding("TEST_KIT", ("PCR reagent kits, expired", "Kits de réactifs PCR périmés"), "3822.19 TEST LIQUID", (1800, 1.3, 400),
       ("Reagents for research", "Réactifs pour la recherche"), ("EXPIRED MISDECLARED", "RELABELLED"), "PCR",
       ("Kits of lot {lot} expired four months ago; the outer label was replaced at the last transhipment.",
        "Les kits du lot {lot} sont périmés depuis quatre mois ; l’étiquette extérieure a été changée au dernier transbordement."),),
    finding("MASK", ("FFP2 masks with a false certificate", "Masques FFP2 avec faux certificat"), "6307.90 C62 ARTICLE", (20000, 1.6, 2000),
       ("Non-woven articles", "Articles en nontissé"), ("FALSIFIED SUBSTANDARD", "NONE FALSE_DESCRIPTION FORGED_PAPERS"), "FFP",
       ("The certificate names a test house that closed before the masks were made. Filter layer missing in 3 of 10 samples.",
        "Le certificat cite un laboratoire fermé avant la fabrication. Couche filtrante absente sur 3 échantillons sur 10."),
       ("Straps tear at the first pull; lot {lot} is printed on cartons of two different sizes.",
        "Les élastiques cèdent à la première traction ; le lot {lot} figure sur des cartons de deux formats.")),
    finding("MASK", ("Surgical masks, counterfeit brand", "Masques chirurgicaux, marque contrefaite"), "6307.90 C62 ARTICLE", (30000, 1.7, 2500),
       ("Disposable tableware", "Vaisselle jetable"), ("FALSIFIED MISDECLARED", "COVER_LOAD FALSE_DESCRIPTION"), "MSK",
       ("Inner bags carry a well-known logo with one letter wrong. The right holder was informed.",
        "Les sachets portent un logo connu avec une lettre fausse. Le titulaire du droit est informé."),
       ("About a third of the bags are damp and smell of mould; packed in lot {lot} with no date of manufacture.",
        "Un tiers des sachets est humide et sent le moisi ; lot {lot}, sans date de fabrication.")),
    finding("GLOVE", ("Nitrile examination gloves, used, washed and repacked", "Gants d’examen en nitrile, usagés, lavés et reconditionnés"),
       "4015.12 PAIR ARTICLE", (18000, 1.4, 1000), ("Industrial rubber offcuts", "Chutes de caoutchouc industriel"),
       ("SUBSTANDARD MISDECLARED", "FALSE_DESCRIPTION RELABELLED"), "GLV",
       ("Inner bags show stains and mixed sizes under one lot number, {lot}. A sample was kept.",
        "Taches et tailles mélangées dans les sachets, sous un seul numéro de lot, {lot}. Un échantillon est conservé."),
       ("New boxes were found flat in the same container, ready to be filled.",
        "Des boîtes neuves à plat, prêtes à remplir, se trouvaient dans le même conteneur.")),
    finding("GOWN", ("Isolation gowns, not impermeable", "Blouses d’isolement non imperméables"), "6210.10 C62 ARTICLE", (4000, 1.3, 100),
       ("Work clothes", "Vêtements de travail"), ("SUBSTANDARD", "NONE FALSE_DESCRIPTION"), "GWN",
       ("Water passes through the front panel within seconds, although the label claims the highest class. Lot {lot}.",
        "L’eau traverse le devant en quelques secondes, alors que l’étiquette annonce la classe la plus haute. Lot {lot}."),),
    finding("THERMOMETER", ("Infrared thermometers", "Thermomètres infrarouges"), "9025.19 C62 ARTICLE", (900, 1.2, 50),
       ("Toys with batteries", "Jouets à piles"), ("FALSIFIED UNDECLARED", "FALSE_DESCRIPTION"), "THR",
       ("All devices of lot {lot} show 36.5 °C, pointed at a wall or at a cup of tea.",
        "Tous les appareils du lot {lot} affichent 36,5 °C, face au mur comme face à une tasse de thé."),),
    finding("SANITISER", ("Hand sanitiser containing methanol", "Gel hydroalcoolique contenant du méthanol"), "3808.94 LTR GEL", (3000, 1.4, 10),
       ("Cleaning products", "Produits d’entretien"), ("SUBSTANDARD MISDECLARED", "NONE RELABELLED"), "GEL",
       ("Field test shows methanol instead of ethanol. Canisters of lot {lot} leak: gloves and air needed at opening.",
        "Le test de terrain montre du méthanol au lieu d’éthanol. Les bidons du lot {lot} fuient : gants et aération à l’ouverture."),
       ("Label promises 75 % alcohol; the density meter says far less.",
        "L’étiquette promet 75 % d’alcool ; le densimètre indique bien moins.")),
    finding("OXYGEN", ("Refilled industrial gas cylinders sold as medical oxygen", "Bouteilles de gaz industriel vendues comme oxygène médical"),
       "7311.00 C62 GAS", (60, 0.9, 1), ("Fire extinguishers", "Extincteurs"), ("FALSIFIED SUBSTANDARD", "RELABELLED NONE"), "OXY",
       ("Fresh white paint over another colour code; the last pressure test was nine years ago.",
        "Peinture blanche récente sur un autre code couleur ; dernière épreuve de pression il y a neuf ans."),),
    finding("DEVICE_OTHER", ("Syringes 5 ml, repacked", "Seringues 5 ml reconditionnées"), "9018.31 C62 ARTICLE", (15000, 1.5, 2400),
       ("Plastic tubes", "Tubes en plastique"), ("SUBSTANDARD DIVERTED", "FALSE_DESCRIPTION COVER_LOAD"), "SYR",
       ("Sealing seams are open on about one in ten; drops of water inside. Lot {lot}.",
        "Soudures ouvertes sur environ une seringue sur dix, gouttes d’eau à l’intérieur. Lot {lot}."),
       ("The outer cartons bear the mark of a vaccination campaign of a neighbouring country.",
        "Les cartons portent la marque d’une campagne de vaccination d’un pays voisin.")),
    finding("DEVICE_OTHER", ("Fingertip oximeters", "Oxymètres de pouls"), "9018.19 C62 ARTICLE", (1200, 1.2, 100),
       ("Phone accessories", "Accessoires de téléphone"), ("FALSIFIED UNDECLARED", "SMALL_PARCELS FALSE_DESCRIPTION"), "OXM",
       ("The display shows 98 without a finger inside. Serial numbers of lot {lot} repeat every twenty pieces.",
        "L’écran affiche 98 sans doigt. Les numéros de série du lot {lot} se répètent toutes les vingt pièces."),),
    finding("BONUS", ("Cigarettes without tax stamps", "Cigarettes sans vignette fiscale"), "2402.20 C62 ARTICLE", (50000, 0.8, 10000),
       ("Surgical masks", "Masques chirurgicaux"), ("SMUGGLED", "COVER_LOAD"), "CIG",
       ("Masks filled only the first row; the rest were cigarettes. Counted apart from the operation.",
        "Les masques n’occupaient que la première rangée, le reste était des cigarettes. Compté à part de l’opération."),),
)  # fmt: skip
