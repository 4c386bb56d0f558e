"""Files at rest: given back whole, or refused; a block cannot be cut, swapped or changed."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.documents import cipher
from encours.documents.cipher import BLOCK, TAG, Damaged

HEAD = len(cipher.MAGIC) + cipher.PREFIX


def sealed(content: bytes, size: int = 10_000) -> tuple[bytes, bytes]:
    key, _ = cipher.new_key("test")
    held = io.BytesIO()
    cipher.seal((content[at : at + size] for at in range(0, len(content), size)), held, key)
    return held.getvalue(), key


def opened(stored: bytes, key: bytes) -> bytes:
    return b"".join(cipher.unseal(io.BytesIO(stored), key))


@given(size=st.integers(0, 3 * BLOCK), piece=st.integers(1, 2 * BLOCK))
def test_what_is_sealed_is_given_back(size: int, piece: int) -> None:
    content = bytes(index % 251 for index in range(size))
    stored, key = sealed(content, piece)

    assert opened(stored, key) == content
    assert content[:40] not in stored or size < 40


@given(at=st.integers(0, 2 * (BLOCK + TAG)))
def test_a_changed_byte_is_seen(at: int) -> None:
    stored, key = sealed(b"a" * (2 * BLOCK + 7))
    touched = bytearray(stored)
    touched[at % len(stored)] ^= 1

    with pytest.raises(Damaged):
        opened(bytes(touched), key)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda one: one[: HEAD + BLOCK + TAG], id="the last block cut off"),
        pytest.param(lambda one: one[:-1], id="the last byte cut off"),
        pytest.param(lambda one: one[:HEAD], id="nothing but the head"),
        pytest.param(lambda one: b"", id="an empty file"),
        pytest.param(lambda one: one + b"x", id="something added"),
        pytest.param(
            lambda one: one[:HEAD]
            + one[HEAD + BLOCK + TAG : HEAD + 2 * (BLOCK + TAG)]
            + one[HEAD : HEAD + BLOCK + TAG]
            + one[HEAD + 2 * (BLOCK + TAG) :],
            id="two blocks swapped",
        ),
    ],
)  # fmt: skip
def test_a_cut_or_shuffled_file_is_refused(change: object) -> None:
    stored, key = sealed(bytes(index % 251 for index in range(2 * BLOCK + 100)))

    with pytest.raises(Damaged):
        opened(change(stored), key)  # type: ignore[operator]


def test_a_key_is_bound_to_its_file() -> None:
    key, kept = cipher.new_key("1:a")

    assert cipher.opened_key(kept, "1:a") == key
    with pytest.raises(Damaged):
        cipher.opened_key(kept, "1:b")
