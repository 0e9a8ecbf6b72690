"""Weights from pairwise judgements: the analytic hierarchy process, with its consistency.

T. L. Saaty, The Analytic Hierarchy Process, McGraw-Hill, 1980.
"""

from __future__ import annotations

import csv
import difflib
import re
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.criteria import CRITERIA
from geo.errors import AskedWronglyError
from geo.parameters import cited
from geo.rows import rows_of

if TYPE_CHECKING:
    from pathlib import Path

    from geo.arrays import Floats

_MAX_BYTES = 100_000
_SCALE = 9.0
"""Saaty's scale: 1 (equal) to 9 (extreme), and the reciprocals."""
_ROUNDED = 0.01
"""So far a decimal such as 0.333 may be from the fraction that it stands for."""
_NUMBER = re.compile(r"\d+(?:\.\d*)?|\.\d+")
_MOST_NAMED = 3


class JudgementError(AskedWronglyError):
    """A file of pairwise judgements cannot be used, or contradicts itself too much."""


@dataclass(frozen=True, slots=True)
class Judgements:
    """Pairwise judgements and the weights that fit them best.

    Attributes
    ----------
    matrix
        Square, by criterion and criterion: how much more important the row is than the column.
    weights
        The principal eigenvector by criterion, adding up to 1.
    lambda_max, consistency_index, consistency_ratio
        The principal eigenvalue; (lambda_max - n) / (n - 1); that over the mean of random
        matrices of the size. 0 for up to two criteria, which cannot contradict each other.
    doubtful
        The judgements farthest from the weights, worst first: `row`, `column`, `judged`,
        `implied` (the ratio of the weights).
    """

    matrix: pd.DataFrame
    weights: pd.Series
    lambda_max: float
    consistency_index: float
    consistency_ratio: float
    doubtful: pd.DataFrame


def read_judgements(path: Path, *, force: bool = False) -> Judgements:
    """Read a square CSV of judgements and weigh the criteria that it names.

    Parameters
    ----------
    path
        Criterion ids in the header and the first column; 1 to 9, or reciprocals such as 1/3; a
        blank cell is the reciprocal of its mirror image.
    force
        Take judgements that contradict each other more than Saaty accepts.

    Raises
    ------
    JudgementError
        With all breaches at once by row and column; or if the consistency ratio is too high,
        with the most doubtful judgements.
    """
    judged = judge(_matrix(path))
    most = cited("ahp_most_consistency_ratio")
    if judged.consistency_ratio > most.value and not force:
        msg = (
            f"The judgements in {path} contradict each other: consistency ratio"
            f" {judged.consistency_ratio:.3f}, expected {most.value:g} or less (Saaty 1980)."
            f" Look again at {doubts(judged)}; or take them as they are with --force."
        )
        raise JudgementError(msg)
    return judged


def doubts(judged: Judgements) -> str:
    """Name the judgements that the weights contradict most."""
    return ", ".join(
        f"{one['row']} over {one['column']} (judged {_ratio(one['judged'])}, the weights say"
        f" {_ratio(one['implied'])})"
        for one in rows_of(judged.doubtful.head(_MOST_NAMED))
    )


def _ratio(value: float) -> str:
    return f"{value:.2g}" if value >= 1 else f"1/{1 / value:.2g}"


def judge(matrix: pd.DataFrame) -> Judgements:
    """Weigh criteria by a full reciprocal matrix.

    Raises
    ------
    JudgementError
        If there are more criteria than Saaty's table of random matrices goes to.

    Notes
    -----
    The doubt about a judgement is how far it is from the ratio of the weights, either way
    (T. L. Saaty, Eur. J. Oper. Res. 145, 2003, 85-91).
    """
    values = matrix.to_numpy(float)
    size = len(values)
    eigenvalues, vectors = np.linalg.eig(values)
    at = int(eigenvalues.real.argmax())
    weights = np.abs(vectors[:, at].real)
    weights /= weights.sum()
    largest = float(eigenvalues[at].real)
    index = max((largest - size) / (size - 1), 0.0) if size > 2 else 0.0
    return Judgements(
        matrix=matrix,
        weights=pd.Series(weights, index=matrix.index),
        lambda_max=largest,
        consistency_index=index,
        consistency_ratio=index / random_index(size) if size > 2 else 0.0,
        doubtful=_doubtful(matrix, weights),
    )


def random_index(size: int) -> float:
    """Give the mean consistency index of random matrices, from three criteria on.

    Raises
    ------
    JudgementError
        Beyond Saaty's table.
    """
    try:
        return cited(f"ahp_random_index_{size}").value
    except KeyError as error:
        msg = (
            f"{size} criteria are compared: Saaty's table of random matrices does not go so far,"
            " so their consistency cannot be told. Compare fewer at a time."
        )
        raise JudgementError(msg) from error


