"""Notices of the coordinators, and what the contact points did about them."""

# ruff: noqa: E501 - a sentence stands whole beside its translation

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hub.client.domain.bodies import notice_body
from hub.exercise.chance import Chance
from hub.exercise.items import UNSENT, Draft
from hub.exercise.operations import CLEAR_FIELD, HEALTH_SHIELD, TWIN_GATE, Exercise
from hub.exercise.people import COORDINATOR
from hub.exercise.sentences import spaced

ACKNOWLEDGED: Final = "acknowledged"
ACTION_TAKEN: Final = "action-taken"
NOT_APPLICABLE: Final = "not-applicable"
LEAST_TERM: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Written:
    """
    One notice: days before now, days until it is to be acknowledged, whom it asks (nobody named: all), the share that
    has acknowledged, and how often something was done or it didn't apply.
    """

    kind: str
    days: float
    term: float
    to: str
    share: float
    states: dict[str, int]
    urgent: bool
    title: tuple[str, str]
    text: tuple[str, str]
    replaces: int | None = None


WRITTEN: Final[dict[str, tuple[Written, ...]]] = {
    HEALTH_SHIELD: (
        Written("instruction", 28.6, 5, "", 0.93, {ACKNOWLEDGED: 6, ACTION_TAKEN: 3, NOT_APPLICABLE: 0}, False,
            ("How quantities are counted", "Comment compter les quantités"),
            ("Vaccines in doses, never in vials. Masks and gowns in pieces, gloves in pairs, sanitiser in litres.\nReports sent before today need not be changed: write a correction only where the figure is wrong by a factor.",
             "Les vaccins en doses, jamais en flacons. Masques et blouses en pièces, gants en paires, gel en litres.\nLes déclarations déjà envoyées restent : ne corrigez que si le chiffre est faux d’un facteur.")),
        Written("safety", 8.3, 2, "", 0.86, {ACKNOWLEDGED: 3, ACTION_TAKEN: 6, NOT_APPLICABLE: 1}, True,
            ("Sanitiser with methanol: open with gloves and air", "Gel au méthanol : gants et aération à l’ouverture"),
            ("Ghana and Nigeria found sanitiser that contains methanol. Canisters leak. Gloves, air, no flame; wash skin at once. Do not store it beside offices.",
             "Le Ghana et le Nigéria ont trouvé du gel contenant du méthanol. Les bidons fuient. Gants, aération, pas de flamme ; rincer la peau aussitôt. Ne pas l’entreposer près des bureaux.")),
        Written("change", 1.9, 6, "", 0.5, {ACKNOWLEDGED: 5, ACTION_TAKEN: 0, NOT_APPLICABLE: 1}, False,
            ("Weekly call moves to Wednesday", "L’appel hebdomadaire passe au mercredi"),
            ("From next week on, Wednesday at 13:00 UTC. It replaces the day named in the instruction of the first week.",
             "Dès la semaine prochaine, mercredi à 13 h 00 UTC. Cela remplace le jour indiqué la première semaine."), replaces=0),
        Written("reminder", 0.8, 4, "CI CM GH NG SN", 0.4, {ACKNOWLEDGED: 1, ACTION_TAKEN: 0, NOT_APPLICABLE: 0}, False,
            ("West and Central Africa: names of your cold stores", "Afrique occidentale et centrale : vos dépôts frigorifiques"),
            ("Please send the address and the night telephone of the cold store that takes held vaccines.",
             "Merci d’envoyer l’adresse et le téléphone de nuit du dépôt frigorifique qui reçoit les vaccins retenus.")),
    ),
    CLEAR_FIELD: (
        Written("instruction", 33.2, 7, "", 0.95, {ACKNOWLEDGED: 6, ACTION_TAKEN: 4, NOT_APPLICABLE: 1}, False,
            ("Licit shipments: both ends report", "Envois licites : les deux bouts déclarent"),
            ("Each shipment of a listed chemical is reported by the country of departure and by the country of destination. The second one chooses the first one’s report in the form. What has no second end after 30 days is asked about.",
             "Chaque envoi d’un produit surveillé est déclaré par le pays de départ et par le pays de destination. Le second choisit la déclaration du premier dans le formulaire. Ce qui reste sans second bout après 30 jours fait l’objet d’une question.")),
        Written("safety", 18.2, 2, "", 0.9, {ACKNOWLEDGED: 4, ACTION_TAKEN: 5, NOT_APPLICABLE: 1}, True,
            ("Swollen canisters: do not move them", "Bidons gonflés : ne pas les déplacer"),
            ("Strong peroxide in closed canisters may burst. Distance, shade, water from far away, specialists. See the trend that Türkiye has posted.",
             "Un peroxyde fort en bidon fermé peut éclater. Distance, ombre, eau de loin, spécialistes. Voir la tendance publiée par la Türkiye.")),
        Written("information", 2.6, 5, "", 0.55, {ACKNOWLEDGED: 8, ACTION_TAKEN: 0, NOT_APPLICABLE: 1}, False,
            ("Half-time figures", "Chiffres à mi-parcours"),
            ("The analyst’s table is in the announcements’ thread from tomorrow. Please look whether your own line is right before it goes into the report.",
             "Le tableau de l’analyste sera dès demain dans le fil des annonces. Vérifiez votre ligne avant qu’il n’entre dans le rapport.")),
    ),
    TWIN_GATE: (
        Written("information", 28.0, 5, "", 0.9, {ACKNOWLEDGED: 5, ACTION_TAKEN: 1, NOT_APPLICABLE: 0}, False,
            ("Who reads what in this operation", "Qui lit quoi dans cette opération"),
            ("Precursors and vaccines are separate compartments. A channel that you are not cleared for is shown to you by its type only.",
             "Précurseurs et vaccins sont des compartiments séparés. Un canal pour lequel vous n’êtes pas habilité ne vous montre que son type.")),
    ),
}  # fmt: skip


