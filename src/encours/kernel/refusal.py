"""A foreseen no: the user asked for something that the rules do not allow."""


class Refusal(Exception):
    """Base of every foreseen no; `str()` is the French sentence shown to the user."""

    message = "Cette opération n'est pas possible."

    def __init__(self, message: str = "") -> None:
        """Keep the sentence of this case, or the one of the class."""
        super().__init__(message or self.message)
