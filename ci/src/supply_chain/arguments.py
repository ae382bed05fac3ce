"""Arguments that several functions take, with the words their help has for them."""

from typing import Annotated

import dagger
from dagger import DefaultPath, Doc, Ignore

# What a build never needs; kept out so that it neither travels nor spoils caches.
_NOT_SOURCE = [
    ".git",
    ".venv",
    ".cache",
    "dist",
    "**/__pycache__",
    "**/.*_cache",
    ".hypothesis",
    ".coverage",
    "**/*.egg-info",
]

# It needs a default: an argument with an ignore list may not be left empty (seen on v0.21.8).
Source = Annotated[
    dagger.Directory,
    DefaultPath("/"),
    Ignore(_NOT_SOURCE),
    Doc("The source of the service: Dockerfile, lock files, settings under [tool.supply-chain]"),
]
Own = Annotated[
    bool, Doc("Where no source is given, take the repository that this module lies in: for its own makers")
]
Git = Annotated[
    dagger.Directory | None,
    Doc("The source's .git directory, for its commit, its version tag and whether it was changed since"),
]
ImagesFile = Annotated[
    dagger.File | None,
    Doc("TOML that overrides tool and base images: [images.NAME] with reference and version"),
]
Dockerfile = Annotated[str, Doc("The Dockerfile, relative to the source; found when there is only one")]
Target = Annotated[str, Doc("The stage to release; else `runtime` where there is one, else the last")]
TestTarget = Annotated[str, Doc("The stage in which lint, types and test run; else `test`")]
Platform = Annotated[str, Doc("Platform of the image, e.g. linux/arm64; else the engine's own")]
Port = Annotated[int, Doc("Port the service listens on; else the one that the image exposes")]
HealthPath = Annotated[str, Doc("Path that answers 200 once the service is ready; else /healthz")]
PatienceSeconds = Annotated[
    int, Doc("Seconds to wait, over the whole run, for services that are down; 0: fail at once")
]

Version = Annotated[str, Doc("Version to release, which becomes the tag; else the git tag of the commit")]
BuildVersion = Annotated[str, Doc("Version written into the image")]
Revision = Annotated[str, Doc("Commit the source is at; else what --git says")]
ReleaseRepository = Annotated[str, Doc("Where to release to, HOST/PATH; left out, this is a rehearsal")]
Image = Annotated[dagger.Container | None, Doc("The image, in place of one built from the source")]
Tarball = Annotated[dagger.File | None, Doc("The image as an OCI layout in a tar, in its place")]
GivenReference = Annotated[
    str, Doc("The image in a registry, in its place: HOST/PATH@sha256:… or HOST/PATH:TAG")
]
SomeReference = Annotated[
    str, Doc("The image in its registry, by digest or tag: HOST/PATH@sha256:… or HOST/PATH:TAG")
]

Db = Annotated[
    dagger.Directory | None,
    Doc("A Trivy cache directory with the vulnerability database in db/; left out, it is downloaded"),
]
AllowSample = Annotated[bool, Doc("Let a sample database do, in a rehearsal")]
MaxDbAge = Annotated[int, Doc("Hours since the database was last updated, at most")]
Advisories = Annotated[
    dagger.Directory | None,
    Doc("A directory of advisories in OSV's format to audit against; left out, pip-audit's service is asked"),
]
Severities = Annotated[
    list[str] | None, Doc("Severities that block: CRITICAL, HIGH, MEDIUM, LOW, UNKNOWN; else CRITICAL,HIGH")
]
BlockUnfixed = Annotated[bool, Doc("Block findings that nobody has fixed yet, too")]
Exceptions = Annotated[
    dagger.File | None, Doc("The exceptions, in place of the source's own .trivyignore.yaml")
]

Key = Annotated[dagger.Secret, Doc("The private key, as cosign writes it")]
KeyPassword = Annotated[dagger.Secret, Doc("The private key's password")]
MaybeKey = Annotated[dagger.Secret | None, Doc("The private key, as cosign writes it")]
MaybeKeyPassword = Annotated[dagger.Secret | None, Doc("The private key's password")]
