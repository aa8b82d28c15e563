"""What stands in config/templates and config/reference keeps its own rules (docs/spec/20-templates.md)."""

import gzip
import json
import re
from pathlib import Path

import pytest

from crypto.encoding import canon
from hub.client.domain import published
from hub.client.domain.bodies import TLP_LABELS
from hub.client.domain.errors import MalformedList, MalformedTemplate
from hub.client.domain.headers import IMMEDIATE
from hub.client.domain.lists import countries_of, offered_entries, search
from hub.client.domain.problems import MESSAGES, Audience, problem_text, problems_with, tlp_offered
from hub.client.domain.templates import offered
from hub.client.domain.texts import Text, hides_something, trimmed
from hub.client.domain.values import is_cas, is_hs, is_locode

CONFIG = Path(__file__).parents[3] / "config"
DOMAIN = published.load(CONFIG)
WEB = Path(__file__).parents[3] / "web" / "src" / "domain"


def every_text() -> list[Text]:
    texts = [entry.label for codes in DOMAIN.lists.values() for entry in codes.entries]
    texts += [codes.title for codes in DOMAIN.lists.values()]
    for template in DOMAIN.templates.values():
        texts += [template.title, template.name, *(section.title for section in template.sections)]
        fields = template.fields
        texts += [text for field in fields for text in (field.label, field.hint, field.missing) if text]
    return texts


def test_the_first_document_is_small_and_names_the_second_one() -> None:
    (name, body), (more_name, more) = published.publish(CONFIG).items()

    assert re.fullmatch(r"domain-[0-9a-f]{16}\.json", name)
    assert re.fullmatch(r"domain-more-[0-9a-f]{16}\.json", more_name)
    assert json.loads(body)["more"] == more_name
    assert len(gzip.compress(body, 9)) <= 20_000
    assert len(gzip.compress(more, 9)) <= 25_000


def test_the_first_document_suffices_for_a_seizure_s_row() -> None:
    first, more = published.documents(CONFIG)
    whole = published.document(CONFIG)

    assert {record for record, _ in published.read(first).templates} == {"seizure"}
    assert set(published.read(first, more).templates) == set(DOMAIN.templates)
    seizure = DOMAIN.template("seizure", "long")
    shown = {key for keys in seizure.summary.values() for key in keys}
    listed = {one["name"] for one in first["lists"]}
    assert {field.list for field in seizure.fields if field.key in shown} - {""} <= listed
    for part in ("lists", "templates"):
        assert len(first[part]) + len(more[part]) == len(whole[part])
        assert [one for one in whole[part] if one in first[part] or one in more[part]] == whole[part]


def test_each_template_fits_into_one_statement() -> None:
    for document in published.template_documents(CONFIG).values():
        assert len(canon(document)) <= 60_000


def test_long_and_short_form_feed_the_same_counts() -> None:
    long, short = DOMAIN.template("seizure", "long"), DOMAIN.template("seizure", "short")
    long_fields, short_fields = ({field.key: field for field in form.fields} for form in (long, short))

    assert set(short_fields) - set(long_fields) == {"cases"}
    for key in set(short_fields) & set(long_fields):
        assert (short_fields[key].type, short_fields[key].list) == (long_fields[key].type, long_fields[key].list)
    assert long.summary == short.summary


def test_the_mandatory_minimum_of_a_seizure_is_asked() -> None:
    long = {field.key for field in DOMAIN.template("seizure", "long").fields if field.required and not field.when}
    short = {field.key for field in DOMAIN.template("seizure", "short").fields if field.required and not field.when}

    assert long >= {"country", "event_at", "tlp", "place", "direction", "departure", "destination", "goods", "category"}
    assert long >= {"hs", "quantity", "unit", "infringement", "detection", "concealment", "action", "conveyance"}
    assert short == {
        "country", "event_at", "category", "quantity", "unit", "conveyance", "direction", "cases", "tlp",
    }  # fmt: skip


