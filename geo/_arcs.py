"""Compiled geodesic distances between points given in earth-centred coordinates."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from geo._compiled import kernel
from geo.bounds import MIN_RADIUS_KM
from geo.crs import SEMI_MAJOR_KM, SEMI_MINOR_KM

if TYPE_CHECKING:
    from geo.arrays import Floats

_SHORT_KM, _HALVED_KM = 100.0, 400.0
"""Measured against PROJ, both formulas err by no more than 1e-8 m up to here."""
_A2, _B2 = SEMI_MAJOR_KM**2, SEMI_MINOR_KM**2
_E2 = 1 - _B2 / _A2
_SECOND_E2 = _A2 / _B2 - 1
_FLATTENING = 1 - SEMI_MINOR_KM / SEMI_MAJOR_KM
_N = _FLATTENING / (2 - _FLATTENING)
_NEARLY_ANTIPODAL = -0.999
_ROUNDS = 20
_CONVERGED = 5e-15
"""Radians: 3e-8 m; each round gains two digits and more."""

Point = tuple[float, float, float]


@kernel
def ecef(lat: float, lon: float) -> Point:
    """Give a point on the ellipsoid, degrees, as earth-centred x, y, z in km."""
    phi, lam = math.radians(lat), math.radians(lon)
    sine, cosine = math.sin(phi), math.cos(phi)
    normal = SEMI_MAJOR_KM / math.sqrt(1 - _E2 * sine * sine)
    flat = normal * cosine
    return flat * math.cos(lam), flat * math.sin(lam), normal * (1 - _E2) * sine


@kernel
def ecef_all(lat: Floats, lon: Floats, xyz: Floats) -> None:
    """Fill ``xyz``, shape ``(3, n)``, km, from degrees."""
    for i in range(lat.size):
        xyz[0, i], xyz[1, i], xyz[2, i] = ecef(lat[i], lon[i])


@kernel
def longest_arc2(straight2: float) -> float:
    """Give the square of a bound no less than `geo.bounds.longest_arc_km` of a squared chord.

    The arcsine's series has positive terms only; up to a half, what follows the second is less
    than 0.084 x^5. The last factor is room for rounding.
    """
    half2 = straight2 / (4 * MIN_RADIUS_KM * MIN_RADIUS_KM)
    if half2 > 0.25:
        bend = math.asin(math.sqrt(min(half2, 1.0))) * 2 * MIN_RADIUS_KM
        return bend * bend * (1 + 1e-12)
    stretch = 1 + half2 * (1 / 6 + half2 * 0.1)
    return straight2 * stretch * stretch * (1 + 1e-12) + 1e-20


@kernel
def chord2(p: Point, q: Point) -> float:
    """Give the squared chord between two points, km2."""
    x, y, z = q[0] - p[0], q[1] - p[1], q[2] - p[2]
    return x * x + y * y + z * z


@kernel
def arc(p: Point, q: Point) -> float:
    """Give the geodesic distance of two points of the ellipsoid, km; NaN if nearly antipodal."""
    straight2 = chord2(p, q)
    if straight2 == 0.0:
        return 0.0
    if straight2 < _SHORT_KM * _SHORT_KM:
        return _short_arc(p, q, straight2)
    if straight2 < _HALVED_KM * _HALVED_KM:
        return _halved_arc(p, q)
    if straight2 < 4 * _HALVED_KM * _HALVED_KM:
        middle = _middle(p, q)
        return _halved_arc(p, middle) + _halved_arc(middle, q)
    return _long_arc(p, q)


@kernel
def _short_arc(p: Point, q: Point, chord2: float) -> float:
    """Bend the chord as the ellipsoid is bent in its direction, at its middle.

    The normal curvature of the surface F(x) = 1 in the direction t is t.H.t / |grad F| with H
    half the matrix of second derivatives (do Carmo, section 3-2). An arc of constant curvature
    k over a chord c is (2 / k) asin(k c / 2). That the curvature k changes along the arc s adds
    k k'' s^5 / 480, from the series of a curve in its arc length; to first order in e^2 on the
    ellipsoid that is e^2 (z^2 / a^2 - t_z^2) s^5 / (160 a^4).
    """
    x, y, z = (p[0] + q[0]) / 2, (p[1] + q[1]) / 2, (p[2] + q[2]) / 2
    across2, up2 = x * x + y * y, z * z
    # the middle of the chord lies inside: lifted, it lies on the surface
    lift2 = 1 / (across2 / _A2 + up2 / _B2)
    gradient2 = lift2 * (across2 / (_A2 * _A2) + up2 / (_B2 * _B2))
    rise2 = (q[2] - p[2]) ** 2 / chord2
    half2 = ((1 - rise2) / _A2 + rise2 / _B2) ** 2 / gradient2 * chord2 / 4
    series = 1 + half2 * (1 / 6 + half2 * (3 / 40 + half2 * (15 / 336 + half2 * 105 / 3456)))
    changing = _E2 * (lift2 * up2 / _A2 - rise2) * chord2 * chord2 / (160 * _A2 * _A2)
    return math.sqrt(chord2) * (series + changing)


@kernel
def _middle(p: Point, q: Point) -> Point:
    """Give the middle of a geodesic of less than 1,000 km.

    It lies over the middle of the chord in the direction of the normal, but for terms of the
    fourth power.
    """
    x, y, z = (p[0] + q[0]) / 2, (p[1] + q[1]) / 2, (p[2] + q[2]) / 2
    lift = 1 / math.sqrt((x * x + y * y) / _A2 + z * z / _B2)
    normal_x, normal_y, normal_z = x / _A2, y / _A2, z / _B2
    along = x * normal_x + y * normal_y + z * normal_z
    steep2 = normal_x * normal_x + normal_y * normal_y + normal_z * normal_z
    height = (lift - 1) * along / steep2
    x, y, z = x + height * normal_x, y + height * normal_y, z + height * normal_z
    lift = 1 / math.sqrt((x * x + y * y) / _A2 + z * z / _B2)
    return lift * x, lift * y, lift * z


@kernel
def _halved_arc(p: Point, q: Point) -> float:
    """Add the halves, and cancel the error's fifth power against the whole (Richardson 1911)."""
    middle = _middle(p, q)
    halves = _short_arc(p, middle, chord2(p, middle)) + _short_arc(middle, q, chord2(middle, q))
    return (16 * halves - _short_arc(p, q, chord2(p, q))) / 15


