"""How functions are compiled. Importing this module imports numba."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable

Function = TypeVar("Function", bound="Callable[..., object]")


def kernel(function: Function) -> Function:
    """Compile a function when it is first called, and keep the code beside its file.

    Threads run kernels side by side; a division by zero gives infinity, as in NumPy. Where there
    is no folder to keep the code in, every process compiles anew.
    """
    settings = {"nogil": True, "error_model": "numpy"}
    compiled: Function
    try:
        compiled = njit(cache=True, **settings)(function)
    except RuntimeError:
        compiled = njit(**settings)(function)
    return compiled