def notices(chance: Chance, exercise: Exercise, now: datetime) -> Iterator[Draft]:
    """Each notice, then the acknowledgements: by the contact point, with nothing sealed."""
    written: list[Draft] = []
    for one in WRITTEN[exercise.code]:
        at = chance.working_hour(now, one.days)
        titles, texts = ({"en": pair[0], "fr": spaced(pair[1], "fr")} for pair in (one.title, one.text))
        body = notice_body(one.kind, titles, texts, "en", UNSENT if one.replaces is not None else None)
        notice = Draft(COORDINATOR, "announcements", "notice", body, at)
        notice.parts["urgency"] = "immediate" if one.urgent else "normal"
        # Told today, so that even the oldest one has a date to come.
        due = max(at + timedelta(days=one.term), now + LEAST_TERM)
        notice.parts["due"] = int(due.timestamp()) * 1000
        if one.to:
            notice.parts["to"] = sorted(one.to.split())
        if one.replaces is not None:
            notice.refers["replaces"] = written[one.replaces]
        written.append(notice)
        yield notice
        yield from _acknowledgements(chance, exercise, now, one, notice)


def _acknowledgements(
    chance: Chance, exercise: Exercise, now: datetime, one: Written, notice: Draft
) -> Iterator[Draft]:
    asked = [person for person in exercise.contact_points() if not one.to or person.country in one.to.split()]
    silent = round(len(asked) * (1 - one.share))
    # The busiest answer first, and the silent ones are among the others.
    quiet = set(chance.random.sample(asked[len(asked) // 3 :], silent))
    hours = (now - notice.at).total_seconds() / 3600
    for person in asked:
        if person in quiet:
            continue
        after = min(chance.random.expovariate(1 / 14) + 0.1, one.term * 24 * 1.4, hours * 0.95)
        at = notice.at + timedelta(hours=after)
        yield Draft(
            person,
            "announcements",
            "acknowledgement",
            None,
            at,
            {"state": chance.weighted(one.states)},
            reply_to=notice,
        )
