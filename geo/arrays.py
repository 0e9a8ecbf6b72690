"""The kinds of arrays that functions take and give."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.integer[Any]]
Mask = NDArray[np.bool_]
Array = NDArray[Any]
"""Of either precision, or of whole numbers of any size: what compiled code takes as it comes."""
