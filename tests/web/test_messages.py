"""Every French sentence of the site has its English, with the same blanks to fill."""

from __future__ import annotations

import gettext
import importlib.util
import io
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLANK = re.compile(r"%\((\w+)\)")


@pytest.fixture(scope="module")
def messages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages", ROOT / "tools" / "messages.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def english(messages: ModuleType) -> dict[str, str]:
    file = messages.LOCALE / "en" / "LC_MESSAGES" / "django.po"
    found: dict[str, str] = messages.entries(file.read_text("utf-8"))
    return found


def test_no_sentence_lacks_its_english(messages: ModuleType) -> None:
    assert not messages.missing()


def test_a_translation_fills_the_same_blanks(messages: ModuleType) -> None:
    wrong = [
        french
        for french, said in english(messages).items()
        if french and set(BLANK.findall(french)) != set(BLANK.findall(said))
    ]

    assert not wrong


def test_what_is_compiled_is_what_gettext_reads(messages: ModuleType) -> None:
    found = english(messages)
    read = gettext.GNUTranslations(io.BytesIO(messages.compiled(found)))  # type: ignore[arg-type]

    assert read.gettext("Réglages") == "Settings"
    assert read.gettext("nulle part") == "nulle part"
    plural = next(key for key in found if "\0" in key)
    one, many = plural.split("\0")
    assert [read.ngettext(one, many, number) for number in (1, 2)] == found[plural].split("\0")


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        pytest.param('{% translate "Oui" %}', ["Oui"], id="a sentence"),
        pytest.param("{% translate 'C\\'est' %}", ["C'est"], id="an apostrophe"),
        pytest.param(
            "{% blocktranslate with a=b.c %}De {{ a }} : 5 %{% endblocktranslate %}",
            ["De %(a)s : 5 %%"],
            id="a blank and a per cent sign",
        ),
        pytest.param(
            "{% blocktranslate count n=x %}un{% plural %}{{ n }} uns{% endblocktranslate %}",
            ["un", "%(n)s uns"],
            id="a plural",
        ),
        pytest.param(
            "{% blocktranslate trimmed %}\n  a\n  b\n{% endblocktranslate %}", ["a b"], id="trimmed"
        ),
    ],
)
def test_what_a_template_says(messages: ModuleType, template: str, expected: list[str]) -> None:
    assert messages.in_template(template) == expected
