"""Basemaps: what lies under a map where a network answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import xyzservices.providers

if TYPE_CHECKING:
    from geo.rows import Row

_USGS = xyzservices.providers.USGS
_BASEMAPS = (
    ("Light: USGS topographic map", _USGS.USTopo, True, False),
    ("Dark: the same, darkened", _USGS.USTopo, True, True),
    ("Satellite: USGS imagery with names", _USGS.USImageryTopo, False, False),
)
"""The national map: public domain, no key, no limit stated, and it answers pages from a file."""


def basemaps() -> list[Row]:
    """Give the basemaps that the map offers where a network answers."""
    return [
        {
            "title": title,
            "url": one.build_url(),
            "probe": one.build_url(z=0, x=0, y=0),
            "attribution": one.html_attribution,
            "maxZoom": one.max_zoom,
            "usual": usual,
            "darkened": darkened,
        }
        for title, one, usual, darkened in _BASEMAPS
    ]
