"""What is found in a precursor operation: chemicals, cords, components, and much that nobody was looking for."""

# ruff: noqa: E501 - a sentence stands whole beside its translation

from typing import Final

from hub.exercise.goods import Finding, finding

CHEMICALS: Final[tuple[Finding, ...]] = (
    finding(
        "CHEMICAL",
        ("Ammonium nitrate, prilled", "Nitrate d’ammonium en prills"),
        "3102.30 KGM GRANULES 6484-52-2",
        (900, 1.9, 25),
        ("Seed potatoes", "Plants de pomme de terre"),
        ("MISDECLARED SMUGGLED", "COVER_LOAD FALSE_DESCRIPTION"),
        "ANP",
        (
            "White prills in plain sacks under one layer of potatoes; the sacks had been turned inside out. Lot {lot}.",
            "Prills blancs en sacs unis sous une couche de pommes de terre ; les sacs étaient retournés. Lot {lot}.",
        ),
        (
            "The sacks say fertiliser 26, the field test says nearly pure. Lot {lot} is stencilled by hand.",
            "Les sacs annoncent un engrais à 26, le test de terrain un produit presque pur. Lot {lot} au pochoir.",
        ),
    ),
    finding(
        "CHEMICAL",
        ("Urea, technical grade", "Urée, qualité technique"),
        "3102.10 KGM GRANULES 57-13-6",
        (700, 1.6, 50),
        ("Animal feed", "Aliments pour animaux"),
        ("MISDECLARED", "FALSE_DESCRIPTION RELABELLED"),
        "URE",
        (
            "Big bags of lot {lot} with the danger marks cut out. The consignee keeps no animals.",
            "Big bags du lot {lot} dont les marquages ont été découpés. Le destinataire n’a pas d’animaux.",
        ),
    ),
    finding(
        "CHEMICAL",
        ("Hydrogen peroxide 60 %", "Peroxyde d’hydrogène à 60 %"),
        "2847.00 KGM LIQUID 7722-84-1",
        (450, 1.4, 30),
        ("Hairdressing products", "Produits de coiffure"),
        ("MISDECLARED UNLICENSED", "FALSE_DESCRIPTION RELABELLED"),
        "HPO",
        (
            "Canisters of 30 kg; no salon buys that strength. The label promises 9 %.",
            "Bidons de 30 kg ; aucun salon n’achète cette concentration. L’étiquette annonce 9 %.",
        ),
        (
            "Two canisters of lot {lot} were hot to the touch: the shed was cleared and cooled with water.",
            "Deux bidons du lot {lot} étaient chauds : local évacué et refroidi à l’eau.",
        ),
    ),
    finding(
        "CHEMICAL",
        ("Acetone in drums", "Acétone en fûts"),
        "2914.11 KGM LIQUID 67-64-1",
        (380, 1.3, 160),
        ("Paint thinner", "Diluant pour peinture"),
        ("UNLICENSED MISDECLARED", "RELABELLED NONE"),
        "ACE",
        (
            "Declared as thinner; the density meter and the smell say otherwise. The firm sells shoes.",
            "Déclaré comme diluant ; le densimètre et l’odeur disent autre chose. La société vend des chaussures.",
        ),
    ),
    finding(
        "CHEMICAL",
        ("Nitric acid 68 %", "Acide nitrique à 68 %"),
        "2808.00 KGM LIQUID 7697-37-2",
        (300, 1.2, 35),
        ("Cleaning products", "Produits d’entretien"),
        ("UNDECLARED MISDECLARED", "COVER_LOAD FALSE_DESCRIPTION"),
        "NIA",
        (
            "Brown fumes at opening, two officers were rinsed and are well. Canisters of lot {lot} stand upright in sand now.",
            "Fumées brunes à l’ouverture, deux agents rincés, ils vont bien. Les bidons du lot {lot} sont debout dans du sable.",
        ),
    ),
    finding(
        "CHEMICAL",
        ("Potassium chlorate powder", "Chlorate de potassium en poudre"),
        "2829.19 KGM POWDER 3811-04-9",
        (260, 1.5, 25),
        ("Salt for water softeners", "Sel pour adoucisseurs"),
        ("MISDECLARED", "FALSE_DESCRIPTION OTHER_GOODS"),
        "KCL",
        (
            "Drums of lot {lot} between sacks of real salt; the Raman device needed two seconds.",
            "Fûts du lot {lot} entre des sacs de vrai sel ; l’appareil Raman a mis deux secondes.",
        ),
    ),
    finding(
        "CHEMICAL",
        ("Sodium nitrate", "Nitrate de sodium"),
        "3102.50 KGM CRYSTALS 7631-99-4",
        (500, 1.5, 25),
        ("Tile adhesive", "Colle à carrelage"),
        ("MISDECLARED UNLICENSED", "FALSE_DESCRIPTION"),
        "NAN",
        (
            "Declared as tile adhesive, but it dissolves in water at once. No safety data sheet, lot {lot}.",
            "Déclaré comme colle à carrelage, mais se dissout aussitôt dans l’eau. Pas de fiche de sécurité, lot {lot}.",
        ),
    ),
    finding(
        "CHEMICAL",
        ("Nitromethane", "Nitrométhane"),
        "2904.20 KGM LIQUID 75-52-5",
        (60, 1.1, 20),
        ("Fuel for model cars", "Carburant pour modélisme"),
        ("UNDECLARED UNLICENSED", "SMALL_PARCELS FALSE_DESCRIPTION LUGGAGE"),
        "NME",
        (
            "Sold as model fuel, but pure. Nine parcels to one address that is a car wash.",
            "Vendu comme carburant de modélisme, mais pur. Neuf colis pour une adresse qui est une station de lavage.",
        ),
        (
            "Bottles of lot {lot} without any marking, wrapped in wet newspaper.",
            "Bouteilles du lot {lot} sans aucun marquage, emballées dans du papier journal mouillé.",
        ),
    ),
    finding(
        "ALUMINIUM",
        ("Aluminium flakes", "Paillettes d’aluminium"),
        "7603.20 KGM POWDER 7429-90-5",
        (220, 1.3, 25),
        ("Pigment for paint", "Pigment pour peinture"),
        ("MISDECLARED", "FALSE_DESCRIPTION"),
        "ALF",
        (
            "Declared as pigment paste, dry and finer than any paint needs. Lot {lot}, no earthing on the truck.",
            "Déclaré comme pâte pigmentaire, sec et plus fin que pour une peinture. Lot {lot}, camion sans mise à la terre.",
        ),
    ),
)

