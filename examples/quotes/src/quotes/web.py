"""The HTTP side: which address answers what."""

import json
import os
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from quotes.tariff import ZONES, NotCarried, price

MAX_BODY = 1024
"""Bytes of a request body; a parcel needs far less."""


def create_app() -> Starlette:
    """Build the service; its version is what VERSION in the environment says."""
    app = Starlette(
        routes=[
            Route("/ready", ready),
            Route("/zones", zones),
            Route("/quotes", quote, methods=["POST"]),
        ],
        exception_handlers={HTTPException: as_json},
        max_body_size=MAX_BODY,
    )
    app.state.version = os.environ.get("VERSION", "0.0.0")
    return app


async def ready(request: Request) -> JSONResponse:
    """Say that requests are answered, and by which version."""
    return JSONResponse({"status": "ready", "version": request.app.state.version})


async def zones(_: Request) -> JSONResponse:
    """List where parcels go."""
    return JSONResponse({"zones": list(ZONES)})


async def quote(request: Request) -> JSONResponse:
    """Price the parcel of the JSON body: its zone and its weight in grams."""
    zone, grams = _parcel(await request.body())
    try:
        cents = price(zone, grams)
    except NotCarried as error:
        raise HTTPException(422, str(error)) from None
    return JSONResponse({"zone": zone, "grams": grams, "cents": cents})


async def as_json(_: Request, error: Exception) -> JSONResponse:
    """Answer with an error as with everything else, in JSON."""
    assert isinstance(error, HTTPException)  # noqa: S101 - tells the type checker what is registered
    return JSONResponse({"error": error.detail}, error.status_code, error.headers)


def _parcel(body: bytes) -> tuple[str, int]:
    """Zone and grams of a request's body, or 400."""
    try:
        content: Any = json.loads(body)
    except ValueError:  # no JSON, or no UTF-8
        raise HTTPException(400, "the body is not JSON") from None
    match content:
        case {"zone": str(zone), "grams": int(grams)} if not isinstance(grams, bool):
            return zone, grams
        case _:
            raise HTTPException(400, 'the body takes {"zone": text, "grams": whole number}')
