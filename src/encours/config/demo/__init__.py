"""Generated French ledgers: a plausible wholesaler over three years, with the truth about it.

`generate(today)` is pure: kernel and standard library only, the same bytes for the same day and
seed. The demo command loads its files through the importer of any user.
"""

from encours.config.demo.ledger import DemoLedger, FecFile, generate
from encours.config.demo.standing import DemoStanding
from encours.config.demo.truth import TrueLine, Truth

__all__ = ["DemoLedger", "DemoStanding", "FecFile", "TrueLine", "Truth", "generate"]
