# SPDX-License-Identifier: Apache-2.0
"""What the signature flow asks of the biometrics room: picture, metrics, verification."""

from __future__ import annotations
