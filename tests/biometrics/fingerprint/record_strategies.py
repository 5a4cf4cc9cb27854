# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from app.biometrics.fingerprint.template import Cells, SingularKind, SingularPoint, Template


@st.composite
def templates(draw: st.DrawFn) -> Template:
    """Any template that can be stored, with and without ridge flow."""
    width, height = draw(st.integers(64, 1000)), draw(st.integers(64, 1000))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count = draw(st.integers(0, 90))
    cells = None
    singular: tuple[SingularPoint, ...] = ()
    if draw(st.booleans()):
        shape = (height // 8, width // 8)
        mask = rng.random(shape) < draw(st.floats(0, 1))
        planes = [np.where(mask, rng.integers(0, steps, shape), 0).astype(np.uint8) for steps in (64, 16, 16)]
        cells = Cells(mask, *planes)
        singular = tuple(
            SingularPoint(
                draw(st.sampled_from(SingularKind)), draw(st.integers(0, width)), draw(st.integers(0, height))
            )
            for _ in range(draw(st.integers(0, 3)))
        )
    return Template(
        width_px=width,
        height_px=height,
        x=rng.integers(0, width, count).astype(np.int16),
        y=rng.integers(0, height, count).astype(np.int16),
        direction=rng.integers(0, 256, count).astype(np.uint8),
        kind=rng.integers(0, 3, count).astype(np.uint8),
        quality=rng.integers(0, 101, count).astype(np.uint8),
        cells=cells,
        singular=singular,
        image_quality=draw(st.integers(0, 100)),
    )
