"""Stub."""

from __future__ import annotations

import shapely

from geo.crs import distance_km


def lines_within(lat, lon, lines, radius_km):
    pts = shapely.points(lon, lat)
    tree = shapely.STRtree(lines)
    i, j = tree.query(shapely.buffer(pts, radius_km / 70), predicate="intersects")
    foot = shapely.get_point(shapely.shortest_line(lines[j], pts[i]), 0)
    fl, fo = shapely.get_y(foot), shapely.get_x(foot)
    km = distance_km(lat[i], lon[i], fl, fo)
    k = km <= radius_km
    return i[k], j[k], km[k], fl[k], fo[k]


def nearest_line(lat, lon, lines):
    pts = shapely.points(lon, lat)
    tree = shapely.STRtree(lines)
    j = tree.nearest(pts)
    foot = shapely.get_point(shapely.shortest_line(lines[j], pts), 0)
    fl, fo = shapely.get_y(foot), shapely.get_x(foot)
    return j, distance_km(lat, lon, fl, fo), fl, fo
