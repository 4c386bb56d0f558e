"""Compile the translations (po → mo), or list the French sentences that have no English.

    python tools/messages.py            write every django.mo beside its django.po
    python tools/messages.py missing    list what a page may show and the English file lacks

The compiled files are not in git: `make install` and the wheel's build make them.
"""

from __future__ import annotations

import ast
import re
import struct
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "src" / "encours" / "locale"
WEB = ROOT / "src" / "encours" / "web"
CALLS = {"_", "lazy", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext"}
STRING = r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
TRANSLATE = re.compile(r"\{%\s*trans(?:late)?\s+" + STRING)
BLOCK = re.compile(
    r"\{%\s*blocktrans(?:late)?\b([^%]*)%\}(.*?)\{%\s*endblocktrans(?:late)?\s*%\}", re.DOTALL
)
VARIABLE = re.compile(r"\{\{\s*(\w+)[^}]*\}\}")


def main(argv: list[str]) -> int:
    """Compile, or list what is missing; return the exit code."""
    if argv[1:] == ["missing"]:
        absent = missing()
        print("\n".join(f"{where}: {sentence}" for sentence, where in absent.items()))
        return 1 if absent else 0
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        content = compiled(entries(source.read_text("utf-8")))
        if not target.exists() or target.read_bytes() != content:
            target.write_bytes(content)
    return 0


def entries(text: str) -> dict[str, str]:
    """Return msgid → msgstr of a po file; the forms of a plural are joined by a null."""
    found: dict[str, str] = {}
    # a merge by union may leave out the blank line between two entries
    for block in re.split(r"\n\s*\n|\n(?=msgid\s)", text):
        parts: dict[str, str] = {}
        key = ""
        for line in block.splitlines():
            head = re.match(r"(msgid|msgid_plural|msgstr(?:\[\d\])?)\s+(\".*\")\s*$", line)
            if head:
                key = head[1]
                parts[key] = ast.literal_eval(head[2])
            elif line.startswith('"'):
                parts[key] += ast.literal_eval(line)
        if "msgid" not in parts or "#, fuzzy" in block:
            continue
        forms = [parts[name] for name in sorted(parts) if name.startswith("msgstr")]
        msgid = "\0".join(parts[name] for name in ("msgid", "msgid_plural") if name in parts)
        if all(forms):
            found[msgid] = "\0".join(forms)
    return found


def compiled(messages: dict[str, str]) -> bytes:
    """Return the messages as GNU gettext's binary file (sorted, no hash table)."""
    pairs = sorted((key.encode(), value.encode()) for key, value in messages.items())
    keys = b"".join(key + b"\0" for key, _ in pairs)
    values = b"".join(value + b"\0" for _, value in pairs)
    table = 28 + 16 * len(pairs)
    key_at, value_at = table, table + len(keys)
    key_index, value_index = [], []
    for key, value in pairs:
        key_index += [len(key), key_at]
        value_index += [len(value), value_at]
        key_at += len(key) + 1
        value_at += len(value) + 1
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, table)
    index = struct.pack(f"<{len(pairs) * 4}I", *key_index, *value_index)
    return head + index + keys + values


def missing() -> dict[str, str]:
    """Return the sentences of the site that have no English, with where they were found."""
    known = {
        part
        for key in entries((LOCALE / "en" / "LC_MESSAGES" / "django.po").read_text("utf-8"))
        for part in key.split("\0")
    }
    absent: dict[str, str] = {}
    for path in sorted([*WEB.rglob("*.html"), *WEB.rglob("*.py")]):
        text = path.read_text("utf-8")
        for sentence in in_python(text) if path.suffix == ".py" else in_template(text):
            if sentence not in known:
                absent.setdefault(sentence, str(path.relative_to(ROOT)))
    return absent


def in_template(text: str) -> list[str]:
    """Return the msgids of a template."""
    found = [ast.literal_eval(match[1]) for match in TRANSLATE.finditer(text)]
    for match in BLOCK.finditer(text):
        trimmed = "trimmed" in match[1]
        for part in re.split(r"\{%\s*plural\s*%\}", match[2]):
            sentence = VARIABLE.sub(r"%(\1)s", part.replace("%", "%%"))
            if trimmed:
                sentence = " ".join(line.strip() for line in sentence.strip().splitlines())
            found.append(sentence)
    return found


def in_python(text: str) -> list[str]:
    """Return the msgids of a module: literal first arguments of the gettext calls."""
    found = []
    for node in ast.walk(ast.parse(text)):
        name = getattr(getattr(node, "func", None), "id", "")
        if isinstance(node, ast.Call) and name in CALLS:
            wanted = node.args[: 2 if name.startswith("ngettext") else 1]
            found += [
                arg.value
                for arg in wanted
                if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
            ]
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv))
