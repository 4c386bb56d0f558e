"""The corpus: every unlawful text is blocked, few good ones are; figures by code are printed."""

from __future__ import annotations

import sys
from collections import Counter

import pytest
from tests.tone.reading import CORPUS, cases

ALL = tuple(cases())
FILES = sorted({case.file for case in ALL})
BLOCKED_MAX = 0.05


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, int], tuple[bool, frozenset[str]]]:
    return {(case.file, case.line): case.found() for case in ALL}


Found = dict[tuple[str, int], tuple[bool, frozenset[str]]]


def test_the_corpus_is_large_and_of_both_kinds() -> None:
    assert len(ALL) >= 500
    assert len({case.text for case in ALL}) == len(ALL)
    assert sum(case.is_unlawful for case in ALL) >= 250
    assert sum(not case.expected for case in ALL) >= 250
    assert {path.stem for path in CORPUS.glob("*.tsv")} == set(FILES)


@pytest.mark.parametrize("file", FILES)
def test_no_unlawful_text_passes(file: str, found: Found) -> None:
    passed = [
        f"{case.file}:{case.line} {case.text}"
        for case in ALL
        if case.file == file and case.is_unlawful and not found[case.file, case.line][0]
    ]

    assert not passed


def test_few_good_texts_are_blocked(found: Found) -> None:
    good = [case for case in ALL if not case.is_unlawful]
    blocked = [case for case in good if found[case.file, case.line][0]]

    assert len(blocked) <= BLOCKED_MAX * len(good), [case.text for case in blocked]


def test_what_is_unwise_warns_and_does_not_block(found: Found) -> None:
    unwise = [case for case in ALL if case.expected and not case.is_unlawful]

    assert unwise
    for case in unwise:
        blocked, codes = found[case.file, case.line]
        assert not blocked, case.text
        assert case.expected <= codes, (case.text, codes)


def test_precision_and_recall_by_code(found: Found, capsys: pytest.CaptureFixture[str]) -> None:
    right, asked, said = Counter[str](), Counter[str](), Counter[str]()
    for case in ALL:
        _blocked, codes = found[case.file, case.line]
        blocking = {code for code in codes if not code.startswith("~")}
        wanted = {code for code in case.expected if not code.startswith("~")}
        asked.update(wanted)
        said.update(blocking)
        right.update(wanted & blocking)
    table = [f"\n{'code':<18}{'texts':>6}{'recall':>8}{'precision':>11}"]
    for code in sorted(asked):
        recall, precision = right[code] / asked[code], right[code] / max(said[code], 1)
        table.append(f"{code:<18}{asked[code]:>6}{recall:>8.2f}{precision:>11.2f}")
    with capsys.disabled():
        sys.stdout.write("\n".join(table) + "\n")
    assert all(right[code] / asked[code] >= 0.6 for code in asked)
