"""Contacts files as people fill them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.parties import rules
from encours.parties.rules import ContactLine, matches, plain, read_contacts, role_of, template

HEAD = "code;nom;interlocuteur;fonction;e-mail;téléphone;pays;langue;siren\n"


def one(text: str) -> ContactLine:
    (row,) = read_contacts(text.encode()).rows
    return row


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"code;e-mail\nA;a@b.fr", id="as the template"),
        pytest.param(b"Code Client\tE-mail\nA\ta@b.fr\n", id="pasted from a spreadsheet"),
        pytest.param(b"CompAuxNum,Courriel\r\nA,a@b.fr\r\n", id="other names, commas"),
        pytest.param("\ufeffcode|mail\nA|a@b.fr".encode(), id="a BOM and bars"),
        pytest.param(b"\n\ncode;Adresse e-mail\n\n;\nA;a@b.fr\n;;\n", id="empty lines"),
        pytest.param("compte;mél;adresse\nA;a@b.fr;é\n".encode("cp1252"), id="an old Windows"),
    ],
)
def test_files_people_send(content: bytes) -> None:
    found = read_contacts(content)

    assert [(row["code"], row["email"]) for row in found.rows] == [("A", "a@b.fr")]
    assert found.issues == ()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(b"", "vide", id="nothing"),
        pytest.param(b"   \n;;\n", "vide", id="nothing but separators"),
        pytest.param(b"email;ville\na@b.fr;Paris", "Aucune colonne", id="contacts of nobody"),
        pytest.param(b"%PDF-1.7 \x80\x00 binary", "Aucune colonne", id="not a table at all"),
    ],
)
def test_files_refused(content: bytes, sentence: str) -> None:
    found = read_contacts(content)

    assert found.rows == ()
    assert [issue.severity for issue in found.issues] == ["error"]
    assert sentence in found.issues[0].message


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        pytest.param("A;;;;sans arobase;;;;", "email", "email_invalid", id="no address"),
        pytest.param("A;;;;a@b.fr, c@d.fr;;;;", "email", "email_invalid", id="two addresses"),
        pytest.param("A;;;;;;Atlantide;;", "country", "country_unknown", id="no country"),
        pytest.param("A;;;;;;;klingon;", "language", "language_unknown", id="no language"),
        pytest.param("A;;;;;;;;123456789", "siren", "siren_invalid", id="a SIREN whose key is wrong"),
        pytest.param("A;;;;;" + "1" * 31 + ";;;", "phone", "too_long", id="too long for a telephone"),
        pytest.param(";;Claire;;;;;;", "code", "contact_of_nobody", id="of nobody"),
    ],
)  # fmt: skip
def test_a_doubtful_cell_is_set_aside(cells: str, column: str, code: str) -> None:
    found = read_contacts((HEAD + cells).encode())

    (issue,) = found.issues
    assert (issue.code, issue.column, issue.line, issue.severity) == (code, column, 2, "warning")
    assert all(column not in row.values for row in found.rows)


@pytest.mark.parametrize(
    ("cells", "column", "expected"),
    [
        pytest.param("A;;;;;;Belgique;;", "country", "BE", id="a country by its name"),
        pytest.param("A;;;;;;fr;;", "country", "FR", id="a country by its code"),
        pytest.param("A;;;;mailto:a@b.fr;;;;", "email", "a@b.fr", id="a link"),
        pytest.param("A;;;;;;;Anglais;", "language", "en", id="a language by its name"),
        pytest.param("A;;;;;;;;552 100 554", "siren", "552100554", id="a SIREN in threes"),
        pytest.param("A;;  Claire   Martin ;;;;;;", "contact", "Claire Martin", id="spaces"),
    ],
)
def test_cells_are_cleaned(cells: str, column: str, expected: str) -> None:
    assert one(HEAD + cells)[column] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "billing"), ("Comptabilité fournisseurs", "billing"), ("Trésorière", "billing"),
        ("Responsable administratif", "billing"), ("Gérant", "management"),
        ("Direction", "management"), ("Acheteuse", "purchasing"), ("Service juridique", "legal"),
        ("Commercial", "sales"), ("Gardien", "other"),
    ],
)  # fmt: skip
def test_roles(text: str, expected: str) -> None:
    assert role_of(text) == expected


def test_the_template_reads_itself() -> None:
    found = read_contacts(template().encode("utf-8-sig"))

    assert found.issues == ()
    assert found.rows[0].values.keys() >= {"code", "name", "contact", "email", "postcode", "city"}


KNOWN = [(1, "DUPONT", "Dupont S.A.R.L."), (2, "M1", "Martin"), (3, "M2", "MARTIN")]


@pytest.mark.parametrize(
    ("values", "expected", "code"),
    [
        pytest.param({"code": "dupont"}, [1], None, id="by code, whatever the case"),
        pytest.param({"name": "dupont s a r l"}, [1], None, id="by name"),
        pytest.param({"code": "X", "name": "Dupont S.A.R.L."}, [], "customer_unknown", id="a wrong code is not saved by the name"),
        pytest.param({"name": "Martin"}, [], "customer_ambiguous", id="two of that name"),
        pytest.param({"name": "Durand"}, [], "customer_unknown", id="nobody of that name"),
    ],
)  # fmt: skip
def test_matching(values: dict[str, str], expected: list[int], code: str | None) -> None:
    found = matches([ContactLine(2, values)], KNOWN)

    assert [pk for pk, _ in found] == expected
    assert [issue.code for issue in found.issues] == ([code] if code else [])


@given(st.binary(max_size=300))
def test_no_file_breaks_the_reader(content: bytes) -> None:
    found = read_contacts(content)

    assert all(row["code"] or row["name"] for row in found.rows)


@given(st.binary(max_size=200))
def test_no_file_breaks_the_reader_after_a_good_header(content: bytes) -> None:
    found = read_contacts(HEAD.encode() + content)

    assert all(
        len(row.values.get(name, "")) <= w for row in found.rows for name, w in rules.WIDTHS.items()
    )


@given(st.text(max_size=50))
def test_plain_twice_is_plain(text: str) -> None:
    assert plain(plain(text)) == plain(text)
