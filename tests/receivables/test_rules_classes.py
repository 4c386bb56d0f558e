"""Which class of debtor is proposed, and why."""

from __future__ import annotations

import pytest

from encours.receivables.rules.classes import DebtorClass, propose_class

SIREN, PUBLIC_SIREN = "732829320", "217500016"  # valid by Luhn; the second is a city


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        pytest.param("DUPONT", {"siren": SIREN}, "business", id="a valid SIREN"),
        pytest.param("DUPONT", {"siren": "732 829 320"}, "business", id="a SIREN with spaces"),
        pytest.param("DUPONT", {"siren": SIREN + "00074"}, "business", id="a SIRET"),
        pytest.param("DUPONT", {"siren": "732829321"}, "unknown", id="an invalid SIREN says nothing"),
        pytest.param("X", {"siren": PUBLIC_SIREN}, "public", id="a SIREN in 2"),
        pytest.param("X", {"siren": "110000015"}, "public", id="a SIREN in 1"),
        pytest.param("X", {"vat_number": "FR44732829320"}, "business", id="a French VAT number"),
        pytest.param("X", {"vat_number": "fr 44 732 829 320"}, "business", id="the same, typed by hand"),
        pytest.param("X", {"siren": "123", "vat_number": "FR44732829320"}, "business", id="bad SIREN, good VAT number"),
        pytest.param("X", {"vat_number": "FR44732829321"}, "unknown", id="a wrong French VAT number"),
        pytest.param("X", {"vat_number": "DE136695976"}, "foreign", id="a German VAT number"),
        pytest.param("X", {"vat_number": "DE136695975"}, "unknown", id="a wrong German VAT number"),
        pytest.param("X SARL", {"vat_number": "BE0428759497"}, "foreign", id="a Belgian SARL"),
        pytest.param("DUPONT SARL", {"country": "BE"}, "foreign", id="an address abroad"),
        pytest.param("DUPONT SARL", {"country": "FR"}, "business", id="an address in France"),
        pytest.param("DUPONT SARL", {"country": "france"}, "business", id="France in full"),
        pytest.param("DUPONT SARL", {"country": "RE"}, "business", id="La Réunion is France"),
        pytest.param("DUPONT SARL", {"country": " "}, "business", id="a blank country"),
        pytest.param("MAIRIE DE PARIS", {"siren": SIREN}, "business", id="the number beats the name"),
        pytest.param("M. DURAND Paul", {"siren": SIREN}, "business", id="a sole trader with a SIREN"),
        pytest.param("SARL DUPONT", {}, "business", id="SARL"),
        pytest.param("Dupont S.A.R.L.", {}, "business", id="SARL with dots"),
        pytest.param("SAS Dupont & Fils (Lyon)", {}, "business", id="SAS"),
        pytest.param("DUPONT SASU", {}, "business", id="SASU"),
        pytest.param("EURL Le Soleil", {}, "business", id="EURL"),
        pytest.param("SCI DES LILAS", {}, "business", id="SCI"),
        pytest.param("SNC Tabac du Port", {}, "business", id="SNC"),
        pytest.param("La Scop du bois", {}, "business", id="SCOP"),
        pytest.param("GIE Transports", {}, "business", id="GIE"),
        pytest.param("DUPONT SA", {}, "business", id="SA last"),
        pytest.param("SA DUPONT", {}, "business", id="SA first"),
        pytest.param("Dupont S.A.", {}, "business", id="SA with dots"),
        pytest.param("LES AMIS DE SA MAISON", {}, "unknown", id="SA within a sentence is a word"),
        pytest.param("SASSIER", {}, "unknown", id="a form inside a word is no form"),
        pytest.param("Müller GmbH", {}, "foreign", id="GmbH"),
        pytest.param("Smith Ltd.", {}, "foreign", id="Ltd"),
        pytest.param("De Vries B.V.", {}, "foreign", id="BV with dots"),
        pytest.param("Rossi Srl", {}, "foreign", id="Srl"),
        pytest.param("AG Conseil", {}, "unknown", id="AG first is no form"),
        pytest.param("Siemens AG", {}, "foreign", id="AG last"),
        pytest.param("Commune de Trifouillis", {}, "public", id="commune"),
        pytest.param("MAIRIE D'ARLES", {}, "public", id="mairie"),
        pytest.param("Conseil départemental du Gard", {}, "public", id="conseil départemental"),
        pytest.param("CHU de Nantes", {}, "public", id="CHU"),
        pytest.param("Centre hospitalier de Digne", {}, "public", id="centre hospitalier"),
        pytest.param("Lycée Jules-Ferry", {}, "public", id="lycée"),
        pytest.param("Université de Rennes", {}, "public", id="université"),
        pytest.param("SIVOM du Haut Pays", {}, "public", id="SIVOM"),
        pytest.param("Ministère de l'Intérieur", {}, "public", id="ministère"),
        pytest.param("Communauté d'agglomération du Pays", {}, "public", id="agglomération"),
        pytest.param("BOULANGERIE DE LA MAIRIE", {}, "unknown", id="near a town hall"),
        pytest.param("SARL BAR DU LYCEE", {}, "business", id="a bar near a school"),
        pytest.param("Commune Presse", {}, "unknown", id="commune without its article"),
        pytest.param("M. Durand", {}, "consumer", id="M."),
        pytest.param("Mme Durand", {}, "consumer", id="Mme"),
        pytest.param("M. et Mme Durand", {}, "consumer", id="a couple"),
        pytest.param("Monsieur Paul Durand", {}, "consumer", id="Monsieur"),
        pytest.param("M. Durand SARL", {}, "business", id="a title and a legal form"),
        pytest.param("M6", {}, "unknown", id="M6 is no gentleman"),
        pytest.param("Mr Bricolage", {}, "unknown", id="nor is Mr Bricolage"),
        pytest.param("MMA", {}, "unknown", id="nor MMA"),
        pytest.param("DUPONT", {}, "unknown", id="a bare name"),
        pytest.param("", {}, "unknown", id="nothing"),
    ],
)  # fmt: skip
def test_proposed_class(name: str, known: dict[str, str], expected: str) -> None:
    proposal = propose_class(name, **known)

    assert proposal.debtor_class == DebtorClass(expected)
    assert len(proposal.reasons) == 1


@pytest.mark.parametrize(
    ("name", "known", "reason"),
    [
        ("X", {"siren": SIREN}, "SIREN 732829320 valide."),
        ("X", {"siren": PUBLIC_SIREN}, "SIREN 217500016 : les numéros en 1 et 2 sont ceux d'organismes publics."),
        ("X", {"vat_number": "de136695976"}, "Numéro de TVA étranger (DE)."),
        ("X", {"country": "be"}, "Adresse hors de France (BE)."),
        ("DUPONT S.A.R.L.", {}, "Forme juridique dans le nom : SARL."),
        ("Müller GmbH", {}, "Forme juridique étrangère dans le nom : GMBH."),
        ("Mairie de Paris", {}, "Nom d'organisme public : Mairie de…"),
        ("Mme X", {}, "Civilité devant le nom : un particulier ?"),
        ("X", {}, "Rien ne permet de proposer une classe."),
    ],
)  # fmt: skip
def test_the_reason_is_said_in_french(name: str, known: dict[str, str], reason: str) -> None:
    assert propose_class(name, **known).reasons == (reason,)
