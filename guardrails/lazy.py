"""Properties that are worked out when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

__all__ = ["lazy"]

_Value = TypeVar("_Value")


class lazy(Generic[_Value]):  # noqa: N801 - it is used as a decorator
    """As `functools.cached_property`, less its lock.

    Before Python 3.12 there is one for all instances of a class, and threads that read different texts wait for one
    another. Here two threads that ask the same instance at once may both work it out.
    """

    def __init__(self, make: Callable[[Any], _Value]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type | None = None) -> _Value: ...

    def __get__(self, instance: object | None, owner: type | None = None) -> Self | _Value:
        if instance is None:
            return self
        value = instance.__dict__[self._name] = self._make(instance)
        return value