def _doubtful(matrix: pd.DataFrame, weights: Floats) -> pd.DataFrame:
    names, values = matrix.index, matrix.to_numpy(float)
    i, j = np.triu_indices(len(names), k=1)
    table = pd.DataFrame(
        {
            "row": names[i],
            "column": names[j],
            "judged": values[i, j],
            "implied": weights[i] / weights[j],
        }
    )
    # in the file's order where two are equally far from the weights
    doubt = np.abs(np.log(values[i, j] * weights[j] / weights[i])).round(9)
    return table.iloc[np.argsort(-doubt, kind="stable")].reset_index(drop=True)


def _matrix(path: Path) -> pd.DataFrame:
    """Read the file and fill in what is given by its mirror image."""
    header, rows = _cells(path)
    found = _names(header, [row[0] for row in rows])
    found += [
        f"row {row[0]!r}: {len(row) - 1} cells, expected {len(header)}, one per column"
        for row in rows
        if len(row) - 1 != len(header)
    ]
    if found:
        raise JudgementError(_message(path, found))
    texts = {row[0]: dict(zip(header, row[1:], strict=True)) for row in rows}
    matrix = pd.DataFrame(1.0, index=header, columns=header)
    for i, one in enumerate(header):
        found += _diagonal(one, texts[one][one])
        for other in header[i + 1 :]:
            ratio, wrong = _pair(one, other, texts[one][other], texts[other][one])
            found += wrong
            matrix.at[one, other], matrix.at[other, one] = ratio, 1 / ratio
    if found:
        raise JudgementError(_message(path, found))
    return matrix


def _cells(path: Path) -> tuple[list[str], list[list[str]]]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            msg = f"{path} is larger than {_MAX_BYTES:,} bytes: is it a matrix of judgements?"
            raise JudgementError(msg)
        text = path.read_text(encoding="utf-8-sig")
        lines = list(csv.reader(StringIO(text), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        msg = f"{path} cannot be read: {error}. Expected a CSV of pairwise judgements."
        raise JudgementError(msg) from error
    filled = [[cell.strip() for cell in line] for line in lines if any(map(str.strip, line))]
    if not filled:
        raise JudgementError(_message(path, ["the file is empty"]))
    return filled[0][1:], filled[1:]


def _names(header: list[str], rows: list[str]) -> list[str]:
    """Say what is wrong with the ids in the header and the first column."""
    known = [one.id for one in CRITERIA]
    found = []
    for where, names in (("header", header), ("first column", rows)):
        for name in sorted(set(names)):
            if names.count(name) > 1:
                found.append(f"{where}: {name!r} stands there {names.count(name)} times")
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
                hint = f"did you mean {near[0]!r}?" if near else f"expected one of {known}"
                found.append(f"{where}: unknown criterion {name!r}: {hint}")
    found += [f"column {name!r} has no row" for name in header if name not in rows]
    found += [f"row {name!r} has no column" for name in rows if name not in header]
    if len(header) < 2:
        found.append(f"{len(header)} criteria in the header, expected two or more to compare")
    return found


def _diagonal(name: str, text: str) -> list[str]:
    if text and _value(text) != 1:
        return [f"row {name!r}, column {name!r}: found {text!r:.40}, expected 1 or a blank"]
    return []


def _pair(one: str, other: str, text: str, mirrored: str) -> tuple[float, list[str]]:
    """Read a judgement from either or both of its cells."""
    here, there = f"row {one!r}, column {other!r}", f"row {other!r}, column {one!r}"
    if not text and not mirrored:
        return 1.0, [f"{here}: blank, and so is its mirror image; give one of them"]
    found, values = [], {}
    for where, cell in ((here, text), (there, mirrored)):
        value = _value(cell) if cell else None
        if value is not None and 1 / _SCALE - _ROUNDED < value <= _SCALE:
            values[where] = value
        elif cell:
            found.append(
                f"{where}: found {cell!r:.40}, expected 1 to {_SCALE:g} or a fraction such as 1/3"
            )
    if found:
        return 1.0, found
    if len(values) == 2 and abs(values[here] * values[there] - 1) > _ROUNDED:
        return 1.0, [f"{there}: found {mirrored!r}, expected the reciprocal of {text!r} in {here}"]
    # the side that is 1 or more is exact where the other was rounded to decimals
    if there in values and (here not in values or values[there] > values[here]):
        return 1 / values[there], []
    return values[here], []


def _value(text: str) -> float | None:
    """Read a number or a fraction; None if it is neither."""
    parts = [part.strip() for part in text.split("/")]
    if len(parts) > 2 or not all(_NUMBER.fullmatch(part) for part in parts):
        return None
    numbers = [float(part) for part in parts]
    if len(numbers) == 1:
        return numbers[0]
    return numbers[0] / numbers[1] if numbers[1] else None


def _message(path: Path, found: list[str]) -> str:
    return f"Judgements in {path} cannot be used:\n  " + "\n  ".join(found)
