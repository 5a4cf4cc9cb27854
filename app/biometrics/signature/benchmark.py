# SPDX-License-Identifier: Apache-2.0
"""Measures the verifier on signatures of known origin, beside plain dynamic time warping in the same run.

Protocol: references S1 to Sn (and other draws from the first session, S1 to S10), genuine probes S11 to S20,
skilled forgeries S21 to S40, random forgeries the first signature of every other user. Rates are per cent.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from app.biometrics.signature.disjoint import KINDS as FITTED_KINDS
from app.biometrics.signature.disjoint import Parts, disjoint_report
from app.biometrics.signature.dtw import distances
from app.biometrics.signature.error_rates import equal_error, rejected_at
from app.biometrics.signature.features import Features, features_from
from app.biometrics.signature.resample import Segments, segments_of
from app.biometrics.signature.verify import (
    ALGORITHM_VERSION,
    Reference,
    alike,
    pair_distances,
    prepare,
    score_of,
    verify,
)
from app.domain.signatures import SignatureRecord, invalid

Floats = npt.NDArray[np.float64]
Key = tuple[int, int]  # user, number
_SESSION = range(1, 11)  # signatures that references are drawn from
_GENUINE = range(11, 21)
_SKILLED = range(21, 41)
KINDS = ("genuine", "skilled", "random")


@dataclass(frozen=True, slots=True)
class ScoredProbe:
    """One comparison of the protocol; ``score``: higher is more genuine."""

    user: int
    kind: str
    probe: str
    score: float


@dataclass(frozen=True, slots=True)
class _Table:
    """Everything that scores are made of: distances by (user, probe) to the first session, and features."""

    numbers: tuple[int, ...]  # of the signatures that any draw picks
    to_session: Mapping[tuple[int, Key], Floats]
    among: Mapping[int, Floats]  # a user's signatures of the first session among themselves
    session: Mapping[Key, Features]
    probes: Mapping[Key, Features]


def probes_of(user: int, users: Sequence[int]) -> list[tuple[str, Key]]:
    """Give the probes of one user as (kind, signature)."""
    return (
        [("genuine", (user, number)) for number in _GENUINE]
        + [("skilled", (user, number)) for number in _SKILLED]
        + [("random", (other, 1)) for other in users if other != user]
    )


def run_benchmark(
    records: Mapping[Key, SignatureRecord],
    *,
    references: int = 3,
    draws: int = 10,
    disjoint: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[dict[str, Any], list[ScoredProbe]]:
    """Measure everything that the figures of the verifier are made of.

    Args:
        records: complete users, 40 signatures each, by (user, number).
        references: how many signatures a user is enrolled with.
        draws: how many random draws of references from the first session beside S1 to Sn.
        disjoint: also fit the verifier's numbers on one half of the users and judge the other by them.
        progress: told in a few words what runs.

    Returns:
        The figures as plain values for JSON, and the scores of the protocol.

    Raises:
        OperatorError: ``signature_file_invalid`` where a user's signature is missing.
    """
    users = sorted({user for user, _ in records})
    for user in users:
        for number in range(1, 41):
            if (user, number) not in records:
                raise invalid(f"missing_U{user}S{number}")
    if len(users) < 2:
        raise invalid("too_few_users")
    progress("protocol")
    rows, timing = _protocol(records, users, references)
    segments = {key: segments_of(record) for key, record in records.items()}
    chosen = _draws(references, draws)
    progress("our features")
    numbers = tuple(sorted({number for pick in chosen for number in pick}))
    ours = _table(users, numbers, segments, segments)
    report: dict[str, Any] = {
        "algorithm_version": ALGORITHM_VERSION,
        "users": len(users),
        "references": references,
        "verification_ms": timing,
        "protocol": _figures(_by_user(rows)),
        "draws": _over_draws(users, chosen, lambda pick: _scores(ours, users, pick)),
        "draw_count": draws,
    }
    if disjoint:
        parts = [_parts(ours, users, pick) for pick in chosen[1:] or chosen]
        report["disjoint_users"] = disjoint_report(users, parts)
    progress("plain dynamic time warping")
    report["plain_dtw"] = _plain(users, numbers, segments, chosen, timing)
    if all(part.pressure is not None for part in segments.values()):
        progress("without pressure")
        bare = {key: replace(part, pressure=None) for key, part in segments.items()}
        report["without_pressure"] = _set(users, chosen, _table(users, numbers, bare, bare))
    for rate_hz in (50, 200):
        progress(f"probes at {rate_hz} Hz")
        changed = {key: at_rate(part, rate_hz) for key, part in segments.items()}
        other = _table(users, numbers, segments, changed)
        report[f"probe_at_{rate_hz}_hz"] = _crossed(users, chosen, ours, other)
    return report, rows


def _protocol(
    records: Mapping[Key, SignatureRecord], users: Sequence[int], references: int
) -> tuple[list[ScoredProbe], dict[str, float]]:
    """Run the product's own way, record in and answer out, and time each answer."""
    rows, clock = [], _Stopwatch()
    for user in users:
        known = prepare(
            [
                Reference(f"U{user}S{number}", records[user, number].started_at, records[user, number])
                for number in range(1, references + 1)
            ]
        )
        for kind, key in probes_of(user, users):
            with clock:
                answer = verify(known, records[key])
            rows.append(ScoredProbe(user, kind, f"U{key[0]}S{key[1]}", answer.score))
    return rows, clock.report()


