# SPDX-License-Identifier: Apache-2.0
"""What an emulated module does at each command: one function a command, after the manuals' instructions.

Each takes the module and the content behind the command's code, and gives what goes out on the line. Sources:
GROW R503 manual V1.2.2, "Instruction set"; R305 and R307 manuals.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from app.devices.emulator.faults import Fault
from app.devices.emulator.glass import GlassImage
from app.devices.emulator.matching import check_print, compare_templates, is_match, make_template
from app.devices.emulator.output import Output
from app.devices.protocol import BAUD_STEP, STARTUP_BYTE, Answer, Command, Parameter, expand_pixels

if TYPE_CHECKING:
    from app.devices.emulator.module import Module

Handler = Callable[["Module", bytes], list[Output]]

_LIGHT_CONTROLS: Final = range(1, 7)
_LIGHT_COLORS: Final = range(1, 8)
_R503_BAUD_STEPS: Final = (1, 2, 4, 6, 12)
_INFO_PAGE_BYTES: Final = 512
_INDEX_PAGES: Final = 4
_NO_RESULT: Final = bytes(4)


def _reply(module: Module, answer: int, content: bytes = b"") -> list[Output]:
    return [Output(module.acknowledge(answer, content))]


def _number(content: bytes, at: int, size: int = 2) -> int:
    return int.from_bytes(content[at : at + size].ljust(size, b"\0"), "big")


def _shown(module: Module) -> GlassImage | None:
    """The image in the module's buffer, one byte a pixel."""
    if module.image is None:
        return None
    model = module.model
    return GlassImage(model.width_px, model.height_px, expand_pixels(module.image))


def _take_image(module: Module, content: bytes) -> list[Output]:
    """GenImg: 02 without a finger; a poor image is taken all the same."""
    seen = module.sees()
    if seen is None:
        return _reply(module, Answer.NO_FINGER)
    module.image = seen
    return _reply(module, Answer.OK)


def _take_checked_image(module: Module, content: bytes) -> list[Output]:
    """GetImageEx: like GenImg, but 07 for a print that covers too little."""
    if module.model.product is None:
        return _reply(module, Answer.UNSUPPORTED)
    outputs = _take_image(module, content)
    shown = _shown(module)
    if module.glass is not None and shown and check_print(shown) is Answer.TOO_FEW_POINTS:
        return _reply(module, Answer.TOO_FEW_POINTS)
    return outputs


def _convert(module: Module, content: bytes) -> list[Output]:
    """Img2Tz: image buffer to character buffer."""
    shown, buffer = _shown(module), _number(content, 0, 1)
    if shown is None:
        return _reply(module, Answer.NO_IMAGE)
    verdict = check_print(shown)
    if verdict is Answer.OK:
        # Buffers other than the module has fall back to the last one, as the manuals say.
        number = buffer if 1 <= buffer <= module.model.buffers else module.model.buffers
        module.buffers[number] = make_template(shown, module.model.template_bytes)
    return _reply(module, verdict)


def _match(module: Module, content: bytes) -> list[Output]:
    score = compare_templates(module.buffers.get(1, b""), module.buffers.get(2, b""))
    module.matched = is_match(score)
    if not module.matched:
        return _reply(module, Answer.NO_MATCH, bytes(2))
    return _reply(module, Answer.OK, score.to_bytes(2, "big"))


def _search(module: Module, content: bytes) -> list[Output]:
    """Search and the fast search: 16 bytes even when nothing is found."""
    template = module.buffers.get(_number(content, 0, 1), b"")
    found = module.library.search(template, _number(content, 1), _number(content, 3))
    module.matched = found is not None
    if found is None:
        return _reply(module, Answer.NOT_FOUND, _NO_RESULT)
    return _reply(module, Answer.OK, found[0].to_bytes(2, "big") + found[1].to_bytes(2, "big"))


def _fast_search(module: Module, content: bytes) -> list[Output]:
    if not module.model.has_fast_search:
        return _reply(module, Answer.UNSUPPORTED)
    return _search(module, content)


def _merge(module: Module, content: bytes) -> list[Output]:
    """RegModel: buffers 1 and 2 become one template, in both."""
    first, second = module.buffers.get(1), module.buffers.get(2)
    if first is None or second is None or not is_match(compare_templates(first, second)):
        return _reply(module, Answer.NOT_SAME_FINGER)
    module.buffers[2] = first
    return _reply(module, Answer.OK)


