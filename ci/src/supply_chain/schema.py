"""The published schema of outcome.json: `python -m supply_chain.schema` prints docs/outcome.schema.json."""

import json
from typing import Any

from supply_chain.models.outcome import Outcome

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def outcome_schema() -> dict[str, Any]:
    """The JSON schema of the documents that runs write; their fields are described in the models."""
    version = Outcome.model_fields["schema_version"].default
    head = {
        "$schema": DIALECT,
        "$id": f"urn:supply-chain:outcome:{version}",
        "title": "outcome.json: what a run of supply-chain came to",
    }
    return head | {
        key: value
        for key, value in Outcome.model_json_schema(mode="serialization").items()
        if key not in head
    }


def document() -> str:
    """The schema as the file that is published."""
    return json.dumps(outcome_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(document(), end="")
