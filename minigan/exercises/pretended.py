"""A pretended GPU, small enough to be read: arrays that only their own library may touch.

`Device()` plays that library, xp. Its arrays lie in NumPy's hidden inside a class which refuses
what a GPU's refuse, and, since nothing here is really slow, also what costs there: whatever makes
the host wait for the device. The tests' stand-in for CuPy (tests/cupy_standin.py) is the strict
and complete one; this is for exercises and for the book.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import numpy as np

from minigan.exercises.exercise import WrongAnswer

# What makes the host wait: its result, or the result's size, is a value of the device.
WAITS = {"item", "tolist", "tobytes", "get", "asnumpy", "nonzero", "flatnonzero", "argwhere"}
WAITS |= {"unique", "count_nonzero", "allclose", "array_equal", "save", "savetxt", "savez"}
BINARY = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor"]
OF_NUMPY = {"add", "subtract", "multiply", "divide", "power", "floor_divide", "remainder"}
OF_NUMPY |= {"less", "less_equal", "greater", "greater_equal", "equal", "not_equal"}


class Device:
    """An array library whose arrays are elsewhere.

    `launches` counts what a GPU would have to be asked for, one for each operation whose result is
    no view; `uploads`, copies from the host.

    **Raises**  AttributeError for a name that it lacks, WrongAnswer for what makes the host wait.

    >>> xp = Device()
    >>> a = xp.asarray([[1.0, 2.0], [3.0, 4.0]])
    >>> b = (xp.sqrt(a) + 1).sum(axis=0).reshape(2, 1)
    >>> xp.launches, xp.uploads, b
    (3, 1, DeviceArray((2, 1), float64))
    """

    def __init__(self) -> None:
        self.launches = self.uploads = 0

    def asarray(self, values: Any, dtype: Any = None) -> Any:
        """An array of the device: itself, or a copy of the host's values."""
        if isinstance(values, DeviceArray):
            return values if dtype is None else values.astype(dtype)
        self.uploads += 1
        return DeviceArray(np.array(values, dtype), self)

    array = asarray

    def __getattr__(self, name: str) -> Any:
        if name in WAITS:
            _wait(f"xp.{name}()")
        found = getattr(np, name, None)
        if found is None or isinstance(found, ModuleType):
            raise AttributeError(f"the pretended device's library has no {name}")
        if not callable(found) or isinstance(found, type):  # a number, a dtype
            return found
        return Function(self, found)

    def run(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """What NumPy makes of the hidden arrays, as an array of the device."""
        values = [_hidden(a) for a in args]
        named = {name: _hidden(a) for name, a in kwargs.items()}
        with np.errstate(all="ignore"):
            result = function(*values, **named)
        self.launches += kwargs.get("out") is not None
        if isinstance(result, list | tuple):  # of split, divmod
            return [self._placed(r, values) for r in result]
        return self._placed(result, values) if kwargs.get("out") is None else kwargs["out"]

    def _placed(self, result: Any, given: list[Any]) -> Any:
        """A result as an array of the device; what is a view of another one took no launch."""
        if not isinstance(result, np.ndarray | np.generic):
            return result  # a size, a dtype
        arrays = [a for a in given if isinstance(a, np.ndarray)]
        self.launches += not any(np.may_share_memory(result, a) for a in arrays)
        return DeviceArray(np.asarray(result), self)


class Function:
    """A function of the library; of NumPy's it has the call alone.

    **Raises**  WrongAnswer for its methods, such as .reduce.
    """

    def __init__(self, device: Device, of_numpy: Callable[..., Any]) -> None:
        self._device, self._of_numpy = device, of_numpy

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._device.run(self._of_numpy, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or not hasattr(self._of_numpy, name):
            raise AttributeError(f"a function of the pretended library has no {name}")
        raise WrongAnswer(
            f"the pretended library has no .{name}: call xp.max or xp.sum with axis=."
        )


class DeviceArray:
    """An array of a pretended GPU.

    **Raises**  WrongAnswer for what would make the host wait, and for arrays of NumPy beside it.
    """

    def __init__(self, host: Any, device: Device) -> None:
        self._host, self._device = host, device

    def __getattr__(self, name: str) -> Any:
        if name in WAITS:
            _wait(f".{name}()")
        if name.startswith("_") or not hasattr(np.ndarray, name):
            raise AttributeError(f"an array of the device has no attribute {name}")
        found = getattr(np.ndarray, name)
        if callable(found):
            return lambda *args, **kwargs: self._device.run(found, self, *args, **kwargs)
        value = getattr(self._host, name)
        return DeviceArray(value, self._device) if isinstance(value, np.ndarray) else value

    def __getitem__(self, key: Any) -> Any:
        return self._device.run(operator.getitem, self, _index(key))

    def __setitem__(self, key: Any, value: Any) -> None:
        self._host[_hidden(_index(key))] = _hidden(value)
        self._device.launches += 1

    def __len__(self) -> int:
        return len(self._host)

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __array_ufunc__(self, ufunc: Any, method: str, *args: Any, **kwargs: Any) -> Any:
        if isinstance(args[0], np.generic) and ufunc.__name__ in OF_NUMPY and not kwargs:
            return self._device.run(ufunc, *args)  # np.float32(2) * a: the operator of a's library
        if any(isinstance(a, np.ndarray) for a in args):
            _mixed()
        _numpy(ufunc.__name__)

    def __array_function__(self, function: Any, *rest: Any) -> Any:
        _numpy(function.__name__)

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        _wait("the conversion to a NumPy array")

    def __bool__(self) -> bool:
        raise WrongAnswer(
            "the truth of an array of the device is asked for (if, while, and, or): the host would "
            "wait to hear it; let xp.where or xp.maximum choose on the device."
        )

    def __float__(self) -> float:
        return float(_wait("float()"))

    def __int__(self) -> int:
        return int(_wait("int()"))

    __index__ = __int__

    def __str__(self) -> str:
        return str(_wait("printing"))

    def __repr__(self) -> str:
        return f"DeviceArray({self.shape}, {self.dtype})"


def fetched(a: DeviceArray) -> Any:
    """The values of an array of the device, copied to the host: for whoever judges."""
    return a._host.copy()


def _hidden(a: Any) -> Any:
    """What an argument is for NumPy: an array of the device, a number, or a list of them."""
    if isinstance(a, DeviceArray):
        return a._host
    if isinstance(a, list | tuple):
        return type(a)(_hidden(entry) for entry in a)
    if isinstance(a, np.ndarray):
        _mixed()
    return a


def _index(key: Any) -> Any:
    """The key itself.

    **Raises**  WrongAnswer for a mask, whose count of True the host would have to wait for.
    """
    for item in key if isinstance(key, tuple) else (key,):
        if isinstance(item, DeviceArray) and item.dtype == bool:
            _wait("a boolean mask as an index")
    return key


def _numpy(name: str) -> Any:
    raise WrongAnswer(
        f"np.{name} is called on an array of the device: NumPy reads the host's memory; xp.{name} "
        "is the function of the array's own library."
    )


def _wait(what: str) -> Any:
    raise WrongAnswer(
        f"{what} of an array of the device makes the host wait for all that was launched, and "
        "copies: keep it an array; one number is an array of no axes."
    )


def _mixed() -> Any:
    raise WrongAnswer(
        "an array of the host meets one of the device: they lie in different memories; make both "
        "by xp."
    )


def _define_operators() -> None:
    """The operators of DeviceArray: a launch each."""

    def operators(f: Any) -> tuple[Any, Any]:
        return (
            lambda self, other: self._device.run(f, self, other),
            lambda self, other: self._device.run(f, other, self),
        )

    def in_place(f: Any) -> Any:
        def method(self: DeviceArray, other: Any) -> DeviceArray:
            self._host = f(self._host, _hidden(other))
            self._device.launches += 1
            return self

        return method

    for name in BINARY:
        plain, reflected = operators(getattr(operator, f"__{name}__"))
        setattr(DeviceArray, f"__{name}__", plain)
        setattr(DeviceArray, f"__r{name}__", reflected)
        setattr(DeviceArray, f"__i{name}__", in_place(getattr(operator, f"__i{name}__")))
    for name in ("lt", "le", "gt", "ge", "eq", "ne"):
        setattr(DeviceArray, f"__{name}__", operators(getattr(operator, name))[0])
    for name in ("neg", "abs", "invert"):
        f = getattr(operator, name)
        setattr(DeviceArray, f"__{name}__", lambda self, f=f: self._device.run(f, self))


_define_operators()
