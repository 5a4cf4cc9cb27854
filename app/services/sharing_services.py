# SPDX-License-Identifier: Apache-2.0
"""The services around a school's shared keys, built together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.security.vault import StationKeys, Vault
from app.services.recovery_kits import RecoveryKits
from app.services.rewrapping import Rewrapping
from app.services.stations import StationService
from app.services.subject_keys import SubjectKeys
from app.services.writer import Writer


@dataclass(frozen=True, slots=True)
class SharingServices:
    """Stations, the wrapping anew of subject keys, recovery kits."""

    stations: StationService
    rewrapping: Rewrapping
    kits: RecoveryKits


def sharing_services(
    writer: Writer,
    vault: Vault,
    keys: StationKeys,
    subject_keys: SubjectKeys,
    name: str,
    moved: Callable[[], None],
) -> SharingServices:
    """Build them. Arguments as ``StationService`` takes them."""
    stations = StationService(writer, vault, keys, subject_keys, name, moved)
    return SharingServices(stations, Rewrapping(writer, stations), RecoveryKits(writer, vault, stations))