def test_the_mandatory_minimum_of_every_other_record_is_asked() -> None:
    asked = {
        record: {field.key for field in DOMAIN.template(record, "long").fields if field.required}
        for record in ("warning", "feedback", "licit", "arrival", "trend")
    }

    assert asked["warning"] >= {
        "asked", "urgency", "eta", "conveyance", "departure", "destination", "suspected_goods", "indicators",
        "requested", "reply_by", "tlp",
    }  # fmt: skip
    assert asked["feedback"] >= {"warning", "controlled", "reason", "result", "tlp"}
    assert asked["licit"] >= {
        "flow", "chemical", "hs", "quantity", "unit", "end_use", "certificate_verified", "company_checked",
        "check_outcome", "departure", "destination", "tlp",
    }  # fmt: skip
    assert asked["arrival"] >= {
        "product", "manufacturer", "batches", "quantity", "unit", "hs", "temperature", "consignee", "conveyance",
        "departure", "destination", "etd", "eta", "contact", "facilitation", "tlp",
    }  # fmt: skip
    assert asked["trend"] >= {
        "title", "categories", "method", "concealments", "indicators", "to_do", "dangers", "urgency", "severity",
        "certainty", "valid_until", "tlp",
    }  # fmt: skip


def test_forms_of_a_compartment_are_offered_there_only() -> None:
    forms = list(DOMAIN.templates.values())
    general, precursor, vaccine = (
        {one.id for one in offered(forms, name)} for name in ("general", "precursor", "vaccine")
    )

    assert general == {"seizure", "warning", "feedback", "trend"}
    assert precursor == general | {"licit"}
    assert vaccine == general | {"arrival"}


def test_what_fills_the_header_is_a_field_of_the_form() -> None:
    named = {record: DOMAIN.template(record, "long").header for record, form in DOMAIN.templates if form == "long"}

    assert named == {
        "seizure": {},
        "warning": {"urgency": "urgency", "to": "asked", "due": "reply_by"},
        "feedback": {"ref": "warning"},
        "licit": {"ref": "counterpart"},
        "arrival": {"to": "asked", "due": "reply_by"},
        "trend": {"urgency": "urgency"},
    }
    for (record, _), template in DOMAIN.templates.items():
        assert set(named[record].values()) <= {field.key for field in template.fields}
        assert all(field.of in named for field in template.fields if field.type == "alert")


def test_the_one_urgency_that_interrupts_is_in_its_list() -> None:
    assert DOMAIN.lists["urgencies"].entry(IMMEDIATE) is not None


def test_conditions_ask_for_codes_that_there_are() -> None:
    for template in DOMAIN.templates.values():
        fields = {field.key: field for field in template.fields}
        for field in template.fields:
            if field.when and fields[field.when.field].type == "code":
                codes = DOMAIN.lists[fields[field.when.field].list]
                assert all(codes.entry(code) for code in (*field.when.is_, *field.when.is_not) if code != "*")


def test_units_that_forms_start_with_are_units() -> None:
    for template in DOMAIN.templates.values():
        for field in template.fields:
            if field.default and field.type == "code":
                assert DOMAIN.lists[field.list].entry(field.default)


def test_compartments_of_codes_are_those_of_the_programme() -> None:
    every = [entry for codes in DOMAIN.lists.values() for entry in codes.entries]

    assert {entry.compartment for entry in every} == {"", "precursor", "vaccine"}
    assert DOMAIN.lists["substances"].entry("6484-52-2") in offered_entries(DOMAIN.lists["substances"], "precursor")
    assert DOMAIN.lists["substances"].entry("6484-52-2") not in offered_entries(DOMAIN.lists["substances"], "vaccine")


def test_a_chemical_is_found_by_its_un_number() -> None:
    found = [search(DOMAIN.lists["substances"], text, "en", 3)[0].code for text in ("1942", "UN 1942", "nitrate amm")]

    assert found == ["6484-52-2"] * 3


