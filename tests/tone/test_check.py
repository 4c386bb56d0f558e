"""Where a thing stands, why, what is missing, what shouts; and what no sign hides."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.tone.rules.check import check
from encours.tone.rules.concepts import concepts, reasons, rules
from encours.tone.rules.plain import plain
from encours.tone.rules.sentences import sentences
from encours.tone.rules.values import Context, Finding, is_blocked

BUSINESS = Context("business")
L111_8 = (
    "Les frais de recouvrement entrepris sans titre exécutoire restent à la charge du créancier, "
    "sauf s'ils concernent un acte dont l'accomplissement est prescrit par la loi au créancier. "
    "Toute stipulation contraire est réputée non écrite, sauf disposition législative contraire. "
    "Cependant, le créancier qui justifie du caractère nécessaire des démarches entreprises pour "
    "recouvrer sa créance peut demander au juge de l'exécution de laisser tout ou partie des frais "
    "ainsi exposés à la charge du débiteur de mauvaise foi."
)
FIRST = (
    "Recouvra SARL, 12 rue du Port, 33000 Bordeaux, exerce le recouvrement amiable.\n\n"
    "Pour le compte de notre client, la société Lenoir, 3 quai Sud, 69002 Lyon, créancier, nous "
    "vous demandons de régler par virement la somme de 640,00 € en principal, intérêts au taux "
    "légal et accessoires : néant.\n\n" + L111_8
)


def codes(text: str, context: Context = BUSINESS) -> set[str]:
    return {found.code for found in check(text, context)}


def test_a_finding_shows_the_very_words_and_their_place() -> None:
    text = "Bonjour,\n\nVotre facture reste due.\nUn Huissier passera chez vous demain."
    (found,) = check(text, BUSINESS)

    assert text[found.start : found.end] == found.excerpt == "Huissier"
    assert (found.line, found.column, found.severity) == (4, 4, "block")
    assert "C. pén. 433-13" in found.reason
    assert found.better


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Une s4isie de vos biens est prévue.", id="figures for letters"),
        pytest.param("Une s a i s i e de vos biens est prévue.", id="letters apart"),
        pytest.param("Une s.a.i.s.i.e de vos biens est prévue.", id="points between"),
        pytest.param("Une sai-sie de vos biens est prévue.", id="a hyphen inside"),
        pytest.param("Une sai\u200bsie de vos biens est prévue.", id="a space that nobody sees"),
        pytest.param("Une s\u0430isie de vos biens est prévue.", id="a letter of another script"),
        pytest.param("UNE SAISIE DE VOS BIENS EST PRÉVUE.", id="capitals"),
        pytest.param("Une saisie\nde vos biens est prévue.", id="over two lines"),
        pytest.param("L’h*issier passera chez vous.", id="a star for a letter"),
        pytest.param("L'huisssier passera chez vous.", id="a letter too many"),
        pytest.param("L'huisier passera chez vous.", id="a letter too few"),
        pytest.param("Vos vo isins seront informés.", id="a word cut in two"),
    ],
)
def test_no_spelling_hides_a_threat(text: str) -> None:
    assert is_blocked(check(text, BUSINESS))


@pytest.mark.parametrize(
    ("said", "threat"),
    [
        ("Nous n'informerons jamais votre employeur.", "Nous n'hésiterons pas à informer votre employeur."),
        ("Aucun frais de dossier ne vous est réclamé.", "Aucun doute : des frais de dossier vous seront réclamés."),
        ("We will not contact your family.", "Do not force us to contact your family."),
        ("Nous ne contacterons pas votre employeur.", "Nous ne contacterons pas encore votre employeur."),
        ("Nous pourrons saisir le tribunal compétent.", "Nous pourrons saisir vos biens."),
        ("Sauf erreur de saisie, la facture est due.", "Sauf paiement, la saisie aura lieu."),
    ],
)  # fmt: skip
def test_what_is_denied_is_no_threat_and_what_is_veiled_is(said: str, threat: str) -> None:
    assert not is_blocked(check(said, BUSINESS))
    assert is_blocked(check(threat, BUSINESS))


@pytest.mark.parametrize(
    ("debtor", "text", "blocked"),
    [
        ("business", "Indemnité forfaitaire de 40 € par facture.", False),
        ("public", "Indemnité forfaitaire de 40 € par facture.", False),
        ("foreign", "Indemnité forfaitaire de 40 € par facture.", False),
        ("consumer", "Indemnité forfaitaire de 40 € par facture.", True),
        ("unknown", "Indemnité forfaitaire de 40 € par facture.", True),
        ("business", "Indemnité forfaitaire de 120 € (3 factures).", False),
        ("business", "Indemnité forfaitaire de 40 € par échéance.", True),
        ("business", "Indemnité forfaitaire de 39,99 €.", True),
        ("business", "Indemnité forfaitaire de 40,00 €.", False),
        ("business", "€60 of fixed compensation is due.", True),
        ("business", "Fixed compensation of €40.00 for each invoice.", False),
        ("business", "Indemnité forfaitaire de soixante euros.", True),
        ("business", "Indemnité de 40 € et TVA en sus de l'indemnité.", True),
        ("business", "Frais de 90 € sur justificatifs, au titre de l'indemnisation complémentaire.", False),
        ("consumer", "Frais de 90 € sur justificatifs, au titre du recouvrement.", True),
        ("consumer", "Intérêts au taux légal depuis la mise en demeure.", False),
        ("public", "Intérêts moratoires au taux BCE majoré de 8 points.", False),
        ("public", "Intérêts moratoires au taux BCE majoré de 10 points.", True),
        ("unknown", "Entre professionnels, un retard donne lieu à une indemnité de 40 €.", False),
    ],
)  # fmt: skip
def test_what_may_be_asked_depends_on_who_owes(debtor: str, text: str, blocked: bool) -> None:
    assert is_blocked(check(text, Context(debtor))) is blocked  # type: ignore[arg-type]


def test_a_title_makes_a_seizure_a_warning() -> None:
    text = "Votre compte bancaire sera saisi."

    assert is_blocked(check(text, BUSINESS))
    assert not is_blocked(check(text, Context("business", has_title=True)))
    assert is_blocked(check("Vos voisins le sauront.", Context("business", has_title=True)))


def test_a_collector_owes_the_letter_of_the_decree() -> None:
    asked = Context("business", "reminder", "collector", extent="whole")
    later = "Suite à notre lettre du 3 novembre 2026, réf. 4411, merci de régler 640,00 €."

    assert check(FIRST, asked) == ()
    assert codes(FIRST.replace("amiable", ""), asked) == {"missing_collector"}
    assert codes(FIRST.replace(L111_8, ""), asked) == {"missing_collector"}
    assert check(later, asked) == ()
    assert codes("Merci de régler 640,00 €.", asked) == {"missing_collector"}


def test_a_part_lacks_nothing_and_a_long_text_is_whole() -> None:
    notice = Context("business", "formal_notice")
    short = "Nous vous mettons en demeure de payer."
    long = f"{short}\n\n" + "Votre facture du mois de septembre reste due à ce jour.\n\n" * 5

    assert "missing" not in codes(short, notice)
    assert "missing" in codes(long, notice)


@pytest.mark.parametrize(
    ("text", "shouted"),
    [
        ("Merci !", False),
        ("Merci ! Bonne journée !", True),
        ("Réglez la facture !!", True),
        ("MERCI DE RÉGLER CETTE FACTURE", True),
        ("Votre virement SEPA, TVA comprise, sur notre IBAN FR76.", False),
        ("Maison LENOIR SARL vous remercie de votre règlement.", False),
        ("URGEMMENT, merci de régler la facture.", True),
    ],
)
def test_shouting(text: str, shouted: bool) -> None:
    assert ("shouting" in codes(text)) is shouted


def test_both_languages_better_words() -> None:
    (french,) = check("Vos voisins seront informés.", BUSINESS)
    (english,) = check("Your neighbours will be told.", BUSINESS)

    assert "personnellement" in french.better
    assert "alone" in english.better
    assert french.reason == english.reason


def test_every_code_has_its_reason_and_every_concept_its_use() -> None:
    used = {
        name
        for rule in rules()
        for names in (*rule.all, *rule.unless, *rule.soften, *rule.harden, rule.mask)
        for name in names.split("|")
    } - {""}

    assert {rule.code for rule in rules()} <= reasons().keys()
    assert used <= concepts().keys()
    assert concepts().keys() - used <= {"proof"}


@given(text=st.text(max_size=300))
def test_any_text_is_read_and_every_place_holds(text: str) -> None:
    read = plain(text)
    found: tuple[Finding, ...] = check(text, Context("consumer", "formal_notice", "collector"))

    assert len(read.text) == len(read.places)
    assert all(0 <= place < len(text) for place in read.places)
    assert list(read.places) == sorted(read.places)
    assert all(0 <= one.start <= one.end <= len(text) for one in found)


@given(text=st.text(alphabet="abé. !?;\n,", max_size=80))
def test_sentences_never_overlap(text: str) -> None:
    spans = list(sentences(text))

    assert all(start < end for start, end in spans)
    assert all(left[1] <= right[0] for left, right in itertools.pairwise(spans))


@given(before=st.sampled_from(["Bonjour.", "Merci de régler la facture."]), count=st.integers(1, 5))
def test_a_threat_is_found_wherever_it_stands(before: str, count: int) -> None:
    text = " ".join([before] * count + ["Vos voisins seront informés."] + [before])

    assert "third_party" in codes(text)
