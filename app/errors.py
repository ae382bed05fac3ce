"""Every 4xx and 5xx that the service answers is JSON of one shape."""

from flask import Flask, jsonify
from werkzeug.exceptions import BadGateway, Conflict, HTTPException
from werkzeug.sansio.response import Response

from .inventory import InventoryFullError
from .upstream import UpstreamError


def register_errors(app: Flask) -> None:
    """Make `app` answer errors as `{"error": {"status", "title", "message"}}`."""
    app.register_error_handler(HTTPException, _as_json)

    @app.errorhandler(InventoryFullError)
    def _full(error: InventoryFullError) -> Response:
        return _as_json(Conflict(f"Nothing was stored: {error}."))

    @app.errorhandler(UpstreamError)
    def _upstream(error: UpstreamError) -> Response:
        # The reason names addresses of the inside: it belongs in the log, not in the answer.
        app.logger.warning("upstream call failed: %s", error)
        return _as_json(BadGateway("The called service gave no usable answer; see this service's log."))


def _as_json(error: HTTPException) -> Response:
    """Keep the status and headers (such as Allow) of werkzeug's own answer; replace its HTML body."""
    answer = error.get_response()
    body = {"status": answer.status_code, "title": error.name, "message": error.description}
    json_answer = jsonify(error=body)
    answer.data = json_answer.get_data()
    answer.content_type = json_answer.content_type
    return answer
