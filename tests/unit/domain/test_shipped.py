"""What stands in config/templates and config/reference keeps its own rules (docs/spec/20-templates.md)."""

import gzip
import re
from pathlib import Path

import pytest

from crypto.encoding import canon
from hub.client.domain import published
from hub.client.domain.bodies import TLP_LABELS
from hub.client.domain.errors import MalformedList, MalformedTemplate
from hub.client.domain.problems import MESSAGES, Audience, problem_text, problems_with, tlp_offered
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


def test_the_document_is_small_enough_for_the_first_load() -> None:
    name, body = published.publish(CONFIG)

    assert re.fullmatch(r"domain-[0-9a-f]{16}\.json", name)
    assert len(gzip.compress(body, 9)) <= 25_000


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
