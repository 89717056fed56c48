"""The order of things: one function that stacks the layers, outermost first."""

from __future__ import annotations

from collections.abc import Iterable

from guardrails.seams import Handler, Layer
from guardrails.types import Call, Reply

__all__ = ["stack"]


def stack(layers: Iterable[Layer | None], innermost: Handler) -> Handler:
    """`innermost` inside of `layers`, the first of which is the outermost. None stands for a layer not wanted."""
    handler = innermost
    for layer in reversed([layer for layer in layers if layer is not None]):
        handler = _inside(layer, handler)
    return handler


def _inside(layer: Layer, proceed: Handler) -> Handler:
    async def handle(call: Call) -> Reply:
        return await layer(call, proceed)

    return handle
