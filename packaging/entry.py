# SPDX-License-Identifier: Apache-2.0
"""Where the frozen program begins: the same door as ``python -m app``."""

from __future__ import annotations

import os
import sys

# A windowed program on Windows has no standard streams; libraries that print must find something.
if sys.stdout is None:
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
if sys.stderr is None:
    sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115

from app.__main__ import main

sys.exit(main())
