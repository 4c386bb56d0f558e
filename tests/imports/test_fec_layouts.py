"""One ledger in every dress: whatever the separators, encodings, columns, the reading is the same."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest
from tests.imports.books import HEADER, codes, read, row

from encours.imports.readers.fec import Fec
from encours.imports.rules.ledger import Ledger

ROWS = [
    row("VE 1 20240105 411000 C1 FA1 1200.00 A Café « déjà vu »"),
    row("VE 1 20240105 707000 - FA1 -1000.00 - Café « déjà vu »"),
    row("VE 1 20240105 445710 - FA1 -200.00 - Café « déjà vu »"),
    row("BQ 1 20240131 512000 - VIR7 1200.00 - Virement reçu"),
    row("BQ 1 20240131 411000 C1 VIR7 -1200.00 A Virement reçu"),
]
TEXT = "\n".join([HEADER, *ROWS]) + "\n"


def seen(ledger: Ledger) -> tuple[object, ...]:
    lines = ledger.lines.join(ledger.parties, on="party").join(
        ledger.parts.select("part", "journal", "entry_number", "entry_on", "piece"), on="part"
    )
    shown = lines.select(
        "line", "journal", "entry_number", "entry_on", "account", "aux", "piece", "label", "amount"
    )
    return (shown.rows(), ledger.totals.debit_cents, ledger.totals.credit_cents)


EXPECTED = seen(read(TEXT))


def fields(change: Callable[[list[str]], list[str]], text: str = TEXT) -> str:
    """Rewrite every line of the file as a list of fields."""
    return "".join("|".join(change(line.split("|"))) + "\n" for line in text.splitlines())


def by_side(cells: list[str]) -> list[str]:
    if cells[0] == "JournalCode":
        return [*cells[:11], "Montant", "Sens", *cells[13:]]
    is_debit = cells[12] == "0,00"
    return [*cells[:11], cells[11 if is_debit else 12], "D" if is_debit else "C", *cells[13:]]


def xml() -> str:
    names = HEADER.split("|")
    lines = []
    for entry in (ROWS[:3], ROWS[3:]):
        cells = [dict(zip(names, text.split("|"), strict=True)) for text in entry]
        head = cells[0]
        day = f"{head['EcritureDate'][:4]}-{head['EcritureDate'][4:6]}-{head['EcritureDate'][6:]}"
        lines.append(
            f"<journal><JournalCode>{head['JournalCode']}</JournalCode>"
            f"<JournalLib>{head['JournalLib']}</JournalLib><ecriture>"
            f"<EcritureNum>1</EcritureNum><EcritureDate>{day}</EcritureDate>"
            f"<EcritureLib>{head['EcritureLib']}</EcritureLib><PieceRef>{head['PieceRef']}</PieceRef>"
            f"<PieceDate>{day}</PieceDate><ValidDate>{day}</ValidDate>"
        )
        lines.extend(
            "<ligne>"
            + "".join(
                f"<{name}>{cell[name].replace(',', '.')}</{name}>"
                for name in (
                    *("CompteNum", "CompteLib", "CompAuxNum", "CompAuxLib", "EcritureLet"),
                    *("Debit", "Credit"),
                )
            )
            + "</ligne>"
            for cell in cells
        )
        lines.append("</ecriture></journal>")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<comptabilite><exercice>'
        f"<DateCloture>2024-12-31</DateCloture>{''.join(lines)}</exercice></comptabilite>"
    )


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(TEXT.replace("|", "\t"), id="tabs"),
        pytest.param(TEXT.replace("\n", "\r\n"), id="CR LF"),
        pytest.param(TEXT.replace("\n", "\r"), id="CR alone"),
        pytest.param(TEXT.replace("\n", "\r\r\n"), id="CR CR LF"),
        pytest.param(TEXT.rstrip("\n"), id="no end to the last line"),
        pytest.param("\ufeff" + TEXT, id="byte order mark"),
        pytest.param(TEXT.encode("iso8859-15"), id="ISO-8859-15"),
        pytest.param(TEXT.encode("cp1252"), id="Windows"),
        pytest.param(TEXT.encode("utf-16"), id="UTF-16 of a spreadsheet"),
        pytest.param(HEADER.upper() + TEXT[len(HEADER) :], id="header in capitals"),
        pytest.param(
            HEADER.replace("Montantdevise|Idevise", "MontantDevise|IdDevise") + TEXT[len(HEADER) :],
            id="the currency columns as many spell them",
        ),
        pytest.param(
            HEADER.replace("EcritureNum", "  Écriture_Num ") + TEXT[len(HEADER) :],
            id="accents and spaces in the header",
        ),
        pytest.param(fields(lambda cells: [*cells, ""]), id="a separator ends each line"),
        pytest.param(
            fields(lambda cells: [f"{cell:<20}" for cell in cells]), id="cells padded with spaces"
        ),
        pytest.param(fields(by_side), id="Montant and Sens"),
        pytest.param(
            fields(lambda cells: [*cells, "DateRglt", "ModeRglt", "NatOp"]), id="21 columns"
        ),
        pytest.param(
            fields(lambda cells: [*cells, "DateRglt", "ModeRglt", "NatOp", "IdClient"]),
            id="22 columns",
        ),
        pytest.param(xml(), id="XML"),
    ],
)
def test_every_lawful_dress_reads_the_same(content: str | bytes) -> None:
    ledger = read(content)
    rows, *totals = seen(ledger)
    expected_rows, *expected_totals = EXPECTED
    without_line = [line[1:] for line in rows]

    assert without_line == [line[1:] for line in expected_rows]
    assert totals == expected_totals
    assert codes(ledger) <= {("column_missing", "warning")}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(TEXT.replace("|", ";"), "separator", id="semicolons"),
        pytest.param(fields(lambda cells: cells[::-1]), "columns_order", id="another order"),
        pytest.param(TEXT[len(HEADER) + 1 :], "header_missing", id="no header"),
        pytest.param(
            "\n".join(
                "|".join(f'"{cell}"' for cell in line.split("|")) for line in TEXT.splitlines()
            ),
            "quoted",
            id="fields between quotes",
        ),
    ],
)
def test_unlawful_dress_is_read_with_a_warning(content: str, code: str) -> None:
    ledger = read(content)

    assert codes(ledger) == {(code, "warning")}
    assert [line[1:] for line in seen(ledger)[0]] == [line[1:] for line in EXPECTED[0]]


def test_lines_in_another_encoding_are_mended() -> None:
    many = TEXT + "\n".join(ROWS) + "\n"
    content = many.encode() + ROWS[0].encode("cp1252") + b"\n"
    ledger = read(content)

    assert ("encoding_mixed", "warning") in codes(ledger)
    assert ledger.lines["label"].to_list()[-1] == "Café « déjà vu »"


def test_quotes_in_a_label_are_plain_text() -> None:
    content = TEXT.replace("Café", '"Café').replace("Virement", 'Le "bon')
    labels = read(content).lines["label"].to_list()

    assert labels[0] == '"Café « déjà vu »'
    assert labels[-1] == 'Le "bon reçu'


def test_blank_lines_count_but_say_nothing() -> None:
    ledger = read(TEXT.replace("\n", "\n\n", 3) + "\n   \n||\n\x1a")

    assert codes(ledger) == set()
    assert ledger.lines["line"].to_list() == [3, 9]


def test_null_characters_never_reach_a_text() -> None:
    ledger = read(TEXT.replace("Café", "Ca\x00fé"))

    assert ledger.lines["label"][0] == "Ca fé « déjà vu »"


@pytest.mark.parametrize(
    ("spoilt", "line"),
    [
        pytest.param(ROWS[1] + "|de trop", 3, id="too many fields"),
        pytest.param(ROWS[1].replace("|", "", 5), 3, id="too few fields"),
        pytest.param(ROWS[1].replace("|", "", 1) + "|", 3, id="one separator elsewhere"),
    ],
)
def test_a_line_wrongly_cut_is_an_error_and_takes_its_entry_along(spoilt: str, line: int) -> None:
    ledger = read(TEXT.replace(ROWS[1], spoilt))
    errors = [issue for issue in ledger.issues if issue.severity == "error"]

    assert {issue.line for issue in errors} == {line}
    assert errors[0].found


def test_rows_that_make_up_for_each_other_are_both_found() -> None:
    long, short = ROWS[1] + "|de trop", ROWS[2].replace("|", "", 1)
    ledger = read(TEXT.replace(ROWS[1], long).replace(ROWS[2], short))

    assert [issue.line for issue in ledger.issues if issue.code == "fields_count"] == [3, 4]


@pytest.mark.parametrize(
    ("column", "severity"),
    [
        pytest.param("JournalCode", "error", id="no journal"),
        pytest.param("EcritureNum", "error", id="no entry number"),
        pytest.param("EcritureDate", "error", id="no date"),
        pytest.param("CompteNum", "error", id="no account"),
        pytest.param("Debit", "error", id="no amounts"),
        pytest.param("CompAuxNum", "warning", id="no auxiliary"),
        pytest.param("EcritureLet", "warning", id="no letters"),
        pytest.param("PieceRef", "warning", id="no piece"),
        pytest.param("EcritureLib", "warning", id="no label"),
    ],
)
def test_a_missing_column_refuses_only_when_nothing_can_be_read_without(
    column: str, severity: str
) -> None:
    at = HEADER.split("|").index(column)
    ledger = read(fields(lambda cells: cells[:at] + cells[at + 1 :]))

    assert codes(ledger) == {("column_missing", severity)}
    assert bool(ledger.totals.lines) == (severity == "warning")


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("encours.imports.readers.fec_text.BLOCK_BYTES", 200)
    ledger = read(TEXT.replace("\n", "\r\n"))

    assert seen(ledger) == EXPECTED
    assert ledger.totals.entries == 2


def test_progress_is_told_in_bytes(tmp_path: pytest.TempPathFactory) -> None:
    told: list[tuple[int, int]] = []
    path = tmp_path / "000325175FEC20241231.txt"  # type: ignore[operator]
    path.write_text(TEXT)
    Fec().read(path, progress=lambda done, size: told.append((done, size)))

    assert told[-1] == (len(TEXT.encode()), len(TEXT.encode()))


def test_the_name_of_the_file_says_company_and_closing() -> None:
    layout = read(TEXT).layout

    assert layout.siren == "000325175"
    assert str(layout.closing_on) == "2024-12-31"
    assert codes(read(TEXT, name="export.txt")) == {("file_name", "info")}
    assert codes(read(TEXT, name="000325175FEC20231231.txt")) == {
        ("dates_after_closing", "warning")
    }


def test_a_fec_without_entries_is_refused() -> None:
    assert codes(read(HEADER + "\n")) == {("no_lines", "error")}


def test_xml_that_breaks_off_is_an_error() -> None:
    assert ("xml_broken", "error") in codes(read(xml()[:-200]))


def test_xml_entities_are_not_followed() -> None:
    bomb = '<!DOCTYPE c [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
    content = xml().replace("<comptabilite>", bomb + "<comptabilite>").replace("Café", "&b;&a;")
    labels = read(content).lines["label"].to_list()

    assert not any("root" in (label or "") for label in labels)


def test_the_layout_is_told() -> None:
    layout = read(TEXT.replace("|", "\t").encode("cp1252")).layout

    assert (layout.kind, layout.separator) == ("text", "tabulation")
    assert layout.encoding == "ISO-8859-15"
    assert len(layout.columns) == 18
    assert pl.DataFrame({"column": layout.columns})["column"][0] == "JournalCode"


@pytest.mark.parametrize(
    "encoding", [pytest.param("utf-16-le", id="little"), pytest.param("utf-16-be", id="big")]
)
def test_utf_16_shows_without_its_mark(encoding: str) -> None:
    ledger = read(TEXT.encode(encoding))

    assert seen(ledger) == EXPECTED
    assert ledger.layout.encoding == "UTF-16"


def test_accents_of_dos_are_read() -> None:
    ledger = read(TEXT.replace("« déjà vu »", "déjà payé").encode("cp850"))

    assert ledger.lines["label"][0] == "Café déjà payé"
    assert ledger.layout.encoding == "DOS (CP850)"


def test_a_name_with_an_impossible_day_says_no_closing() -> None:
    assert codes(read(TEXT, name="000325175FEC20241331.txt")) == {("file_name", "info")}


def test_xml_is_read_by_blocks_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("encours.imports.readers.fec_xml.ROWS_PER_BLOCK", 2)

    assert [line[1:] for line in seen(read(xml()))[0]] == [line[1:] for line in EXPECTED[0]]


def test_many_fields_or_too_few_in_all_lines_are_taken_for_the_rule() -> None:
    longer = [f"{text}|x|y|z" for text in ROWS]
    ledger = read("\n".join([HEADER, *longer, ""]))

    assert {issue.code for issue in ledger.issues} == {"fields_count"}
    assert len(ledger.issues) == len(ROWS)


def test_a_header_that_ends_before_its_lines_are_cut_short() -> None:
    short = [text.rsplit("|", 2)[0] for text in ROWS]

    assert seen(read("\n".join([HEADER, *short, ""]))) == EXPECTED
