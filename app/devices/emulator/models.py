# SPDX-License-Identifier: Apache-2.0
"""Modules the emulator can be. Figures from the GROW R503 manual V1.2.2 and the R301, R305 and R307
manuals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.devices.protocol import ProductInfo
from app.domain.errors import SetupError


@dataclass(frozen=True, slots=True)
class ModuleModel:
    """What distinguishes one module from another on the wire.

    Attributes:
        template_bytes: size of a character file as UpChar sends it.
        system_id: answered by ReadSysPara; 9 in the manuals, 0 on some real modules.
        product: what ReadProdInfo answers; None where the command is unknown.
        has_parameters: whether ReadSysPara and SetSysPara exist.
        sends_final_packet: whether a transfer ends with a packet 08.
        first_page: number of the first page of the library.
    """

    name: str
    width_px: int
    height_px: int
    template_bytes: int
    capacity: int
    buffers: int = 2
    system_id: int = 9
    product: ProductInfo | None = None
    has_parameters: bool = True
    has_fast_search: bool = True
    sends_final_packet: bool = True
    first_page: int = 0


def _r30x(name: str, template_bytes: int, capacity: int, **more: int | bool) -> ModuleModel:
    return ModuleModel(name, 256, 288, template_bytes, capacity, **more)  # type: ignore[arg-type]


_R503_PRODUCT: Final = ProductInfo(
    model="R503",
    batch="V012",
    serial="EMU00001",
    hardware=0x0102,
    sensor="FPC1021",
    width_px=192,
    height_px=192,
    template_bytes=1536,
    capacity=200,
)

_MODELS: Final = {
    model.name: model
    for model in (
        _r30x("r301", 512, 1000),
        _r30x("r302", 512, 1000),
        _r30x("r305", 512, 980),
        _r30x("r307", 512, 1000),
        _r30x("r308", 512, 500, has_parameters=False),
        ModuleModel("r503", 192, 192, 1536, 200, buffers=6, system_id=0, product=_R503_PRODUCT),
        _r30x("r551", 512, 200, system_id=0, sends_final_packet=False, has_fast_search=False, first_page=1),
        _r30x("as608", 512, 300),
        _r30x("fpm10a", 1536, 300),
        _r30x("zfm20", 512, 1000),
        _r30x("zfm60", 512, 1000),
    )
}

MODEL_NAMES: Final = tuple(_MODELS)


def module_model(name: str) -> ModuleModel:
    """The model of that name.

    Raises:
        SetupError: ``setting_invalid`` when there is none.
    """
    if name not in _MODELS:
        raise SetupError("setting_invalid", key="model", value=name)
    return _MODELS[name]
