"""dagger-local: the part of the Dagger API that a module uses, answered on Podman."""
