"""What goes wrong on the user's side; light, so that every command can afford it."""

from __future__ import annotations


class AskedWronglyError(ValueError):
    """Something was asked that cannot be asked: exit status 2."""


class CannotDoError(RuntimeError):
    """What was asked is right and cannot be done here and now: exit status 1."""