COMPONENTS: Final[tuple[Finding, ...]] = (
    finding(
        "DETONATOR",
        ("Detonators, electric", "Détonateurs électriques"),
        "3603.60 C62 ARTICLE",
        (900, 1.3, 100),
        ("Car spare parts", "Pièces automobiles"),
        ("SMUGGLED UNDECLARED", "VEHICLE_CAVITY OTHER_GOODS COVER_LOAD"),
        "DET",
        (
            "Bundles of ten with short-circuited leads, lot {lot} ground off. Specialists have taken them over.",
            "Bottes de dix aux fils court-circuités, lot {lot} meulé. Les spécialistes les ont prises en charge.",
        ),
        (
            "Found under the seat after the driver could not name the mine he was going to.",
            "Trouvés sous le siège, le conducteur ne pouvant nommer la mine où il allait.",
        ),
    ),
    finding(
        "CORD",
        ("Detonating cord", "Cordeau détonant"),
        "3603.20 MTR ARTICLE",
        (400, 0.9, 100),
        ("Washing lines", "Cordes à linge"),
        ("SMUGGLED", "FALSE_DESCRIPTION VEHICLE_CAVITY COVER_LOAD"),
        "DCO",
        (
            "Reels of 100 m in yellow plastic; the core is white powder. Lot {lot} belongs to a quarry that missed it.",
            "Bobines de 100 m sous plastique jaune, âme en poudre blanche. Le lot {lot} manquait à une carrière.",
        ),
    ),
    finding(
        "FUSE",
        ("Safety fuse", "Mèche de sûreté"),
        "3603.10 MTR ARTICLE",
        (60, 0.7, 10),
        ("Garden hose", "Tuyaux d’arrosage"),
        ("UNDECLARED", "OTHER_GOODS LUGGAGE"),
        "FUS",
        (
            "Coils in a bag of fishing nets; fishermen here are known to use them.",
            "Rouleaux dans un sac de filets ; des pêcheurs d’ici en utilisent.",
        ),
    ),
    finding(
        "UAV",
        ("Motors and flight controllers for unmanned aircraft", "Moteurs et contrôleurs de vol pour drones"),
        "8807.30 C62 ARTICLE",
        (55, 1.2, 10),
        ("Toys", "Jouets"),
        ("MISDECLARED UNLICENSED", "FALSE_DESCRIPTION SMALL_PARCELS"),
        "UAV",
        (
            "Arms for a load of twelve kilograms, declared as toys. The payer is not the consignee.",
            "Bras pour une charge de douze kilos, déclarés comme jouets. Le payeur n’est pas le destinataire.",
        ),
        (
            "Controllers without serial numbers, lot {lot}, together with release hooks.",
            "Contrôleurs sans numéro de série, lot {lot}, avec des crochets de largage.",
        ),
    ),
    finding(
        "COMPONENT",
        ("Remote switches and receivers", "Interrupteurs et récepteurs télécommandés"),
        "8526.92 C62 ARTICLE",
        (250, 1.1, 50),
        ("Garage door openers", "Ouvre-portes de garage"),
        ("MISDECLARED UNDECLARED", "FALSE_DESCRIPTION OTHER_GOODS"),
        "RSW",
        (
            "Receivers with the range extended by hand, lot {lot}; no motors for any door.",
            "Récepteurs à la portée augmentée à la main, lot {lot} ; aucun moteur de porte.",
        ),
    ),
    finding(
        "EXPLOSIVE",
        ("Black powder", "Poudre noire"),
        "3601.00 KGM POWDER",
        (12, 0.8, 1),
        ("Charcoal", "Charbon de bois"),
        ("SMUGGLED", "COVER_LOAD LUGGAGE"),
        "BLP",
        (
            "Tins of lot {lot} under charcoal, meant for hunters according to the carrier.",
            "Boîtes du lot {lot} sous du charbon, pour des chasseurs selon le transporteur.",
        ),
    ),
)

