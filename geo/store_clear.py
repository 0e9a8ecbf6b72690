"""Removes what was fetched and imported, and never anything else."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from typing import TYPE_CHECKING

from geo.errors import AskedWronglyError, CannotDoError
from geo.store_words import disk_mb
from layers._staging import BusyError, locked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from layers import Store

DERIVED = "derived"
_LOCK = ".lock"


def clearable(store: Store, names: Sequence[str]) -> dict[str, float]:
    """Give what would be removed, by source, and its size in MB.

    Parameters
    ----------
    store
        What was fetched and imported.
    names
        Known sources; those of which there is nothing are left out. `derived` is added where
        there are merged tables.

    Raises
    ------
    AskedWronglyError
        If a folder of the store is a link that leads elsewhere: what is there is not ours.
    """
    if store.folder is None:
        return {}
    homes = {name: store.source_folder(name) for name in names}
    homes[DERIVED] = store.folder / DERIVED
    homes = {name: home for name, home in homes.items() if _holds(home)}
    root = store.folder.resolve()
    for home in homes.values():
        if home.resolve() != root / home.relative_to(store.folder):
            msg = (
                f"{home} is a link to {home.resolve()}, which is not part of the store: nothing"
                " was removed. Remove the link by hand."
            )
            raise AskedWronglyError(msg)
    return {name: disk_mb(home) for name, home in homes.items()}


def clear(store: Store, names: Sequence[str]) -> dict[str, float]:
    """Remove every version of the named sources, and the tables merged from them.

    Returns
    -------
    removed
        As `clearable` gives it.

    Raises
    ------
    CannotDoError
        If one of them is being fetched; then nothing was removed.
    """
    found = clearable(store, names)
    if store.folder is None or not found:
        return {}
    with ExitStack() as stack:
        try:
            homes = [stack.enter_context(locked(store, name)) for name in found if name != DERIVED]
        except BusyError as error:
            msg = f"{error} Nothing was removed."
            raise CannotDoError(msg) from error
        for home in homes:
            (home / "current").unlink(missing_ok=True)  # first: from here on there is no version
            _empty(home)
        if DERIVED in found:
            _empty(store.folder / DERIVED)
    return found


def _holds(home: Path) -> bool:
    """Tell whether there is anything in a folder but its lock."""
    return home.is_dir() and any(one.name != _LOCK for one in home.iterdir())


def _empty(home: Path) -> None:
    """Remove what is in a folder; the lock stays, since whoever waits for it has it open."""
    for one in home.iterdir():
        if one.name == _LOCK:
            continue
        if one.is_dir() and not one.is_symlink():
            shutil.rmtree(one)
        else:
            one.unlink()
