"""Containers that run: a root filesystem, a network, an OCI bundle of both, and what starts it."""
