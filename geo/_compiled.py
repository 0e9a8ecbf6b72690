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
    return _compiled(function, error_model="numpy")


def exact_kernel(function: Function) -> Function:
    """Compile likewise a function whose result no order of its operations can change.

    A highest number, say, may then be sought in several lanes at a time; none may be NaN.
    """
    return _compiled(function, error_model="numpy", fastmath=True)


def _compiled(function: Function, **settings: str | bool) -> Function:
    compiled: Function
    try:
        compiled = njit(cache=True, nogil=True, **settings)(function)
    except RuntimeError:
        compiled = njit(nogil=True, **settings)(function)
    return compiled