class _Stopwatch:
    """Collects how long each ``with`` took: on the wall, and of the processor's time on a busy machine."""

    def __init__(self) -> None:
        self._begun = (0.0, 0.0)
        self._taken_ms: list[tuple[float, float]] = []

    def __enter__(self) -> None:
        self._begun = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        wall_s, cpu_s = self._begun
        self._taken_ms.append(((time.perf_counter() - wall_s) * 1e3, (time.process_time() - cpu_s) * 1e3))

    def report(self) -> dict[str, float]:
        wall, cpu = np.array(self._taken_ms).T
        return {
            "median": round(float(np.median(wall)), 2),
            "p95": round(float(np.percentile(wall, 95)), 2),
            "cpu_median": round(float(np.median(cpu)), 2),
        }


def _draws(references: int, count: int) -> list[tuple[int, ...]]:
    """Give S1 to Sn first, then seeded random draws from the first session."""
    rng = np.random.default_rng(2004)
    picks = [tuple(range(1, references + 1))]
    for _ in range(count):
        picks.append(tuple(sorted(rng.choice(_SESSION, references, replace=False).tolist())))
    return picks


def _table(
    users: Sequence[int],
    numbers: tuple[int, ...],
    session: Mapping[Key, Segments],
    probes: Mapping[Key, Segments],
) -> _Table:
    """Compute the distances of every probe to the user's signatures ``numbers``."""
    own = {key: features_from(session[key]) for key in session if key[1] in numbers}
    other = {key: features_from(part) for key, part in probes.items() if key[1] == 1 or key[1] > 10}
    to_session: dict[tuple[int, Key], Floats] = {}
    among: dict[int, Floats] = {}
    brought: dict[Key, Features] = {}
    for user in users:
        keys = [(user, number) for number in numbers]
        parts = [session[key] for key in keys]
        known: Sequence[Features] = [own[key] for key in keys]
        for _, key in probes_of(user, users):
            *known, probe = alike((*parts, probes[key]), (*known, other[key]))
            other[key] = probe
            to_session[user, key] = pair_distances(known, probe)
        brought.update(zip(keys, known, strict=True))
        among[user] = np.array([pair_distances(known, second) for second in known])
    return _Table(numbers, to_session, among, brought, other)


