"""The process that modules run in: the SDK's checks are kept, and what is not served is named."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dagger_local.module.waiting import ENTRY

PROGRAM = """
import importlib, os, sys
import entry
entry.preload()
entry.load({"PYTHONPATH": os.environ["PYTHONPATH"]})
import dagger
from dagger import dag
from gql.dsl import DSLQuery, DSLSchema, dsl_gql
from graphql import build_schema, parse, print_ast

def attempt(what):
    try:
        print("ok", what())
    except Exception as error:
        print(type(error).__name__, str(error).replace("\\n", " "))

attempt(lambda: dag.container().with_exec("not a list"))
attempt(lambda: dagger.BuildArg(1, "x"))
attempt(lambda: dagger.BuildArg("a", "b"))
entry.sdk.name_unserved_calls()
schema = DSLSchema(build_schema("type Query { version: String! file(path: String!): String }"))
Field = dagger.client._core.Field
attempt(lambda: Field("Query", "version", {}).to_dsl(schema).name)
attempt(lambda: Field("Query", "llm", {}).to_dsl(schema))
attempt(lambda: Field("Query", "file", {"path": "x", "noCache": True}).to_dsl(schema))
attempt(lambda: Field("Changeset", "export", {}).to_dsl(schema))
first, second = dag.container()._ctx, dag.directory()._ctx
given = {"a": dagger.NetworkProtocol.UDP, "b": [dagger.BuildArg("n", "v")]}
attempt(lambda: first.converter.unstructure(given))
attempt(lambda: first.converter.structure("UDP", dagger.NetworkProtocol).name)
attempt(lambda: (first.converter.structure("1", str), first.converter.structure([1], list[int])))
attempt(lambda: first.converter.structure({}, dagger.File)._ctx is first)
attempt(lambda: second.converter.structure({}, dagger.File)._ctx is second)
transport = dagger.client._session.TelemetryTransport()
attempt(lambda: transport._pool._ssl_context.get_ca_certs())
attempt(lambda: ("rich.syntax" in sys.modules, importlib.import_module("httpx._main").__name__))
told = 'a "b" \\\\ \\n \\x00 \\x7f \\u2028 é \\U0001f600'
made = DSLQuery(schema.Query.file(path=told))
attempt(lambda: parse(print_ast(dsl_gql(made).document)).definitions[0].selection_set.selections[0]
        .arguments[0].value.value == told)
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the program prints, in a process of its own: what it does to the SDK cannot be undone."""
    env = {**os.environ, "PYTHONPATH": str(ENTRY.parent), "DAGGER_LOCAL_ENTRY_POINT": "no_such_module:Main"}
    here: Path = tmp_path_factory.mktemp("entry")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=here, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_arguments_are_checked_when_a_class_is_first_used(said: list[str]) -> None:
    assert said[0].startswith("TypeError ")
    assert "args='not a list' violates type hint list[str]" in said[0]
    assert said[1].startswith("TypeError ")
    assert said[2] == "ok BuildArg(name='a', value='b')"


def test_what_the_schema_lacks_is_named(said: list[str]) -> None:
    end = "is not in the local engine; use Dagger (https://docs.dagger.io/install)"
    assert said[3] == "ok version"
    assert said[4] == f"InvalidQueryError Query.llm {end}"
    assert said[5] == f"InvalidQueryError Query.file with noCache {end}"
    assert said[6] == f"InvalidQueryError Changeset.export {end}"


def test_a_shared_converter_still_gives_each_object_its_own_link(said: list[str]) -> None:
    assert said[7] == "ok {'a': 'UDP', 'b': [{'name': 'n', 'value': 'v'}]}"
    assert said[8] == "ok UDP"
    assert said[9] == "ok ('1', [1])"
    assert said[10] == said[11] == "ok True"


def test_the_connection_to_the_engine_trusts_no_authority(said: list[str]) -> None:
    assert said[12] == "ok []"


def test_strings_in_queries_are_read_as_they_were(said: list[str]) -> None:
    assert said[14] == "ok True"


def test_the_command_line_of_httpx_is_imported_by_who_wants_it(said: list[str]) -> None:
    assert said[13] == "ok (False, 'httpx._main')"