@kernel
def _long_arc(p: Point, q: Point) -> float:
    """Iterate on the auxiliary sphere (Vincenty 1975) with the series of Karney (2013).

    C. F. F. Karney, Algorithms for geodesics, J. Geodesy 87, eqs. 8, 15, 17, 18, 24 and 25. The
    expansion parameter is below 0.0017, so its fifth power is below rounding: terms to the
    fourth. Points too near the antipode for the iteration give NaN.
    """
    flat_p, flat_q = math.hypot(p[0], p[1]), math.hypot(q[0], q[1])
    cos_1, sin_1 = flat_p / SEMI_MAJOR_KM, p[2] / SEMI_MINOR_KM
    cos_2, sin_2 = flat_q / SEMI_MAJOR_KM, q[2] / SEMI_MINOR_KM
    lon = abs(math.atan2(p[0] * q[1] - p[1] * q[0], p[0] * q[0] + p[1] * q[1]))
    omega = lon
    for _ in range(_ROUNDS):
        cos_lon = math.cos(omega)
        east = cos_2 * math.sin(omega)
        north = cos_1 * sin_2 - sin_1 * cos_2 * cos_lon
        sine, cosine = math.hypot(east, north), sin_1 * sin_2 + cos_1 * cos_2 * cos_lon
        if cosine < _NEARLY_ANTIPODAL:
            break
        sigma = math.atan2(sine, cosine)
        sin_azimuth = cos_1 * east / sine
        cos_azimuth2 = max(1 - sin_azimuth * sin_azimuth, 0.0)
        middle = cosine - 2 * sin_1 * sin_2 / cos_azimuth2 if cos_azimuth2 > 1e-12 else 1.0
        root = math.sqrt(1 + _SECOND_E2 * cos_azimuth2)
        eps = (root - 1) / (root + 1)
        last = omega
        omega = lon + _FLATTENING * sin_azimuth * _i3(eps, sigma, sine, cosine, middle)
        if abs(omega - last) < _CONVERGED:
            return SEMI_MINOR_KM * _i1(eps, sigma, sine, cosine, middle)
    return math.nan


@kernel
def _waves(
    weights: tuple[float, float, float, float], sine: float, cosine: float, middle: float
) -> float:
    """Sum 2 w_l sin(l sigma) cos(l 2 sigma_m), l = 1 to 4: the change of w_l sin(2 l sigma)."""
    total = 0.0
    sin_last, sin_now, cos_last, cos_now = 0.0, sine, 1.0, middle
    for weight in weights:
        total += 2 * weight * sin_now * cos_now
        sin_last, sin_now = sin_now, 2 * cosine * sin_now - sin_last
        cos_last, cos_now = cos_now, 2 * middle * cos_now - cos_last
    return total


@kernel
def _i1(eps: float, sigma: float, sine: float, cosine: float, middle: float) -> float:
    """Give the distance over b: Karney's I1, eqs. 15, 17 and 18."""
    eps2 = eps * eps
    weights = (
        eps * (-1 / 2 + eps2 * 3 / 16),
        eps2 * (-1 / 16 + eps2 / 32),
        -eps * eps2 / 48,
        -eps2 * eps2 * 5 / 512,
    )
    scale = (1 + eps2 * (1 / 4 + eps2 / 64)) / (1 - eps)
    return scale * (sigma + _waves(weights, sine, cosine, middle))


@kernel
def _i3(eps: float, sigma: float, sine: float, cosine: float, middle: float) -> float:
    """Give the longitude that the sphere lacks: Karney's I3, eqs. 24 and 25."""
    eps2 = eps * eps
    weights = (
        eps
        * ((1 - _N) / 4 + eps * ((1 - _N * _N) / 8 + eps * ((3 + 3 * _N) / 64 + eps * 5 / 128))),
        eps2 * ((2 - 3 * _N) / 32 + eps * ((3 - 2 * _N) / 64 + eps * 3 / 128)),
        eps * eps2 * ((5 - 9 * _N) / 192 + eps * 3 / 128),
        eps2 * eps2 * 7 / 512,
    )
    scale = 1 - eps * (
        (1 - _N) / 2
        + eps * (1 / 4 + _N / 8 - 3 * _N * _N / 8 + eps * ((1 + 3 * _N) / 16 + eps * 3 / 64))
    )
    return scale * (sigma + _waves(weights, sine, cosine, middle))