def _scores(table: _Table, users: Sequence[int], pick: Sequence[int]) -> dict[int, dict[str, Floats]]:
    """Score the whole protocol for one draw of references."""
    at = [table.numbers.index(number) for number in pick]
    result = {}
    for user in users:
        references = [table.session[user, number] for number in pick]
        spread = float(np.mean([table.among[user][a, b] for a, b in combinations(at, 2)]))
        found: dict[str, list[float]] = {kind: [] for kind in KINDS}
        for kind, key in probes_of(user, users):
            score = score_of(table.to_session[user, key][at], spread, references, table.probes[key])
            found[kind].append(score)
        result[user] = {kind: np.array(values) for kind, values in found.items()}
    return result


def _parts(table: _Table, users: Sequence[int], pick: Sequence[int]) -> dict[int, dict[str, Parts]]:
    """Give what the scores of one draw of references are made of."""
    at = [table.numbers.index(number) for number in pick]
    result: dict[int, dict[str, Parts]] = {}
    for user in users:
        usual = np.mean([table.session[user, number].fluency for number in pick], axis=0)
        spread = float(np.mean([table.among[user][a, b] for a, b in combinations(at, 2)]))
        result[user] = {}
        for kind in FITTED_KINDS:
            keys = [key for each, key in probes_of(user, users) if each == kind]
            means = np.array([table.to_session[user, key][at].mean() for key in keys])
            fluency = np.array([table.probes[key].fluency for key in keys]) - usual
            result[user][kind] = Parts(-np.log(np.maximum(means, 1e-3) / math.sqrt(spread)), fluency)
    return result


def _by_user(rows: Sequence[ScoredProbe]) -> dict[int, dict[str, Floats]]:
    result: dict[int, dict[str, list[float]]] = {}
    for row in rows:
        result.setdefault(row.user, {kind: [] for kind in KINDS})[row.kind].append(row.score)
    return {
        user: {kind: np.array(values) for kind, values in found.items()} for user, found in result.items()
    }


def _figures(scores: Mapping[int, Mapping[str, Floats]]) -> dict[str, float]:
    genuine = np.concatenate([found["genuine"] for found in scores.values()])
    skilled = np.concatenate([found["skilled"] for found in scores.values()])
    random = np.concatenate([found["random"] for found in scores.values()])
    each = [equal_error(found["genuine"], found["skilled"])[0] for found in scores.values()]
    rate, threshold = equal_error(genuine, skilled)
    return {
        "eer_skilled": round(rate, 2),
        "eer_skilled_user_thresholds": round(float(np.mean(each)), 2),
        "frr_at_far_10": round(rejected_at(genuine, skilled, 0.10), 2),
        "eer_random": round(equal_error(genuine, random)[0], 2),
        "threshold_at_eer": round(threshold, 4),
        "score_at_frr_1": round(float(np.quantile(genuine, 0.01)), 4),
    }


def _over_draws(
    users: Sequence[int], picks: Sequence[Sequence[int]], scores: Callable[[Sequence[int]], Any]
) -> dict[str, float]:
    each = [_figures(scores(pick)) for pick in picks[1:]] or [_figures(scores(picks[0]))]
    mean = {name: round(float(np.mean([figures[name] for figures in each])), 2) for name in each[0]}
    mean["eer_skilled_worst"] = max(figures["eer_skilled"] for figures in each)
    return mean


def _set(users: Sequence[int], picks: Sequence[Sequence[int]], table: _Table) -> dict[str, Any]:
    return {
        "protocol": _figures(_scores(table, users, picks[0])),
        "draws": _over_draws(users, picks, lambda pick: _scores(table, users, pick)),
    }