def test_every_country_has_at_most_one_region_and_every_region_has_known_countries() -> None:
    regions = [entry.code for entry in DOMAIN.lists["regions"].entries]
    of_the_wco = [
        country for code in regions if code.startswith("WCO-") for country in countries_of(DOMAIN.lists, code)
    ]

    assert len([code for code in regions if code.startswith("WCO-")]) == 6
    assert len(set(of_the_wco)) == len(of_the_wco) > 170
    for code in regions:
        assert all(DOMAIN.lists["countries"].entry(country) for country in countries_of(DOMAIN.lists, code))
    assert len(countries_of(DOMAIN.lists, "RILO-ECE")) == 20
    assert len(countries_of(DOMAIN.lists, "RILO-ESA")) == 18
    assert {"GH", "NG", "SN"} <= set(countries_of(DOMAIN.lists, "WCO-WCA"))


def test_codes_have_the_shape_of_their_lists() -> None:
    lists = DOMAIN.lists

    assert len(lists["countries"].entries) == 249
    assert all(re.fullmatch("[A-Z]{2}", entry.code) for entry in lists["countries"].entries)
    assert all(is_locode(entry.code) for entry in lists["places"].entries)
    assert all(lists["countries"].entry(entry.code[:2]) for entry in lists["places"].entries)
    assert all(is_hs(entry.code) for entry in lists["hs"].entries)
    assert all(is_cas(entry.code) and lists["hs"].entry(entry.group) for entry in lists["substances"].entries)
    assert all(lists["units"].entry(entry.group) for entry in lists["categories"].entries)
    assert tuple(entry.code for entry in lists["tlp"].entries) == TLP_LABELS
    assert all(codes.source and codes.edition for codes in lists.values())


def test_every_text_is_clean_in_both_languages() -> None:
    for text in every_text():
        for words in (text.en, text.fr):
            assert words == trimmed(words)
            assert not hides_something(words)
            assert "'" not in words


def test_french_keeps_its_punctuation_with_the_word_before() -> None:
    for text in every_text():
        assert not re.search(r"(?<!\u00a0)[;?!%]|(?<![\u00a0P]):", text.fr.replace("TLP:", "")), text.fr


def test_red_is_offered_to_named_persons_only() -> None:
    assert "TLP:RED" in [entry.code for entry in tlp_offered(DOMAIN.lists, Audience(named=True))]
    assert "TLP:RED" not in [entry.code for entry in tlp_offered(DOMAIN.lists, Audience(named=False))]


def test_a_problem_is_told_in_the_readers_language() -> None:
    form = DOMAIN.template("seizure", "long")
    problems = {one.field: one for one in problems_with(form, DOMAIN.lists, {"quantity": "0"}, Audience(named=False))}
    french = {MESSAGES["not-above"]: "{label}\u00a0: écrivez un nombre supérieur à {above}"}

    assert problem_text(form, problems["place"], "en", str) == (
        "Choose the place of seizure from the list, or describe it"
    )
    assert problem_text(form, problems["quantity"], "fr", lambda text: french[text]) == (
        "Quantité\u00a0: écrivez un nombre supérieur à 0"
    )


def test_both_languages_know_the_same_sentences() -> None:
    source = (WEB / "problems.ts").read_text(encoding="utf-8")

    for code, sentence in MESSAGES.items():
        assert f'{code}: "{sentence}"' in source or f'"{code}": "{sentence}"' in source


def test_a_list_under_another_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "reference").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "reference" / "units.toml").write_text('name = "weights"\nentries = []\n', encoding="utf-8")

    with pytest.raises(MalformedList):
        published.document(tmp_path)


def test_a_form_of_no_record_is_refused(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "x.toml").write_text('record = "warning"\nform = "short"\n', encoding="utf-8")

    with pytest.raises(MalformedTemplate):
        published.template_documents(tmp_path)


def test_a_form_that_asks_for_a_missing_list_is_refused() -> None:
    document = published.document(CONFIG)
    document["lists"] = [one for one in document["lists"] if one["name"] != "actions"]

    with pytest.raises(MalformedTemplate):
        published.read(document)
