"""The HTTP side: which address answers what."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Flask, current_app, request, url_for
from werkzeug.exceptions import NotFound

from . import parsing, upstream, work
from .errors import register_errors
from .inventory import Inventory
from .settings import Settings

MAX_BODY = 16 * 1024
"""Bytes of a request body; an item needs far less."""

BURST_IDS = (1, 0, 2, 1_000_001, 3)
"""What `/burst` reads; numbers outside 1..CAPACITY are never given out, so some are always missing."""

routes = Blueprint("inventory", __name__)


def create_app(settings: Settings | None = None, inventory: Inventory | None = None) -> Flask:
    """Build the service; without arguments as the environment says, with the first items.

    Raises:
        SettingsError: the environment holds a value the service cannot start with.
    """
    app = Flask("app", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.extensions["settings"] = settings or Settings.from_env()
    app.extensions["inventory"] = inventory or Inventory()
    app.register_blueprint(routes)
    register_errors(app)
    return app


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _inventory() -> Inventory:
    inventory: Inventory = current_app.extensions["inventory"]
    return inventory


@routes.get("/")
def index() -> dict[str, Any]:
    """Say which service and version this is."""
    settings = _settings()
    return {"service": settings.name, "version": settings.version, "status": "ok"}


@routes.get("/healthz")
def healthz() -> dict[str, Any]:
    """Say that requests are answered; used by the image's HEALTHCHECK."""
    return {"status": "ok"}


@routes.get("/items")
def list_items() -> dict[str, Any]:
    """List every item."""
    items = [asdict(item) for item in _inventory().all()]
    return {"items": items, "count": len(items)}


@routes.get("/items/<int:item_id>")
def get_item(item_id: int) -> dict[str, Any]:
    """Show one item, or 404."""
    item = _inventory().get(item_id)
    if item is None:
        raise NotFound(f"There is no item {item_id}.")
    return asdict(item)


@routes.post("/items")
def add_item() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Store the item of the JSON body: 201 with its number and address."""
    name, quantity = parsing.new_item(request.get_json())
    item = _inventory().add(name, quantity)
    return asdict(item), 201, {"Location": url_for(".get_item", item_id=item.id)}


@routes.get("/process")
def process() -> dict[str, Any]:
    """Do CPU work of size `n`: count the primes up to it."""
    n = parsing.bounded_int("n", request.args.get("n", "1000"), 1, work.MAX_N)
    return {"n": n, "primes": work.count_primes(n)}


@routes.get("/chain")
def chain() -> dict[str, Any]:
    """Ask our own `/items` over HTTP; 502 if that gives no usable answer."""
    items = upstream.fetch_items(_settings().base_url)
    return {"upstream": "/items", "count": len(items), "items": items}


@routes.get("/burst")
def burst() -> dict[str, Any]:
    """Read several items in a row, some of them missing."""
    reads = {item_id: _inventory().get(item_id) for item_id in BURST_IDS}
    found = [asdict(item) for item in reads.values() if item is not None]
    missing = [item_id for item_id, item in reads.items() if item is None]
    return {"reads": len(reads), "found": found, "missing": missing}
