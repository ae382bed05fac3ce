"""Changes the SDK where it does the same work again and again, or would speak of bugs of its own.

All this is for processes that live for one call. Nothing here imports the engine: the module must not see it.
"""

import contextlib
import functools
import importlib.util
import json
import ssl
import sys
from collections.abc import Callable, Iterator
from typing import Any


def make_lean() -> None:
    """Spares a call what does not depend on it."""
    share_converter()
    trust_nobody()
    quote_as_json()
    if importlib.util.find_spec("sniffio") is None:
        sys.modules["sniffio"] = None  # type: ignore[assignment]  # httpcore looks for it at every request


def share_converter() -> None:
    """One converter of arguments and plain results for all links of a chain.

    The SDK makes a new one for each link, which only objects need that are made of a result: they get it.
    """
    from dagger.client import _core  # noqa: PLC0415
    from dagger.client.base import Scalar  # noqa: PLC0415

    own = _core.make_converter
    shared = own(None)  # type: ignore[arg-type]

    class Converter:
        def __init__(self, link: Any) -> None:
            self._link = link

        unstructure = staticmethod(shared.unstructure)

        def structure(self, value: Any, hint: Any) -> Any:
            plain = isinstance(hint, type) and issubclass(hint, (str, int, float, Scalar))
            return (shared if plain else own(self._link)).structure(value, hint)

    _core.make_converter = Converter  # type: ignore[assignment]


def quote_as_json() -> None:
    """Has strings be quoted as in JSON, which GraphQL reads alike: its printer looks at each character."""
    from graphql.language import printer  # noqa: PLC0415

    vars(printer)["print_string"] = functools.partial(json.dumps, ensure_ascii=False)


def trust_nobody() -> None:
    """Has the SDK's connection trust no authority: it goes to this machine by plain HTTP.

    Reading the host's authorities takes a fifth of a short call.
    """
    from dagger.client import _session  # noqa: PLC0415

    nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    _session.TelemetryTransport = functools.partial(  # type: ignore[misc, assignment]
        _session.TelemetryTransport, verify=nobody
    )


@contextlib.contextmanager
def without_programs() -> Iterator[None]:
    """Has httpx be imported without its command line, as where the packages for that are not installed."""
    sys.modules["httpx._main"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["httpx._main"]


@contextlib.contextmanager
def checks_when_used() -> Iterator[None]:
    """Has the SDK's classes get the checks of their arguments when they are first used, not when imported.

    Making the checks (beartype's) of all seventy classes takes most of the time of the SDK's import, and
    a call uses a handful.
    """
    import beartype  # noqa: PLC0415

    at_once = beartype.beartype

    def when_used(*, conf: Any) -> Callable[[Any], Any]:
        check = at_once(conf=conf)
        return lambda checked: (
            checked_when_used(checked, check) if isinstance(checked, type) else check(checked)
        )

    beartype.beartype = when_used  # type: ignore[assignment]
    try:
        yield
    finally:
        beartype.beartype = at_once


def checked_when_used(checked: Any, check: Callable[[type], type]) -> type:
    """The class; its first instance brings the checks."""
    plain = vars(checked).get("__init__")

    @functools.wraps(checked.__init__)
    def first(self: Any, *args: Any, **kwargs: Any) -> None:
        if plain is None:
            del checked.__init__
        else:
            checked.__init__ = plain
        check(checked)
        checked.__init__(self, *args, **kwargs)

    checked.__init__ = first
    made: type = checked
    return made


def name_unserved_calls() -> None:
    """Makes the SDK say which part of the API is missing, where it would speak of a bug of its own.

    The SDK builds its queries from the schema that the session offers, so calls which the local engine lacks
    fail before they are sent.
    """
    from dagger import InvalidQueryError  # noqa: PLC0415
    from dagger.client import _core  # noqa: PLC0415

    to_dsl = _core.Field.to_dsl

    def checked(self: Any, schema: Any) -> Any:
        owner = schema._schema.type_map.get(self.type_name)  # noqa: SLF001
        field = owner and owner.fields.get(self.name)
        lacking = [] if field is None else [name for name in self.args if name not in field.args]
        if field is None or lacking:
            what = f"{self.type_name}.{self.name}" + (f" with {', '.join(lacking)}" if lacking else "")
            raise InvalidQueryError(
                f"{what} is not in the local engine; use Dagger (https://docs.dagger.io/install)"
            )
        return to_dsl(self, schema)

    # The SDK has no hook for this.
    _core.Field.to_dsl = checked  # type: ignore[method-assign]
