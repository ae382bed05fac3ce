"""A small inventory service: the program that the supply chain of this repository releases.

It holds no tracing code; `opentelemetry-instrument gunicorn app:app` adds the spans from outside.
"""

from .web import create_app

app = create_app()
