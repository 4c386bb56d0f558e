"""XML from anybody: no entity, no DTD, no network, bounded; and how its texts are reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from lxml import etree

XML_MAX: Final = 10 * 1024 * 1024
CDAR: Final = "urn:un:unece:uncefact:data:standard:CrossDomainAcknowledgementAndResponse:100"
CII: Final = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
ZUGFERD1: Final = "urn:ferd:CrossIndustryDocument:invoice:1p0"
UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:"


class Unreadable(ValueError):
    """What a file is that keeps it from being read, as a French sentence."""


def parse(content: bytes) -> etree._Element:
    """Return the root of an XML text, or raise Unreadable."""
    if len(content) > XML_MAX:
        raise Unreadable(f"Ce XML dépasse {XML_MAX // 1024 // 1024} Mo.")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as broken:
        raise Unreadable("Le XML est mal formé ou tronqué.") from broken
    info = root.getroottree().docinfo
    if info.internalDTD is not None or info.doctype:
        raise Unreadable("Ce XML contient une DTD ou des entités : il n'est pas lu.")
    return root


class Node:
    """An element and its children by path: `Header/Party/Name`, whatever the namespace."""

    def __init__(self, element: etree._Element | None) -> None:
        """Hold an element, or nothing: what is asked of nothing is empty."""
        self.element = element

    def __bool__(self) -> bool:
        return self.element is not None

    def at(self, *paths: str) -> Node:
        """Return the first element found at one of the paths."""
        for one in self.each(*paths):
            return one
        return Node(None)

    def each(self, *paths: str) -> Iterator[Node]:
        """Yield the elements at the first path that has some."""
        if self.element is None:
            return
        for path in paths:
            found = self.element.findall("/".join(f"{{*}}{step}" for step in path.split("/")))
            if found:
                yield from (Node(one) for one in found)
                return

    def text(self, *paths: str) -> str:
        """Return the text at the first path that has one, or of this element."""
        if not paths:
            return "" if self.element is None else (self.element.text or "").strip()
        for path in paths:
            for one in self.each(path):
                if said := one.text():
                    return said
        return ""

    def attribute(self, name: str) -> str:
        """Return an attribute of this element."""
        return "" if self.element is None else str(self.element.get(name, ""))

    def texts(self, *paths: str) -> Iterable[str]:
        """Return the texts at a path, the empty ones left out."""
        return [said for one in self.each(*paths) if (said := one.text())]


def root_of(element: etree._Element) -> tuple[str, str]:
    """Return the namespace and the name of a root."""
    name = etree.QName(element)
    return name.namespace or "", name.localname
