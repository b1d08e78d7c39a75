"""The arrays of the CuPy stand-in: NumPy arrays that take no part in NumPy's conveniences.

The module around them, and what all this is for, is in cupy_standin.py.
"""

import operator
import weakref
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, ClassVar

import numpy as np
from cupy_device import DEVICE, Differs
from cupy_graph import allocate, example, perform
from cupy_names import NAMES, signature

ATTRIBUTES = {"T", "mT", "shape", "dtype", "ndim", "size", "itemsize", "nbytes", "strides", "flags"}
FETCHES = {"item", "tolist", "tobytes", "dump", "dumps", "tofile"}  # methods that copy to the host
SYNCS = {*NAMES["syncs"], "argwhere", "lib.stride_tricks.sliding_window_view"}
CREATES = {"arange", "eye", "full", "identity", "linspace", "ones", "tri", "zeros"}
IN_PLACE = {np.copyto, np.put, np.place, np.putmask, np.fill_diagonal}
IN_PLACE |= {np.ndarray.fill, np.ndarray.put, np.ndarray.sort, np.ndarray.partition}
JOINS = {"concatenate", "stack", "vstack", "hstack", "dstack", "column_stack"}
FEW_JOINED = (
    8  # arrays, copied one by one; a kernel joins more, to which their addresses are uploaded
)
METADATA = {"can_cast", "isdtype", "isscalar", "issubdtype", "promote_types", "result_type"}


def operand(x: Any) -> Any:
    """The host value of what an elementwise operation takes: device arrays and scalars."""
    if isinstance(x, ndarray):
        return x._host
    if isinstance(x, bool | int | float | complex | np.generic):
        return x
    raise TypeError(f"Unsupported type {type(x)}")


def argument(x: Any) -> Any:
    """The host value of any other argument: a size, a dtype, a list of arrays; no host array."""
    if isinstance(x, list | tuple):
        return type(x)(argument(entry) for entry in x)
    if isinstance(x, np.ndarray):
        raise TypeError(f"Unsupported type {type(x)}")
    return x._host if isinstance(x, ndarray) else x


def arrays_in(x: Any) -> Iterator[np.ndarray]:
    if isinstance(x, np.ndarray):
        yield x
    elif isinstance(x, list | tuple):
        for entry in x:
            yield from arrays_in(entry)


def on_device(host: Any) -> "ndarray":
    """The device array around a host array or scalar: the result of a reduction is 0-d."""
    array = object.__new__(ndarray)
    array._host = np.asarray(host)
    return array


def result_of(
    operation: str, compute: Callable, inputs: list[np.ndarray], look: Callable | None = None
) -> Any:
    """Put compute() on the device. What shares no memory with an input took a launch.

    look computes something of the same shape and dtype where the inputs are not there yet.
    """
    if DEVICE.capture is None:
        return _put(operation, compute(), compute, inputs)
    DEVICE.capture.refuse(operation)
    return _put(operation, example(look or compute), compute, inputs)


def _put(operation: str, result: Any, compute: Callable, inputs: list[np.ndarray]) -> Any:
    if isinstance(result, list | tuple):
        entries = enumerate(result)
        return [_put(operation, r, lambda i=i: compute()[i], inputs) for i, r in entries]
    if not isinstance(result, np.ndarray | np.generic | bool) or operation in METADATA:
        return result  # a size, a dtype
    if not any(np.may_share_memory(result, x) for x in inputs):
        DEVICE.launch(operation)
        if DEVICE.capture is not None:
            result = DEVICE.capture.result(np.asarray(result), compute)
        allocate(result)
    return on_device(result)


