"""The real pipeline, run as a person runs it: Podman, registry, Trivy, cosign, all through `./daggerw`."""
