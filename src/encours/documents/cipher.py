"""Seals files at rest: AES-256-GCM by blocks, so that memory stays flat and a cut file is seen.

Each file has its own random key, itself sealed with the installation's documents key
(`ENCOURS_DOCUMENTS_KEY`, else `keys/documents`). The number of a block and whether it is the last
are in its nonce (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015): blocks
cannot be swapped, dropped or added.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from encours.kernel.refusal import Refusal

MAGIC: Final = b"ENC1"
BLOCK: Final = 64 * 1024
TAG: Final = 16
PREFIX: Final = 7
NONCE: Final = 12


class Damaged(Refusal):
    """What is on the disk is not what was written."""

    message = "Cette pièce est abîmée sur le disque, ou la clé des documents n'est plus la même."


def new_key(context: str) -> tuple[bytes, bytes]:
    """Return a fresh key and the same one sealed for `context`."""
    key, nonce = AESGCM.generate_key(bit_length=256), os.urandom(NONCE)
    return key, nonce + AESGCM(_installation_key()).encrypt(nonce, key, context.encode())


def opened_key(sealed: bytes, context: str) -> bytes:
    """Return the key that `new_key` sealed for the same context."""
    try:
        return AESGCM(_installation_key()).decrypt(sealed[:NONCE], sealed[NONCE:], context.encode())
    except InvalidTag as wrong:
        raise Damaged from wrong


def seal(chunks: Iterable[bytes], into: BinaryIO, key: bytes) -> None:
    """Write the chunks sealed; a block is held in memory, never the file."""
    prefix, box = os.urandom(PREFIX), AESGCM(key)
    into.write(MAGIC + prefix)
    number, held = 0, b""
    for block in _blocks(chunks):
        if held:
            into.write(box.encrypt(_nonce(prefix, number, is_last=False), held, MAGIC))
            number += 1
        held = block
    into.write(box.encrypt(_nonce(prefix, number, is_last=True), held, MAGIC))


def unseal(stream: BinaryIO, key: bytes) -> Iterator[bytes]:
    """Yield the content block by block; raises Damaged before giving a block that was touched."""
    head = stream.read(len(MAGIC) + PREFIX)
    if len(head) != len(MAGIC) + PREFIX or not head.startswith(MAGIC):
        raise Damaged
    prefix, box, number = head[len(MAGIC) :], AESGCM(key), 0
    sealed = stream.read(BLOCK + TAG)
    while True:
        following = stream.read(BLOCK + TAG)
        nonce = _nonce(prefix, number, is_last=not following)
        try:
            yield box.decrypt(nonce, sealed, MAGIC)
        except InvalidTag as wrong:
            raise Damaged from wrong
        if not following:
            return
        sealed, number = following, number + 1


def _nonce(prefix: bytes, number: int, *, is_last: bool) -> bytes:
    return prefix + struct.pack(">IB", number, is_last)


def _blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) >= BLOCK:
            yield bytes(held[:BLOCK])
            del held[:BLOCK]
    if held:
        yield bytes(held)


def _installation_key() -> bytes:
    return sha256(b"encours documents" + settings.DOCUMENTS_KEY).digest()