def call(operation: str, function: Callable, text: str, *args: Any, **kwargs: Any) -> Any:
    """Run NumPy's function, if CuPy has these arguments and every array is on the device."""
    signature(text).bind(*args, **kwargs)
    convert = operand if isinstance(function, np.ufunc) else argument
    host_args = [convert(x) for x in args]
    host_kwargs = {name: argument(x) for name, x in kwargs.items()}
    inputs = [*arrays_in(host_args), *arrays_in(list(host_kwargs.values()))]
    if not inputs and convert is argument and operation not in CREATES | METADATA:
        raise TypeError(f"cupy.{operation} takes CuPy arrays, got {args}")
    if operation in SYNCS:
        DEVICE.wait(operation)
    if operation in JOINS and len(args[0]) > FEW_JOINED:
        DEVICE.upload(operation)
    compute = partial(function, *host_args, **host_kwargs)
    if operation in FETCHES:
        DEVICE.fetch(operation)
        return compute()
    if function in IN_PLACE or "out" in kwargs:
        perform(operation, compute)
        return kwargs.get("out")
    return result_of(operation, compute, inputs)


class MemoryPointer:
    """Where an array lies, for a kernel or a library that is told its address."""

    at: ClassVar[weakref.WeakValueDictionary] = weakref.WeakValueDictionary()  # the memory there
    dtypes: ClassVar[dict[int, np.dtype]] = {}  # of the array that was last asked for its address

    def __init__(self, host: np.ndarray) -> None:
        if not host.flags.c_contiguous:
            raise Differs("the address of an array that is not contiguous says nothing of the rest")
        self.ptr = int(host.ctypes.data)
        memory = host
        while isinstance(memory.base, np.ndarray):
            memory = memory.base
        self.at[self.ptr], self.dtypes[self.ptr] = memory, host.dtype


class ndarray:
    """CuPy's array, as far as minigan may use it."""

    __slots__ = ("_host",)
    __array_ufunc__ = None  # NumPy's operators then leave np.float32(2) * a to __rmul__ here
    __hash__ = None

    def __init__(self, shape: Any, dtype: Any = float) -> None:
        self._host = garbage(np.empty(shape, dtype))
        allocate(self._host)

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("Implicit conversion to a NumPy array is not allowed.")

    def __array_function__(self, function: Callable, *rest: Any) -> Any:
        raise TypeError(f"numpy.{function.__name__} was called with a CuPy array; use cupy's.")

    def __getattr__(self, name: str) -> Any:
        if name in ATTRIBUTES:
            value = getattr(self._host, name)
            return on_device(value) if isinstance(value, np.ndarray) else value
        if name in NAMES["methods"] and hasattr(np.ndarray, name):
            return partial(call, name, getattr(np.ndarray, name), NAMES["methods"][name], self)
        if name in NAMES["methods"] or name in NAMES["attributes"]:
            raise NotImplementedError(f"the stand-in has no cupy.ndarray.{name}")
        raise AttributeError(f"'cupy.ndarray' object has no attribute {name!r}")

    @property
    def data(self) -> "MemoryPointer":
        return MemoryPointer(self._host)

    def get(self) -> np.ndarray:
        DEVICE.fetch("get")
        return self._host.copy()

    def __len__(self) -> int:
        return len(self._host)

    def __iter__(self) -> Iterator["ndarray"]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, key: Any) -> "ndarray":
        host_key = self._host_key(key)
        zeros = tuple(np.zeros_like(i) if isinstance(i, np.ndarray) else i for i in host_key)
        return result_of(
            "getitem",
            lambda: self._host[self._in_range(host_key)],
            [self._host],
            lambda: self._host[zeros],
        )

    def __setitem__(self, key: Any, value: Any) -> None:
        host_key, host_value = self._host_key(key), operand(value)

        def work() -> None:
            self._in_range(host_key)
            if np.ndim(host_value) and any(isinstance(item, np.ndarray) for item in host_key):
                places = np.arange(self.size).reshape(self.shape)[host_key]
                if np.unique(places).size < places.size:  # slices alone meet no element twice
                    raise Differs(
                        "an index occurs twice in an assignment; CuPy leaves the winner open"
                    )
            self._host[host_key] = host_value

        perform("setitem", work)

    def _in_range(self, host_key: tuple) -> tuple:
        if any(isinstance(item, np.ndarray) for item in host_key):
            try:
                self._host[host_key]
            except IndexError as error:
                raise Differs(f"{error}; CuPy wraps an index out of range around") from error
        return host_key

    def _host_key(self, key: Any) -> tuple:
        """The key for the host array; without index arrays it gives a view, of one element, too."""
        items = []
        for item in key if isinstance(key, tuple) else (key,):
            if isinstance(item, list | np.ndarray):
                DEVICE.upload("index")
                item = on_device(item)
            if isinstance(item, ndarray) and item.dtype == bool:
                DEVICE.wait("boolean mask")
            items.append(item._host if isinstance(item, ndarray) else item)
        if not any(isinstance(item, np.ndarray) for item in items):
            return tuple(items) if Ellipsis in items else (*items, ...)
        return tuple(items)


