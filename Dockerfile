# The inventory service: base -> deps -> test (tools and sources, for checks) and base -> deps -> runtime (what is
# released).
# Builds with BuildKit and with Podman's older builder (no heredocs, no external syntax image), on the official
# Python image or any base with python3 >= 3.12 and its venv module.
ARG PYTHON_IMAGE=docker.io/library/python:3.13-slim@sha256:70729b46c69b4f1e97c4822c1af3df53a1476cf5ddc6c087c0c10bc3a5678c2f

FROM ${PYTHON_IMAGE} AS base
# No bytecode is written: it would make equal builds differ, and the running user may not write it anyway.
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1


FROM base AS deps
# A download that breaks off is taken up again (pip 25.1 and newer; hashes are checked all the same).
ENV PIP_RESUME_RETRIES=5
# pip lives in a venv of its own, so that /opt/venv never holds a build tool.
RUN python3 -m venv /opt/pip \
    && python3 -m venv --without-pip /opt/venv
COPY app/requirements.lock /opt/
RUN /opt/pip/bin/pip --python /opt/venv/bin/python install --no-cache-dir --no-compile \
    --disable-pip-version-check --progress-bar=off --only-binary=:all: --no-deps --require-hashes -r /opt/requirements.lock


# The commands that are run in it are those of [tool.supply-chain.checks] in pyproject.toml.
FROM deps AS test
COPY app/requirements-test.lock /opt/
RUN /opt/pip/bin/pip --python /opt/venv/bin/python install --no-cache-dir --no-compile \
    --disable-pip-version-check --progress-bar=off --only-binary=:all: --no-deps --require-hashes -r /opt/requirements-test.lock
RUN /opt/pip/bin/pip --python /opt/venv/bin/python --disable-pip-version-check check
WORKDIR /srv
COPY app ./app


FROM base AS runtime
# The user is a line in /etc/passwd, which needs no useradd in the base; the official image's own pip goes.
RUN echo 'inventory:x:1001:1001:inventory service:/nonexistent:/usr/sbin/nologin' >> /etc/passwd \
    && echo 'inventory:x:1001:' >> /etc/group \
    && rm -rf /usr/local/bin/pip* /usr/local/lib/python3.*/site-packages/pip* \
        /usr/local/lib/python3.*/ensurepip
COPY --from=deps /opt/venv /opt/venv
# --chmod: a checkout made under a strict umask must not give an image that user 1001 cannot read.
WORKDIR /srv/app
COPY --chmod=0644 app/*.py ./
WORKDIR /srv

ARG PYTHON_IMAGE
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG SOURCE_URL=unknown
# Telemetry is off until the caller names an exporter, so that a run without a collector is quiet. The protocol is
# named because the distribution's own default, gRPC, is not installed.
ENV PORT=8080 \
    SERVICE_NAME=inventory \
    SERVICE_VERSION=${VERSION} \
    OTEL_SERVICE_NAME=inventory \
    OTEL_RESOURCE_ATTRIBUTES=service.version=${VERSION} \
    OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf \
    OTEL_TRACES_EXPORTER=none \
    OTEL_METRICS_EXPORTER=none \
    OTEL_LOGS_EXPORTER=none
LABEL org.opencontainers.image.title="inventory" \
      org.opencontainers.image.description="A small Flask inventory service, traced without tracing code" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE_URL}" \
      org.opencontainers.image.base.name="${PYTHON_IMAGE}"

USER 1001:1001
EXPOSE 8080
# Raw http.client, because urllib would follow a proxy named in the environment.
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s --retries=3 \
    CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['PORT']), timeout=2); c.request('GET', '/healthz'); sys.exit(c.getresponse().status != 200)"]
# One process, because the store is in its memory; threads, because /chain calls the service from within a request.
# Without --bind gunicorn listens on 0.0.0.0:$PORT. Heartbeats go to memory, so the root may be read-only.
CMD ["opentelemetry-instrument", "gunicorn", "--workers=1", "--threads=8", "--timeout=30", "--graceful-timeout=2", "--keep-alive=5", "--worker-tmp-dir=/dev/shm", "--no-control-socket", "--access-logfile=-", "app:app"]
