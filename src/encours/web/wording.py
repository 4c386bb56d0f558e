"""Words on screen: the type of a sentence that is translated when it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise as Text
else:
    Text = object

__all__ = ("Text",)