def _crossed(
    users: Sequence[int], picks: Sequence[Sequence[int]], same: _Table, other: _Table
) -> dict[str, Any]:
    """Compare the errors at the same threshold, probes at the references' rate and at another one."""
    rows = []
    for pick in picks:
        here, there = _scores(same, users, pick), _scores(other, users, pick)
        genuine, skilled = (
            np.concatenate([found[kind] for found in here.values()]) for kind in ("genuine", "skilled")
        )
        threshold = equal_error(genuine, skilled)[1]
        changed, forged = (
            np.concatenate([found[kind] for found in there.values()]) for kind in ("genuine", "skilled")
        )
        rows.append(
            (
                float(np.mean(genuine < threshold)) * 100,
                float(np.mean(changed < threshold)) * 100,
                float(np.mean(forged >= threshold)) * 100,
                equal_error(changed, forged)[0],
            )
        )
    names = ("frr_same_rate", "frr_other_rate", "far_other_rate", "eer_other_rate")
    mean = np.mean(rows[1:] or rows, axis=0)
    return {
        "protocol": {name: round(value, 2) for name, value in zip(names, rows[0], strict=True)},
        "draws": {name: round(float(value), 2) for name, value in zip(names, mean, strict=True)},
    }


def _plain(
    users: Sequence[int],
    numbers: tuple[int, ...],
    segments: Mapping[Key, Segments],
    picks: Sequence[Sequence[int]],
    ours: Mapping[str, float],
) -> dict[str, Any]:
    """The baseline: six z-normalized channels, derivatives over everything, mean over mean, no band."""
    values = {key: plain_channels(part) for key, part in segments.items()}
    clock = _Stopwatch()
    to_session: dict[tuple[int, Key], Floats] = {}
    among: dict[int, Floats] = {}
    for user in users:
        known = [values[user, number] for number in numbers]
        among[user] = np.array([distances(known, [second] * len(known), band=2.0) for second in known])
        for _, key in probes_of(user, users):
            to_session[user, key] = distances(known, [values[key]] * len(known), band=2.0)
        probe = values[user, 11]
        for _ in range(10):
            with clock:
                distances(known[: len(picks[0])], [probe] * len(picks[0]), band=2.0)

    def scores(pick: Sequence[int]) -> dict[int, dict[str, Floats]]:
        at = [numbers.index(number) for number in pick]
        result = {}
        for user in users:
            spread = float(np.mean([among[user][a, b] for a, b in combinations(at, 2)]))
            found: dict[str, list[float]] = {kind: [] for kind in KINDS}
            for kind, key in probes_of(user, users):
                found[kind].append(-float(to_session[user, key][at].mean()) / spread)
            result[user] = {kind: np.array(each) for kind, each in found.items()}
        return result

    timing = clock.report()
    return {
        "protocol": _figures(scores(picks[0])),
        "draws": _over_draws(users, picks, scores),
        "verification_ms": timing,
        "ours_to_plain_time": round(ours["cpu_median"] / timing["cpu_median"], 2),
    }


def plain_channels(segments: Segments) -> Floats:
    """Give dx, dy, sine, cosine, speed and pressure, each with mean 0 and spread 1, gaps or not."""
    dx, dy = np.gradient(segments.x), np.gradient(segments.y)
    speed = np.hypot(dx, dy)
    moving = np.maximum(speed, 1e-9)
    columns = [dx, dy, dy / moving, dx / moving, speed]
    if segments.pressure is not None:
        columns.append(segments.pressure)
    values = np.stack(columns, axis=1)
    scaled: Floats = (values - values.mean(axis=0)) / np.maximum(values.std(axis=0), 1e-9)
    return scaled


def at_rate(segments: Segments, rate_hz: int) -> Segments:
    """Give what a tablet of another rate would have reported: samples left out, or put between."""
    step = 2 if rate_hz < 100 else 0.5
    columns: list[list[Floats]] = [[], [], [], []]
    starts, count = [], 0
    for start, end in segments.bounds:
        at = np.arange(start, end - 1 + 1e-9, step)
        known = np.arange(start, end)
        for column, values in zip(
            columns, (segments.t_s, segments.x, segments.y, segments.pressure), strict=True
        ):
            if values is not None:
                column.append(np.interp(at, known, values[start:end]))
        starts.append(count)
        count += len(at)
    t_s, x, y, pressure = (np.concatenate(column) if column else None for column in columns)
    if t_s is None or x is None or y is None:
        raise invalid("no_ink")
    return replace(segments, t_s=t_s, x=x, y=y, pressure=pressure, starts=np.array(starts, dtype=np.int64))
