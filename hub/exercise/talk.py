"""What the members of the exercises write to each other: posts, and answers under alerts."""

# ruff: noqa: E501 - a sentence stands whole

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from hub.client.domain.bodies import post_body
from hub.exercise.chance import Chance
from hub.exercise.items import Draft
from hub.exercise.operations import CLEAR_FIELD, HEALTH_SHIELD, TWIN_GATE, Exercise
from hub.exercise.people import ANALYST, COORDINATOR, DEPUTY
from hub.exercise.sentences import said, spaced
from hub.exercise.words import REPLIES, REPLIES_OF_PRECURSORS

SERVING: Final = {"HQ": COORDINATOR, "HQ2": DEPUTY, "AN": ANALYST}

# Channel, who (country, or one of SERVING), days before now, text.
Post = tuple[str, str, float, str]
POSTS: Final[dict[str, tuple[Post, ...]]] = {
    HEALTH_SHIELD: (
        (
            "all",
            "HQ",
            33,
            "Welcome to HEALTH SHIELD. Please post each find here, the short form is enough for the count. The long form helps the others to recognise it.",
        ),
        (
            "all",
            "GH",
            32,
            "Good morning from Tema. Two officers are on duty for the operation every day, 06:00 to 18:00 UTC.",
        ),
        (
            "all",
            "SN",
            31,
            "Bonjour à toutes et à tous. La cellule de Dakar est joignable jour et nuit au numéro de la fiche de contact.",
        ),
        (
            "all",
            "NL",
            27,
            "Our risk analysts see more small parcels since the courier price fell. Does anybody else notice it?",
        ),
        (
            "all",
            "MA",
            26,
            "Oui, même constat à Casablanca : des envois de moins de deux kilos, surtout en fin de semaine.",
        ),
        (
            "all",
            "HQ",
            24,
            "First ten days: please count doses and not vials, and pieces and not cartons. Two reports were corrected for that.",
        ),
        ("all", "KE", 20, "Public holiday here on Thursday; Mombasa works, Nairobi headquarters answers on Friday."),
        (
            "all",
            "HQ",
            18,
            "From the partner organisation: its laboratories can confirm print and pack of six products within two days. They need photographs of all faces.",
        ),
        (
            "all",
            "IN",
            17,
            "Reminder from our laboratory: send reference packs together with the sample, it saves a week.",
        ),
        ("all", "ZM", 13, "Power was off for two days at Nakonde. What we hold from then will be posted late."),
        (
            "all",
            "HQ",
            10,
            "Weekly call moved to Wednesday, 13:00 UTC. Subjects: gloves, and certificates of test houses.",
        ),
        ("all", "NG", 6, "We hand over to the deputy from Monday. Same account rules, same duty telephone."),
        ("all", "PE", 3, "Callao has a new scanner line; images of the training cartons are welcome."),
        ("regional", "CI", 12, "Les gants lavés viennent-ils aussi chez vous par la route de Noé ?"),
        ("regional", "GH", 11, "By Elubo we had none. By sea two, both transhipped at the same port."),
        ("regional", "CM", 9, "À Douala, trois conteneurs depuis le début, le même commissionnaire à chaque fois."),
        ("bilateral", "IN", 14, "The exporter of your antigen tests was de-registered here in January. Papers follow."),
        ("bilateral", "KE", 13, "Received, thank you. The importer here has changed its name twice since then."),
        ("case", "HQ", 8, "Opened for the vials without a cold chain. Only the three of us read here."),
        ("case", "NG", 7, "Ours were in a cool box for drinks. Whoever was to fetch it had been paid in cash."),
        (
            "case",
            "GH",
            6,
            "The same box as in our alert: red lid, no maker’s plate. I ask our police for the pictures.",
        ),
        ("case", "HQ", 5, "Please agree on one list of lot numbers before anything is told to the maker."),
        (
            "coordination",
            "AN",
            15,
            "Half of all tablets of the first weeks stand in four cases. I would show the median beside the sum.",
        ),
        ("coordination", "HQ2", 14, "D’accord, et les doses à part : une seule affaire fausse la moyenne."),
        (
            "arrivals",
            "PE",
            21,
            "Cold store at Lima airport is full until Thursday: announce early, please, and name the release contact.",
        ),
    ),
    CLEAR_FIELD: (
        (
            "all",
            "HQ",
            35,
            "Welcome to CLEAR FIELD: forty contact points, fourteen substances, their components. Licit shipments go into their own channel, so that both ends can be paired.",
        ),
        (
            "all",
            "FR",
            34,
            "Bonjour à tous. Notre cellule lit en continu ; pour une urgence, préférez l’alerte au message.",
        ),
        (
            "all",
            "DE",
            30,
            "Aluminium: please give us the grain size where you have it. Pigment and powder look the same on paper.",
        ),
        ("all", "ZA", 28, "Beitbridge runs the second scanner lane since Monday, in both directions."),
        ("all", "CL", 25, "Two officers in Arica have finished the training on field tests. Kits arrive next week."),
        (
            "all",
            "AN",
            23,
            "First figures: nine of ten seizures are something else. Please report these too, they show where control works.",
        ),
        ("all", "JO", 19, "Kind request: put the container number into its own field, our system reads it from there."),
        (
            "all",
            "CI",
            16,
            "Nous organisons une visite chez les trois grossistes d’engrais. Vos questions sont les bienvenues.",
        ),
        (
            "all",
            "HQ",
            9,
            "Half-time call on Tuesday, 12:00 UTC. Subjects: unmatched shipments, and who visits end users.",
        ),
        ("all", "TH", 4, "Laem Chabang is closed on Friday for the drill. Duty telephone as usual."),
        (
            "alerts",
            "TR",
            22,
            "Reminder to all: hydrogen peroxide above 35 % without a vented cap is dangerous to move. Call the specialists.",
        ),
        (
            "alerts",
            "ES",
            12,
            "Does anybody see urea declared as feed from the same two mills? We have three such papers.",
        ),
        ("alerts", "IN", 11, "Yes, one. The mill says that it never made feed. I send its letter bilaterally."),
        (
            "licit",
            "HQ",
            26,
            "When you report the second end of a shipment, choose the other country’s report in the form: then it counts as paired.",
        ),
        ("licit", "DE", 15, "One of ours has been at sea for 41 days. It is not lost: the vessel waits off the port."),
        ("regional", "BR", 18, "Santos, Arica and Callao see the same forwarder. Shall we keep one list?"),
        ("regional", "CL", 17, "Good idea. We begin with the eleven firms of last year."),
        (
            "bilateral",
            "FR",
            13,
            "Le destinataire de Casablanca est-il celui de l’an passé ? Même téléphone, autre nom.",
        ),
        (
            "bilateral",
            "MA",
            12,
            "C’est lui. L’adresse est un parking. Nous surveillons sans rien dire au transporteur.",
        ),
        (
            "case",
            "HQ",
            10,
            "Opened for the flakes declared as pigment. Readers: Ghana, France, Netherlands and this unit.",
        ),
        ("case", "NL", 9, "The seller wrote to two other customers here. One asked us what to do; he waits."),
        ("case", "FR", 8, "Chez nous, l’acheteur a payé par un tiers. Le nom figure dans la liste que vous avez."),
        (
            "coordination",
            "AN",
            13,
            "Two licit shipments have no second end yet. I ask the countries of destination today.",
        ),
    ),
    TWIN_GATE: (
        (
            "all",
            "HQ",
            30,
            "TWIN GATE looks at two gateways at once. What you read depends on what you are cleared for: nobody sees by mistake what isn’t his.",
        ),
        ("all", "GH", 29, "Tema takes part with one team for both subjects."),
        ("all", "SN", 24, "Dakar suit les vaccins seulement. Merci d’en tenir compte dans vos demandes."),
        (
            "alerts",
            "FR",
            14,
            "Le Havre contrôle cette semaine tous les fûts de moins de 50 litres en provenance des zones franches.",
        ),
        (
            "arrivals",
            "PE",
            9,
            "From here only vaccines and their papers, please. The cold chain desk reads day and night.",
        ),
        (
            "all",
            "HQ",
            7,
            "The partner organisation reads this channel only. For a question to it, write here without names.",
        ),
    ),
}