def garbage(host: np.ndarray) -> np.ndarray:
    """What uninitialised memory holds, at its most visible: NaN, or the smallest integer."""
    host.fill(np.iinfo(host.dtype).min if host.dtype.kind in "iu" else np.nan)
    return host


def _binary(ufunc: np.ufunc, *, reflected: bool = False) -> Callable:
    # NumPy's x**0.5 is sqrt(x) and may differ from power(x, 0.5) in the last bit
    function = operator.pow if ufunc is np.power else ufunc

    def method(self: ndarray, other: Any) -> ndarray:
        x, y = self._host, operand(other)
        operands = (y, x) if reflected else (x, y)
        return result_of(ufunc.__name__, lambda: function(*operands), [])

    return method


def _in_place(ufunc: np.ufunc) -> Callable:
    def method(self: ndarray, other: Any) -> ndarray:
        host, value = self._host, operand(other)
        if np.broadcast_shapes(host.shape, np.shape(value)) != host.shape:
            raise ValueError("non-broadcastable output operand")
        perform(ufunc.__name__, lambda: ufunc(host, value, out=host))
        return self

    return method


def _unary(ufunc: np.ufunc) -> Callable:
    return lambda self: result_of(ufunc.__name__, lambda: ufunc(self._host), [])


def _fetching(name: str) -> Callable:
    def method(self: ndarray, *args: Any) -> Any:
        DEVICE.fetch(name)
        return getattr(self._host, name)(*args)

    return method


_BINARY = {"add": "add", "sub": "subtract", "mul": "multiply", "truediv": "true_divide"}
_BINARY |= {"floordiv": "floor_divide", "mod": "remainder", "pow": "power", "matmul": "matmul"}
_BINARY |= {"and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor"}
_BINARY |= {"lshift": "left_shift", "rshift": "right_shift"}
_COMPARED = {"lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal"}
_COMPARED |= {"eq": "equal", "ne": "not_equal"}
_UNARY = {"neg": "negative", "pos": "positive", "abs": "absolute", "invert": "invert"}
_FETCHED = ("bool", "float", "int", "complex", "repr", "str", "format")

ndarray.__module__ = "cupy"
for _name, _ufunc in _BINARY.items():
    setattr(ndarray, f"__{_name}__", _binary(getattr(np, _ufunc)))
    setattr(ndarray, f"__r{_name}__", _binary(getattr(np, _ufunc), reflected=True))
    if _name != "matmul":  # CuPy has no __imatmul__
        setattr(ndarray, f"__i{_name}__", _in_place(getattr(np, _ufunc)))
for _name, _ufunc in _COMPARED.items():
    setattr(ndarray, f"__{_name}__", _binary(getattr(np, _ufunc)))
for _name, _ufunc in _UNARY.items():
    setattr(ndarray, f"__{_name}__", _unary(getattr(np, _ufunc)))
for _name in _FETCHED:
    setattr(ndarray, f"__{_name}__", _fetching(f"__{_name}__"))
