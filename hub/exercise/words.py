"""Sentences around a find, and short answers under an alert."""

# ruff: noqa: E501 - a sentence stands whole beside its translation

from typing import Final

from hub.exercise.sentences import Pair

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

# Instead of these, where the find is a precursor.
OPENINGS_OF_PRECURSORS: Final[dict[str, tuple[Pair, ...]]] = {
    "SCANNER": (
        ("The image showed a load of even density where the list said mixed goods.", "L’image montrait une densité uniforme là où la liste annonçait des marchandises diverses."),
        ("X-ray showed drums behind the first row.", "Les rayons X montraient des fûts derrière la première rangée."),
    ),
    "DOCUMENTS": (
        ("The safety data sheet is of another product.", "La fiche de données de sécurité est celle d’un autre produit."),
        ("The end-user certificate names a firm that was dissolved.", "Le certificat d’utilisateur final cite une société dissoute."),
    ),
    "FIELD_TEST": (
        ("The Raman device named it before the sack was closed again.", "L’appareil Raman l’a nommé avant que le sac ne soit refermé."),
        ("The presumptive kit turned colour at once.", "Le test colorimétrique a viré aussitôt."),
    ),
    "TIP": (
        ("A wholesaler told us about an order that didn’t fit its customer.", "Un grossiste nous a signalé une commande qui ne correspondait pas au client."),
        ("The neighbour of a warehouse complained about the smell.", "Le voisin d’un entrepôt s’est plaint de l’odeur."),
    ),
    "JOINT_CONTROL": (("Joint control with the police and the explosives inspectorate.", "Contrôle conjoint avec la police et l’inspection des explosifs."),),
    "BEHAVIOUR": (("The driver asked twice whether the dog would come.", "Le conducteur a demandé deux fois si le chien viendrait."),),
}  # fmt: skip
CLOSINGS_OF_PRECURSORS: Final[dict[str, tuple[Pair, ...]]] = {
    "SEIZED": (
        ("Stored apart, dry and cool; samples are with the laboratory.", "Entreposé à part, au sec et au frais ; échantillons au laboratoire."),
        ("The supplier was asked for all orders of the last year.", "Le fournisseur doit remettre toutes les commandes de l’année."),
        ("We would like to know whether others know the consignee.", "Nous aimerions savoir si d’autres connaissent le destinataire."),
        ("The police have opened a case; names on request, bilaterally.", "La police a ouvert un dossier ; noms sur demande, en bilatéral."),
    ),
    "DETAINED": (
        ("Held until the end user has been visited.", "Retenu jusqu’à la visite chez l’utilisateur final."),
        ("Held: the licence is being checked with the country of departure.", "Retenu : la licence est vérifiée auprès du pays de départ."),
    ),
}  # fmt: skip

# Answers under an alert: by another contact point, with the number of a lot.
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

REPLIES_OF_PRECURSORS: Final[tuple[Pair, ...]] = (
    ("The same print {lot} on sacks here in spring. We look up who bought them.", "La même impression {lot} sur des sacs ici au printemps. Nous cherchons qui les a achetés."),
    ("Which field test was it? Ours is silent on prills with a coating.", "Quel test de terrain ? Le nôtre ne dit rien sur les prills enrobés."),
    ("The supplier is licensed with us, but not for that quantity. We visit him tomorrow.", "Le fournisseur est agréé chez nous, mais pas pour cette quantité. Nous lui rendons visite demain."),
    ("Thank you. Please tell us the colour of the sacks and of the thread.", "Merci. Indiquez-nous la couleur des sacs et du fil, s’il vous plaît."),
    ("Lot {lot} isn’t known to our producers: all three have answered.", "Le lot {lot} est inconnu de nos producteurs : les trois ont répondu."),
    ("We had the consignee in a company check last year. Result was adverse, report follows bilaterally.", "Le destinataire a fait l’objet d’une vérification l’an dernier. Résultat défavorable, rapport en bilatéral."),
    ("Careful at opening: a similar load here had been wet and was warm inside.", "Attention à l’ouverture : un chargement semblable ici avait pris l’eau et chauffait."),
    ("Our laboratory can take five samples for the region this week.", "Notre laboratoire peut prendre cinq échantillons pour la région cette semaine."),
    ("No export of this product from here to you in our records for twelve months.", "Aucune exportation de ce produit de chez nous vers vous depuis douze mois dans nos registres."),
    ("Profile changed this morning; two containers of the same shipper arrive on Sunday.", "Profil modifié ce matin ; deux conteneurs du même chargeur arrivent dimanche."),
)  # fmt: skip
