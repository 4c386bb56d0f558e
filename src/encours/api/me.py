"""What a key is: its rights, its creditors, its rate."""

from __future__ import annotations

from typing import Any

from ninja import Router, Schema

from encours.api import places
from encours.api.guard import ApiRequest, needs
from encours.tenancy.rights import RIGHTS

router = Router(tags=["Clé"])


class OwnCreditor(Schema):
    """A creditor that the key sees."""

    code: str
    name: str
    is_live: bool


class Me(Schema):
    """The key that asks."""

    key: int
    role: str
    rights: list[str]
    creditors: list[OwnCreditor]
    calls_per_minute: int


@router.get("/me", response=Me, summary="Cette clé")
@needs("self")
def me(request: ApiRequest) -> Any:
    """Dit ce que la clé peut faire et pour quelles sociétés."""
    return {
        "key": request.knock.key_id,
        "role": request.access.grants[0].role,
        "rights": sorted(right for right in RIGHTS if request.access.may(right)),
        "creditors": [
            {"code": one.code, "name": one.name, "is_live": one.is_live}
            for one in places.creditors(request).values()
        ],
        "calls_per_minute": request.knock.limit,
    }