def posts(chance: Chance, exercise: Exercise, now: datetime) -> Iterator[Draft]:
    """Everything written that answers no alert."""
    by_country = {person.country: person for person in exercise.contact_points()}
    last = dict[str, datetime]()
    for channel, who, days, text in POSTS[exercise.code]:
        person = SERVING.get(who) or by_country[who]
        moment = chance.working_hour(now, days)
        if channel in last:  # those of one day stay in their order
            moment = max(moment, last[channel] + timedelta(minutes=23))
        last[channel] = moment
        yield Draft(person, channel, "post", post_body(spaced(text, person.language), person.language), moment)


def replies(chance: Chance, exercise: Exercise, now: datetime, alerts: Sequence[Draft]) -> Iterator[Draft]:
    """Answers under seizures, each by another contact point that reads the channel."""
    texts = {HEALTH_SHIELD: REPLIES, CLEAR_FIELD: REPLIES_OF_PRECURSORS, TWIN_GATE: REPLIES[:3]}[exercise.code]
    wanted = "alerts" if exercise.code == CLEAR_FIELD else "all"
    asked = [alert for alert in alerts if alert.channel == wanted and alert.lot and alert.at < now - timedelta(days=1)]
    chance.random.shuffle(asked)
    for position, alert in enumerate(asked[: len(texts) + len(texts) // 2]):
        language = "en" if position < len(texts) else "fr"
        readers = set(exercise.readers(alert.channel))
        others = [
            person
            for person in exercise.contact_points()
            if person in readers and person.language == language and person != alert.author
        ]
        text = said(texts[position % len(texts)], language, lot=alert.lot)
        at = min(alert.at + timedelta(minutes=chance.random.randrange(25, 2600)), now - timedelta(minutes=9 + position))
        yield Draft(chance.fresh(others), alert.channel, "post", post_body(text, language), at, reply_to=alert)
