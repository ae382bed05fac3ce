"""Names of what is in an evidence folder beside the tools' own documents."""

OUTCOME = "outcome.json"
SUMMARY = "summary.md"
REPORT = "report.html"
BUNDLE_SUFFIX = ".sigstore.json"
SUMS = "SHA256SUMS"
SUMS_BUNDLE = f"{SUMS}{BUNDLE_SUFFIX}"
