"""Whether container registries can be reached from here: decides between official images and stand-ins."""

import ssl
import threading
import time
from collections.abc import Iterable

import httpx

# Docker Hub's API lives on another host than its references name.
REGISTRIES = ("registry-1.docker.io", "ghcr.io", "gcr.io")


def reachable(registry_host: str, timeout: float = 3.0) -> bool:
    """Whether a container registry answers at `https://HOST/v2/` within so many seconds.

    A proxy's or portal's page is no answer: it must come with the registry API's header or as JSON.
    `http://HOST` may be given for a registry without TLS.
    """
    base = registry_host if "://" in registry_host else f"https://{registry_host}"
    try:
        context = ssl.create_default_context()  # the system's authorities, which may include the site's own
        answer = httpx.get(f"{base}/v2/", timeout=timeout, verify=context)
    except (httpx.HTTPError, httpx.InvalidURL, OSError):
        return False
    is_json = answer.headers.get("content-type", "").startswith("application/json")
    speaks = "docker-distribution-api-version" in answer.headers or is_json
    return answer.status_code in {200, 401} and speaks


def all_reachable(hosts: Iterable[str] = REGISTRIES, timeout: float = 3.0) -> bool:
    """Whether every one answers; asked at once, never longer than the timeout: a name server may hang."""
    answers: list[bool] = []
    threads = [
        threading.Thread(target=lambda h=host: answers.append(reachable(h, timeout)), daemon=True)
        for host in hosts
    ]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + timeout
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return len(answers) == len(threads) and all(answers)
