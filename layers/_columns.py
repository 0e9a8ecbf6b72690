"""Columns that several tables share, declared once."""

from __future__ import annotations

from layers._base import Column

LAT = Column(
    "lat",
    "number",
    "latitude, degrees, WGS 84; blank: not public",
    minimum=-90,
    maximum=90,
    required=True,
)
LON = Column(
    "lon",
    "number",
    "longitude, degrees, WGS 84; blank: not public",
    minimum=-180,
    maximum=180,
    required=True,
)
COORD_PRECISION = Column(
    "coord_precision",
    "text",
    "how good the point is: site (about 2 km), town (8 km), county (a centroid: distances from it"
    " are not evidence); blank where there is no point",
    allowed=("site", "town", "county"),
)
COORD_RADIUS_KM = Column(
    "coord_radius_km",
    "number",
    "for a county centroid, km to the farthest corner of the county (Census outlines, 2017)",
    minimum=0,
    maximum=500,
)
COUNTY = Column("county", "text", "county or parish; blank: not public")
STATE = Column("state", "text", "two-letter code of the state or province")
SOURCE_TEXT = Column("source", "text", "what the row rests on", nullable=False)
EVIDENCE = Column(
    "evidence",
    "text",
    "kind of document behind the row",
    nullable=False,
    allowed=("filing", "company", "dataset", "press", "uncited"),
)
AS_OF = Column("as_of", "text", "month in which the fact held, YYYY-MM", nullable=False)
CONFIDENCE = Column(
    "confidence", "text", "the compiler's", nullable=False, allowed=("high", "medium", "low")
)
ISO_NAMES = ("ERCOT", "PJM", "MISO", "SPP", "NYISO", "ISO-NE", "CAISO", "SERC/TVA", "SOCO", "WECC")
