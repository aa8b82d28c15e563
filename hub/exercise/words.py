"""Sentences around a find, and what the contact points write to each other in the exercise."""

# ruff: noqa: E501 - a sentence stands whole beside its translation

from typing import Final

Pair = tuple[str, str]

# How the consignment was chosen, by detection method.
OPENINGS: Final[dict[str, tuple[Pair, ...]]] = {
    "RISK_PROFILE": (
        ("The operation’s risk profile hit on a first-time importer.", "Le profil de risque de l’opération a ciblé un primo-importateur."),
        ("Selected because weight and declared goods did not fit together.", "Sélection car le poids ne correspondait pas aux marchandises déclarées."),
        ("The route with two transhipments in eight days raised the score.", "L’itinéraire, deux transbordements en huit jours, a fait monter le score."),
    ),
    "WARNING": (
        ("Stopped after an alert of this operation on the same sender country.", "Arrêté à la suite d’une alerte de l’opération sur le même pays d’envoi."),
        ("We had the container on our list since Monday.", "Le conteneur était sur notre liste depuis lundi."),
    ),
    "PRIOR_INFORMATION": (("A colleague abroad announced the flight to us.", "Un collègue à l’étranger nous avait signalé le vol."),),
    "ROUTINE": (
        ("Ordinary control of the night shift.", "Contrôle ordinaire de l’équipe de nuit."),
        ("Found while checking a different declaration of the same agent.", "Découvert en vérifiant une autre déclaration du même agent."),
    ),
    "RANDOM": (("Random selection, third container of the day.", "Sélection aléatoire, troisième conteneur de la journée."),),
    "SCANNER": (
        ("The image showed a regular pattern behind the first pallets.", "L’image montrait un motif régulier derrière les premières palettes."),
        ("X-ray showed blisters where the list said fabric.", "Les rayons X montraient des plaquettes là où la liste annonçait du tissu."),
    ),
    "PHYSICAL_SEARCH": (
        ("Emptied completely: four officers, three hours.", "Dépotage complet : quatre agents, trois heures."),
        ("The smell of solvent led us to the rear of the load.", "L’odeur de solvant nous a conduits au fond du chargement."),
    ),
    "DOCUMENTS": (
        ("Invoice and packing list name different numbers of cartons.", "La facture et la liste de colisage n’indiquent pas le même nombre de cartons."),
        ("The licence number belongs to another product.", "Le numéro de licence appartient à un autre produit."),
    ),
    "BEHAVIOUR": (("The traveller changed queues twice.", "La personne a changé deux fois de file."),),
    "FIELD_TEST": (("The Raman device gave no match with the label.", "L’appareil Raman ne concordait pas avec l’étiquette."),),
    "TIP": (("The national medicines authority called us about an online offer.", "L’autorité nationale du médicament nous a signalé une offre en ligne."),),
    "JOINT_CONTROL": (("Joint control with the police and the health inspectorate.", "Contrôle conjoint avec la police et l’inspection sanitaire."),),
}  # fmt: skip

# What happens next, by action.
CLOSINGS: Final[dict[str, tuple[Pair, ...]]] = {
    "SEIZED": (
        ("Goods are sealed in our warehouse; samples went to the national laboratory.", "Marchandises sous scellés dans notre entrepôt ; échantillons remis au laboratoire national."),
        ("A report goes to the prosecutor this week.", "Un procès-verbal part cette semaine au parquet."),
        ("We would like to know whether others met the same lot.", "Nous aimerions savoir si d’autres ont rencontré le même lot."),
        ("The importer has ten days to answer.", "L’importateur a dix jours pour répondre."),
        ("Photographs can be had from us on request.", "Photographies disponibles auprès de nous sur demande."),
    ),
    "DETAINED": (
        ("Held until the medicines authority has answered.", "Retenu jusqu’à la réponse de l’autorité du médicament."),
        ("Detained; two further containers of the same sender are due next week.", "Retenu ; deux autres conteneurs du même expéditeur sont attendus la semaine prochaine."),
        ("Detained pending proof of origin.", "Retenu dans l’attente d’une preuve d’origine."),
    ),
    "RETURNED": (("Sent back to the country of departure, whose customs were told.", "Renvoyé au pays de départ, dont la douane est informée."),),
    "DESTROYED": (("Destroyed under supervision on the third day.", "Détruit sous contrôle le troisième jour."),),
}  # fmt: skip

