"""encours: the credit department of a company in one program."""

__version__ = "0.1.0"