def _store(module: Module, content: bytes) -> list[Output]:
    template, page = module.buffers.get(_number(content, 0, 1)), _number(content, 1)
    if not module.library.has_page(page):
        return _reply(module, Answer.OUT_OF_RANGE)
    if template is None:
        return _reply(module, Answer.FLASH_ERROR)
    module.library.store(page, template)
    return _reply(module, Answer.OK)


def _load(module: Module, content: bytes) -> list[Output]:
    page = _number(content, 1)
    if not module.library.has_page(page):
        return _reply(module, Answer.OUT_OF_RANGE)
    template = module.library.load(page)
    if template is None:
        return _reply(module, Answer.TEMPLATE_UNREADABLE)
    module.buffers[_number(content, 0, 1)] = template
    return _reply(module, Answer.OK)


def _upload_template(module: Module, content: bytes) -> list[Output]:
    template = module.buffers.get(_number(content, 0, 1))
    if template is None:
        return _reply(module, Answer.TEMPLATE_NOT_SENT)
    return _reply(module, Answer.OK) + module.transfer(template, is_image=False)


def _download_template(module: Module, content: bytes) -> list[Output]:
    buffer = _number(content, 0, 1)
    if not 1 <= buffer <= module.model.buffers:
        return _reply(module, Answer.DATA_NOT_TAKEN)
    module.expect_data(buffer)
    return _reply(module, Answer.OK)


def _upload_image(module: Module, content: bytes) -> list[Output]:
    if module.image is None:
        return _reply(module, Answer.IMAGE_NOT_SENT)
    return _reply(module, Answer.OK) + module.transfer(module.image, is_image=True)


def _download_image(module: Module, content: bytes) -> list[Output]:
    module.expect_data(0)
    return _reply(module, Answer.OK)


def _delete(module: Module, content: bytes) -> list[Output]:
    done = module.library.delete(_number(content, 0), _number(content, 2))
    return _reply(module, Answer.OK if done else Answer.NOT_DELETED)


def _empty(module: Module, content: bytes) -> list[Output]:
    module.library.empty()
    return _reply(module, Answer.OK)


def _set_parameter(module: Module, content: bytes) -> list[Output]:
    if not module.model.has_parameters:
        return []
    register, value = _number(content, 0, 1), _number(content, 1, 1)
    if register == Parameter.BAUD:
        steps = _R503_BAUD_STEPS if module.model.product else range(1, 13)
        if value not in steps:
            return _reply(module, Answer.BAD_VALUE)
        module.baud_steps = value
        late = module.holds(Fault.LATE_BAUD_SWITCH)
        return [Output(module.acknowledge(Answer.OK), baud_after=None if late else value * BAUD_STEP)]
    if register == Parameter.SECURITY and 1 <= value <= 5:
        module.security = value
    elif register == Parameter.PACKET_SIZE and value <= 3:
        module.packet_code = value
    else:
        known = register in (Parameter.SECURITY, Parameter.PACKET_SIZE)
        return _reply(module, Answer.BAD_VALUE if known else Answer.BAD_REGISTER)
    return _reply(module, Answer.OK)


def _read_parameters(module: Module, content: bytes) -> list[Output]:
    if not module.model.has_parameters:
        return []
    return _reply(module, Answer.OK, module.parameters().encode(module.model.system_id))


def _set_password(module: Module, content: bytes) -> list[Output]:
    module.password = _number(content, 0, 4)
    return _reply(module, Answer.OK)


def _verify_password(module: Module, content: bytes) -> list[Output]:
    module.verified = _number(content, 0, 4) == module.needs_password()
    return _reply(module, Answer.OK if module.verified else Answer.WRONG_PASSWORD)


def _set_address(module: Module, content: bytes) -> list[Output]:
    """SetAddr: the answer comes from the new address already."""
    module.change_address(_number(content, 0, 4))
    return _reply(module, Answer.OK)


def _random(module: Module, content: bytes) -> list[Output]:
    return _reply(module, Answer.OK, module.chance.randbytes(4))


def _info_page(module: Module, content: bytes) -> list[Output]:
    page = module.parameters().encode(module.model.system_id).ljust(_INFO_PAGE_BYTES, b"\xff")
    return _reply(module, Answer.OK) + module.transfer(page, is_image=False)


