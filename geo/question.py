"""What is asked of every site."""

from __future__ import annotations

from dataclasses import dataclass

from geo.errors import AskedWronglyError

MIN_TARGET_MW = 0.001
"""One kilowatt: below it nothing is placed."""
MAX_TARGET_MW = 100_000
"""More than any grid could serve at one place (the whole US peaks near 760,000 MW, EIA Hourly
Electric Grid Monitor, July 2025): a larger figure is a slip of units."""


class QuestionError(AskedWronglyError):
    """The question cannot be asked."""


@dataclass(frozen=True, slots=True)
class Question:
    """Target and date.

    Attributes
    ----------
    target_mw
        MW of AI load the user wants to place, utility side, not IT.
    as_of
        Month the evidence is read at, YYYY-MM; the data's vintage, never today's clock.
    """

    target_mw: float
    as_of: str

    def __post_init__(self) -> None:
        """Refuse a target that is no amount of power."""
        if not MIN_TARGET_MW <= self.target_mw <= MAX_TARGET_MW:
            msg = (
                f"The target is {self.target_mw:g} MW, expected at least {MIN_TARGET_MW:g}"
                f" and at most {MAX_TARGET_MW:,} MW: give megawatts, not kilowatts or watts."
            )
            raise QuestionError(msg)