# What a control for precursors finds most often: something else.
OTHERS: Final[tuple[Finding, ...]] = (
    finding(
        "BONUS",
        ("Cigarettes without tax stamps", "Cigarettes sans vignette fiscale"),
        "2402.20 C62 ARTICLE",
        (120_000, 1.2, 10_000),
        ("Fertiliser", "Engrais"),
        ("SMUGGLED", "COVER_LOAD FALSE_DESCRIPTION"),
        "CIG",
        (
            "Opened for the fertiliser on the paper, full of cigarettes. Counted apart from the operation.",
            "Ouvert pour l’engrais annoncé, plein de cigarettes. Compté à part de l’opération.",
        ),
    ),
    finding(
        "BONUS",
        ("Pesticides without registration", "Pesticides non homologués"),
        "3808.91 LTR LIQUID",
        (40, 1.1, 5),
        ("Solvent", "Solvant"),
        ("UNLICENSED", "RELABELLED NONE"),
        "PES",
        (
            "The solvent turned out to be a pesticide with the label washed off. Handed to the ministry of agriculture.",
            "Le solvant était un pesticide à l’étiquette lavée. Remis au ministère de l’agriculture.",
        ),
    ),
    finding(
        "BONUS",
        ("Hunting rifles, in parts", "Fusils de chasse, en pièces"),
        "9303.30 C62 ARTICLE",
        (30, 1.3, 5),
        ("Machine parts", "Pièces de machine"),
        ("SMUGGLED UNDECLARED", "MACHINERY OTHER_GOODS VEHICLE_CAVITY"),
        "RIF",
        (
            "Barrels inside pipes that the scanner showed as too thick. The police took them over.",
            "Canons dans des tubes que le scanner montrait trop épais. Repris par la police.",
        ),
    ),
    finding(
        "BONUS",
        ("Cash, several currencies", "Espèces, plusieurs monnaies"),
        "4907.00 C62 ARTICLE",
        (2_000, 0.9, 100),
        ("Books", "Livres"),
        ("UNDECLARED", "LUGGAGE VEHICLE_CAVITY OTHER_GOODS"),
        "CSH",
        (
            "Bundles behind the lining; counted as notes here. The traveller named three different owners.",
            "Liasses derrière la doublure, comptées ici en billets. La personne a cité trois propriétaires.",
        ),
    ),
    finding(
        "MED_OTHER",
        ("Tramadol 225 mg tablets", "Tramadol 225 mg, comprimés"),
        "3004.90 TABLET TABLET",
        (9_000, 1.4, 1_000),
        ("Industrial chemicals", "Produits chimiques industriels"),
        ("SMUGGLED", "COVER_LOAD OTHER_GOODS"),
        "TRM",
        (
            "The drums held tablets in sealed bags, not the chemical. Told to the health operation as well.",
            "Les fûts contenaient des comprimés en sachets scellés, pas le produit annoncé. Signalé aussi à l’opération santé.",
        ),
    ),
)