# Answers under an alert: by another contact point, with the number of a lot or a country.
REPLIES: Final[tuple[Pair, ...]] = (
    ("Seen here too, smaller: the same lot {lot}, in parcels. We will post our figures on Friday.", "Vu chez nous aussi, en plus petit : même lot {lot}, en colis. Nos chiffres suivront vendredi."),
    ("Thank you. Was the expiry date printed or on a label?", "Merci. La date de péremption était-elle imprimée ou sur étiquette ?"),
    ("Could you tell us the colour of the inner bags? We hold something similar.", "Pourriez-vous nous dire la couleur des sachets intérieurs ? Nous retenons quelque chose de semblable."),
    ("Our registry does not know the maker printed on it. We have asked the ministry and come back to you.", "Notre registre ne connaît pas le fabricant imprimé dessus. Nous avons interrogé le ministère et revenons vers vous."),
    ("We open a check on firms here that deal with the same sender and would need the invoice number.", "Nous vérifions ici les sociétés en relation avec le même expéditeur et aurions besoin du numéro de facture."),
    ("Nothing of the kind here in the last thirty days, lot {lot} checked.", "Rien de tel ici ces trente derniers jours, lot {lot} vérifié."),
    ("Our laboratory looked at a similar sample: it is not what the label says.", "Notre laboratoire a examiné un échantillon semblable : ce n’est pas ce que dit l’étiquette."),
    ("Please keep one sealed sample, we send a request through the usual channel.", "Merci de garder un échantillon scellé, nous envoyons une demande par la voie habituelle."),
    ("Two of our seizures of last quarter had the same packing. The pallets were wrapped in blue.", "Deux de nos saisies du trimestre dernier avaient le même emballage. Les palettes étaient filmées en bleu."),
    ("Understood, profile adjusted at our three seaports since this morning.", "Bien reçu, profil adapté dans nos trois ports depuis ce matin."),
    ("Correct: the second consignment arrived last night and is detained.", "Exact : le second envoi est arrivé la nuit dernière, il est retenu."),
    ("Many thanks, this helped. We found the same print on 14 cartons in a warehouse.", "Merci beaucoup, cela nous a aidés. Nous avons trouvé la même impression sur 14 cartons dans un entrepôt."),
)  # fmt: skip

# Posts of their own: who (index of the person, -2 the coordinator), days before now, text.
POSTS: Final[tuple[tuple[int, int, str], ...]] = (
    (-2, 33, "Welcome to HEALTH SHIELD. Please post each find here, the short form is enough for the count. The long form helps the others to recognise it."),
    (0, 32, "Good morning from Tema. Two officers are on duty for the operation every day, 06:00 to 18:00 UTC."),
    (1, 31, "Bonjour à toutes et à tous. La cellule est joignable jour et nuit au numéro de la fiche de contact."),
    (6, 27, "Our risk analysts see more small parcels since the courier price fell. Does anybody else notice it?"),
    (4, 26, "Oui, même constat à Casablanca : des envois de moins de deux kilos, surtout en fin de semaine."),
    (-2, 24, "First ten days: please count doses and not vials, and pieces and not cartons. Two reports were corrected for that."),
    (7, 20, "Public holiday here on Thursday; Mombasa works, Nairobi headquarters answers on Friday."),
    (2, 17, "Reminder from our laboratory: send reference packs together with the sample, it saves a week."),
    (9, 13, "Power was off for two days at Nakonde. What we hold from then will be posted late."),
    (-2, 10, "Weekly call moved to Wednesday, 13:00 UTC. Subjects: gloves, and certificates of test houses."),
    (5, 6, "We hand over to the deputy from Monday. Same account rules, same duty telephone."),
    (3, 3, "Callao has a new scanner line; images of the training cartons are welcome."),
)  # fmt: skip

# The case room of Ghana, Nigeria and the coordination unit.
CASE_POSTS: Final[tuple[tuple[int, int, str], ...]] = (
    (-2, 8, "Opened for the vials without a cold chain. Only the three of us read here."),
    (5, 7, "Ours were in a cool box for drinks. Whoever was to fetch it had been paid in cash."),
    (0, 6, "The same box as in our alert: red lid, no maker’s plate. I ask our police for the pictures."),
    (-2, 5, "Please agree on one list of lot numbers before anything is told to the maker."),
)  # fmt: skip
