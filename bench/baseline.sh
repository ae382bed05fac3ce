#!/bin/sh
# A release by plain shell: build, scan three times, push, sign and attest, verify.
#
#   sh baseline.sh [STEP ...]      all steps, in this order, where none is named
#
# From the environment:
#   SOURCE REPOSITORY VERSION REVISION       what is released, and where to
#   PYTHON_IMAGE                             the base image
#   TOOLS                                    containers: tools in their images; host: programs of the PATH
#   TRIVY_IMAGE CRANE_IMAGE COSIGN_IMAGE     their images
#   WORK                                     a folder for this release alone
#   TRIVY_CACHE                              a folder that stays: the database, and layers that were analysed
#   DOCKER_CONFIG                            a folder with the registry's login
#   SIGSTORE                                 a folder with signing_config.json and trusted_root.json
#   SIGSTORE_ID_TOKEN                        who signs
#   IDENTITY ISSUER                          who must have signed
set -eu

STEPS="build save gate sarif sbom push sign attest_sbom attest_provenance verify verify_sbom verify_provenance"
ANALYSE="--scanners vuln --skip-db-update --skip-java-db-update --offline-scan --no-progress"
TRUST="--trusted-root $SIGSTORE/trusted_root.json --certificate-identity $IDENTITY --certificate-oidc-issuer $ISSUER"
SIGN="--yes --signing-config $SIGSTORE/signing_config.json --trusted-root $SIGSTORE/trusted_root.json"
GATE=0

# The tools: the same arguments in a container and on the host, because folders are mounted where they are.

trivy() {
    if [ "$TOOLS" = host ]; then command trivy "$@"; return; fi
    podman run --rm --volume "$WORK:$WORK" --volume "$TRIVY_CACHE:$TRIVY_CACHE" "$TRIVY_IMAGE" "$@"
}

crane() {
    if [ "$TOOLS" = host ]; then command crane "$@"; return; fi
    podman run --rm --user 0:0 --volume "$WORK:$WORK:ro" \
        --volume "$DOCKER_CONFIG:$DOCKER_CONFIG:ro" --env DOCKER_CONFIG "$CRANE_IMAGE" "$@"
}

cosign() {
    if [ "$TOOLS" = host ]; then command cosign "$@"; return; fi
    podman run --rm --user 0:0 --volume "$WORK:$WORK:ro" --volume "$SIGSTORE:$SIGSTORE:ro" \
        --volume "$DOCKER_CONFIG:$DOCKER_CONFIG:ro" --env DOCKER_CONFIG --env SIGSTORE_ID_TOKEN "$COSIGN_IMAGE" "$@"
}

# The steps.

build() {
    podman build --quiet --tag "localhost/release:$VERSION" \
        --build-arg PYTHON_IMAGE="$PYTHON_IMAGE" --build-arg REVISION="$REVISION" "$SOURCE"
}

save() {
    podman save --quiet --format oci-dir --output "$WORK/layout" "localhost/release:$VERSION"
}

gate() {
    # shellcheck disable=SC2086 # they are words
    trivy image --input "$WORK/layout" --cache-dir "$TRIVY_CACHE" $ANALYSE \
        --severity CRITICAL,HIGH --ignore-unfixed --exit-code 1 || GATE=$?
}

sarif() {
    # shellcheck disable=SC2086
    trivy image --input "$WORK/layout" --cache-dir "$TRIVY_CACHE" $ANALYSE \
        --format sarif --output "$WORK/trivy.sarif"
}

sbom() {
    # shellcheck disable=SC2086
    trivy image --input "$WORK/layout" --cache-dir "$TRIVY_CACHE" $ANALYSE \
        --format spdx-json --output "$WORK/sbom.spdx.json"
}

push() {
    crane push "$WORK/layout" "$REPOSITORY:$VERSION" > "$WORK/image"
}

sign() {
    # shellcheck disable=SC2086
    cosign sign $SIGN "$(cat "$WORK/image")"
}

attest_sbom() {
    # shellcheck disable=SC2086
    cosign attest $SIGN --type spdxjson --predicate "$WORK/sbom.spdx.json" "$(cat "$WORK/image")"
}

attest_provenance() {
    cat > "$WORK/provenance.json" <<END
{
  "buildDefinition": {
    "buildType": "https://example.com/release-by-shell/v1",
    "externalParameters": {"version": "$VERSION", "repository": "$REPOSITORY"},
    "resolvedDependencies": [
      {"name": "source", "digest": {"gitCommit": "$REVISION"}},
      {"name": "base-image", "uri": "oci://$PYTHON_IMAGE"}
    ]
  },
  "runDetails": {
    "builder": {"id": "https://example.com/laptop"},
    "metadata": {"finishedOn": "$(date -u +%Y-%m-%dT%H:%M:%SZ)"}
  }
}
END
    # shellcheck disable=SC2086
    cosign attest $SIGN --type slsaprovenance1 --predicate "$WORK/provenance.json" "$(cat "$WORK/image")"
}

verify() {
    # shellcheck disable=SC2086
    cosign verify $TRUST "$(cat "$WORK/image")" > "$WORK/signature.json"
}

verify_sbom() {
    # shellcheck disable=SC2086
    cosign verify-attestation $TRUST --type spdxjson "$(cat "$WORK/image")" > "$WORK/sbom.attested.json"
}

verify_provenance() {
    # shellcheck disable=SC2086
    cosign verify-attestation $TRUST --type slsaprovenance1 "$(cat "$WORK/image")" > "$WORK/provenance.attested.json"
}

# One after the other. A gate that blocks ends the release once SARIF and SBOM are there.

[ $# -gt 0 ] || set -- $STEPS
for step in "$@"; do
    case $step in push) [ "$GATE" = 0 ] || exit "$GATE" ;; esac
    began=$(date +%s%N)
    $step
    took=$((($(date +%s%N) - began) / 1000000))
    printf 'step %s %d.%03d\n' "$step" $((took / 1000)) $((took % 1000))
done
exit "$GATE"