def _write_notepad(module: Module, content: bytes) -> list[Output]:
    page = _number(content, 0, 1)
    if page not in module.notepad:
        return _reply(module, Answer.BAD_NOTEPAD_PAGE)
    module.notepad[page] = content[1:33].ljust(32, b"\0")
    return _reply(module, Answer.OK)


def _read_notepad(module: Module, content: bytes) -> list[Output]:
    page = module.notepad.get(_number(content, 0, 1))
    return _reply(module, Answer.BAD_NOTEPAD_PAGE) if page is None else _reply(module, Answer.OK, page)


def _template_count(module: Module, content: bytes) -> list[Output]:
    return _reply(module, Answer.OK, len(module.library).to_bytes(2, "big"))


def _read_index(module: Module, content: bytes) -> list[Output]:
    number = _number(content, 0, 1)
    if number >= _INDEX_PAGES:
        return _reply(module, Answer.OUT_OF_RANGE)
    return _reply(module, Answer.OK, module.library.index(number))


def _light(module: Module, content: bytes) -> list[Output]:
    """AuraLedConfig: control, speed, color, cycles."""
    if module.model.product is None:
        return _reply(module, Answer.UNSUPPORTED)
    if _number(content, 0, 1) not in _LIGHT_CONTROLS:
        return _reply(module, Answer.PACKET_ERROR)
    module.light = content[:4]
    return _reply(module, Answer.OK)


def _product_info(module: Module, content: bytes) -> list[Output]:
    product = module.model.product
    return (
        _reply(module, Answer.UNSUPPORTED) if product is None else _reply(module, Answer.OK, product.encode())
    )


def _version(module: Module, content: bytes) -> list[Output]:
    return _reply(module, Answer.OK, module.model.name.encode("ascii").ljust(32, b"\0"))


def _soft_reset(module: Module, content: bytes) -> list[Output]:
    """SoftRst: the acknowledgement, then the byte 55 of a module that starts."""
    acknowledged = _reply(module, Answer.OK)
    module.forget()
    return [*acknowledged, Output(bytes([STARTUP_BYTE]), module.timing.boot_s)]


def _done(module: Module, content: bytes) -> list[Output]:
    return _reply(module, Answer.OK)


def _echo(module: Module, content: bytes) -> list[Output]:
    return _reply(module, Answer.ALIVE)


HANDLERS: Final[dict[int, Handler]] = {
    Command.TAKE_IMAGE: _take_image,
    Command.CONVERT: _convert,
    Command.MATCH: _match,
    Command.SEARCH: _search,
    Command.MERGE: _merge,
    Command.STORE: _store,
    Command.LOAD: _load,
    Command.UPLOAD_TEMPLATE: _upload_template,
    Command.DOWNLOAD_TEMPLATE: _download_template,
    Command.UPLOAD_IMAGE: _upload_image,
    Command.DOWNLOAD_IMAGE: _download_image,
    Command.DELETE: _delete,
    Command.EMPTY: _empty,
    Command.SET_PARAMETER: _set_parameter,
    Command.READ_PARAMETERS: _read_parameters,
    Command.SET_PASSWORD: _set_password,
    Command.VERIFY_PASSWORD: _verify_password,
    Command.RANDOM: _random,
    Command.SET_ADDRESS: _set_address,
    Command.READ_INFO_PAGE: _info_page,
    Command.WRITE_NOTEPAD: _write_notepad,
    Command.READ_NOTEPAD: _read_notepad,
    Command.FAST_SEARCH: _fast_search,
    Command.TEMPLATE_COUNT: _template_count,
    Command.READ_INDEX: _read_index,
    Command.TAKE_CHECKED_IMAGE: _take_checked_image,
    Command.CANCEL: _done,
    Command.SLEEP: _done,
    Command.LIGHT: _light,
    Command.CHECK_SENSOR: _done,
    Command.ALGORITHM_VERSION: _version,
    Command.FIRMWARE_VERSION: _version,
    Command.PRODUCT_INFO: _product_info,
    Command.SOFT_RESET: _soft_reset,
    Command.HANDSHAKE: _done,
    Command.LED_ON: _done,
    Command.LED_OFF: _done,
    Command.TAKE_IMAGE_UNLIT: _take_image,
    Command.ECHO: _echo,
}
