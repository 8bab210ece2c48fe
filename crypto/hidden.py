"""The base of everything secret: it shows nothing when printed and is never copied out whole."""

from typing import NoReturn, SupportsIndex


class Hidden:
    """An object that hides its content in ``repr``, ``str`` and ``format`` and refuses pickling.

    A log line, a traceback or a cache then cannot carry the content out by
    accident; it leaves only through methods that say so (``reveal``, ``seed``).
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    def __str__(self) -> str:
        return repr(self)

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError(f"{type(self).__name__} is never pickled or copied")
