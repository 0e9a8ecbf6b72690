"""Draws that need not be made again: what a site might be worth does not hang on the weights."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from geo.random_streams import Uniforms
from geo.utility_draws import TILE

if TYPE_CHECKING:
    from geo.arrays import Floats, Singles
    from geo.utility_draws import UtilityDraws

MOST_MB = 160
"""Room for the 10,000 draws of about 280 sites, each site once per target."""
_BYTES = np.dtype(np.float32).itemsize
_TOLD = ("low", "middle", "high", "drawn", "up", "down", "bounds_only", "unknown")
"""What a spread says of a site."""


class KeptDraws:
    """Drawn utilities, site by site; the longest unused go first.

    Safe among threads: what is kept is never written to again.
    """

    def __init__(self, most_mb: float = MOST_MB) -> None:
        """Keep nothing yet, and never more than so many megabytes; `drawn` counts the rows."""
        self._rows: OrderedDict[bytes, Singles] = OrderedDict()
        self._most, self._held, self.drawn = int(most_mb * 1e6), 0, 0
        self._lock = Lock()

    @property
    def megabytes(self) -> float:
        """How much is kept."""
        return self._held / 1e6

    def scores(self, draws: UtilityDraws, first: int, weights: Floats) -> Singles:
        """Give what `draws.scores` gives, to the last bit; only new sites are drawn."""
        many = len(weights)
        light = np.ascontiguousarray(weights[:, list(draws.columns)].T, np.float32)
        scores = np.empty((len(draws.site_keys), many), np.float32)
        worth = np.empty_like(light)
        for row, score in zip(self._rows_of(draws, first, many), scores, strict=True):
            np.multiply(row, light, out=worth)
            # along the first axis NumPy adds one criterion after the other, as is promised
            np.add.reduce(worth, axis=0, out=score)
        return scores

    def _rows_of(self, draws: UtilityDraws, first: int, many: int) -> list[Singles]:
        keys = _keys(draws, first, many)
        with self._lock:
            found = [self._rows.get(key) for key in keys]
            for key, one in zip(keys, found, strict=True):
                if one is not None:
                    self._rows.move_to_end(key)
        missing = [place for place, one in enumerate(found) if one is None]
        if not missing:
            return [one for one in found if one is not None]
        with self._lock:
            # what must go goes before there is more
            self._make_room(self._most - len(missing) * many * len(draws.spreads) * _BYTES)
            self.drawn += len(missing)
        made = dict(zip(missing, _drawn(draws, first, many, missing), strict=True))
        with self._lock:
            for place, one in made.items():
                self._keep(keys[place], one)
        return [made[place] if one is None else one for place, one in enumerate(found)]

    def _keep(self, key: bytes, one: Singles) -> None:
        one.flags.writeable = False
        before = self._rows.pop(key, None)
        self._held += one.nbytes - (0 if before is None else before.nbytes)
        self._rows[key] = one
        self._make_room(self._most)

    def _make_room(self, most: int) -> None:
        while self._rows and self._held > most:
            _, gone = self._rows.popitem(last=False)
            self._held -= gone.nbytes


def _keys(draws: UtilityDraws, first: int, many: int) -> list[bytes]:
    """Say of each site all that its draws hang on."""
    ids = [one.criterion.id for one in draws.spreads]
    shared = repr((ids, draws.seed, draws.anchor_share, draws.unknown_worth, first, many)).encode()
    told = np.array([getattr(one, name) for one in draws.spreads for name in _TOLD], float).T
    own = zip(draws.site_keys, draws.no_megawatts, np.ascontiguousarray(told), strict=True)
    return [shared + repr((key, bool(no))).encode() + row.tobytes() for key, no, row in own]


def _drawn(draws: UtilityDraws, first: int, many: int, places: list[int]) -> list[Singles]:
    """Draw the utilities of the sites at some places: per site, shape ``(criteria, draws)``."""
    some = replace(
        draws,
        spreads=tuple(one.only(np.array(places)) for one in draws.spreads),
        site_keys=tuple(draws.site_keys[place] for place in places),
        no_megawatts=draws.no_megawatts[places],
    )
    random = Uniforms(draws.seed)
    made = [np.empty((len(draws.spreads), many), np.float32) for _ in places]
    for number, spread in enumerate(some.spreads):
        lines = some.lines(spread.criterion, first, many, random)
        for start in range(0, len(places), TILE):
            tile = slice(start, start + TILE)
            worth = some.worth(spread, tile, first, many, random, lines)
            for one, row in zip(made[tile], worth, strict=True):
                one[number] = row
    return made
