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
Target = Annotated[str, Doc("The stage to release; else runtime where there is one, else the last")]
TestTarget = Annotated[str, Doc("The stage in which lint, types and test run; else test")]
Platform = Annotated[str, Doc("Platform of the image, e.g. linux/arm64; else the engine's own")]
Port = Annotated[int, Doc("Port the service listens on; else the one that the image exposes")]
HealthPath = Annotated[str, Doc("Path that answers 200 once the service is ready; else /healthz")]
PatienceSeconds = Annotated[
    int, Doc("Seconds to wait, over the whole run, for services that are down; 0: fail at once")
]

LoginAddress = Annotated[str, Doc("The registry's host, with its port if it has one: ghcr.io")]
LoginName = Annotated[str, Doc("User name there")]
LoginPassword = Annotated[dagger.Secret, Doc("Password or token there")]
SecretId = Annotated[str, Doc("The id by which the Dockerfile mounts it")]
SecretValue = Annotated[dagger.Secret, Doc("The secret")]
BuildArg = Annotated[str, Doc("The ARG of the Dockerfile")]
BuildArgValue = Annotated[str, Doc("Its value")]

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

Key = Annotated[
    dagger.Secret | None,
    Doc("A private key to sign with, as cosign writes it; left out, with-identity says who signs"),
]
KeyPassword = Annotated[dagger.Secret | None, Doc("The private key's password")]
IdentityToken = Annotated[dagger.Secret | None, Doc("An OIDC identity token for the audience sigstore")]
IdentityRequestUrl = Annotated[
    dagger.Secret | None, Doc("In a GitHub job, in its place: env://ACTIONS_ID_TOKEN_REQUEST_URL")
]
IdentityRequestToken = Annotated[dagger.Secret | None, Doc("With it: env://ACTIONS_ID_TOKEN_REQUEST_TOKEN")]
CertificateIdentity = Annotated[str, Doc("The identity in the certificate, where the token does not tell")]
CertificateIssuer = Annotated[str, Doc("Who must have given the token, as the certificate names it")]
Sigstore = Annotated[
    dagger.Directory | None,
    Doc("A private Sigstore: trusted_root.json, and signing_config.json to sign; else the public one"),
]

Evidence = Annotated[dagger.Directory, Doc("What candidate returned")]
JudgedReference = Annotated[
    str, Doc("The image that the evidence must be of, HOST/PATH@sha256:…; else whichever it is of")
]
VerifiedReference = Annotated[str, Doc("The image in its registry: HOST/PATH@sha256:… or HOST/PATH:TAG")]
VerifiedEvidence = Annotated[dagger.Directory | None, Doc("What candidate returned, in place of an image")]
Policy = Annotated[dagger.File | None, Doc("Whom and what to trust, as TOML: docs/verification-policy.md")]
TrustedIdentity = Annotated[
    str, Doc("Who must have signed, letter by letter: a workflow's URI, an e-mail address")
]
TrustedIdentityRegexp = Annotated[str, Doc("The same as a regular expression, ^…$")]
TrustedIssuer = Annotated[str, Doc("Who must vouch for that identity, letter by letter")]
TrustedIssuerRegexp = Annotated[str, Doc("The same as a regular expression, ^…$")]
TrustedKey = Annotated[
    dagger.File | None, Doc("The public key that must have signed, as PEM, in place of an identity")
]
Builders = Annotated[
    list[str] | None, Doc("Builders that provenance may name; else those of docs/build-type.md")
]
SourceRepository = Annotated[str, Doc("URI of the repository that the image must be built from")]
SourceRef = Annotated[str, Doc("Branch or tag that it must be built from: refs/tags/v1.2.3")]
SourceCommit = Annotated[str, Doc("Commit that it must be built from, in full")]
AllowRehearsal = Annotated[bool, Doc("Let what was made in a rehearsal pass")]
AsJson = Annotated[bool, Doc("Answer with JSON in place of a table")]
