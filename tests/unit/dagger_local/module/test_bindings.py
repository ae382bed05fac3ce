"""What is written for a module's dependencies is what Dagger's generator would write, and works."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dagger_local.module.bindings import python_name, write
from dagger_local.module.schema import ModuleSchema
from dagger_local.module.typedefs import (
    ArgDef,
    EnumDef,
    EnumMemberDef,
    FieldDef,
    FunctionDef,
    ModuleDef,
    ObjectDef,
    TypeRef,
)
from dagger_local.module.waiting import ENTRY
from dagger_local.scopes import core_scope

TEXT = TypeRef(kind="STRING_KIND")
NUMBER = TypeRef(kind="INTEGER_KIND")
LEVEL = TypeRef(kind="ENUM_KIND", name="Level")
THING = TypeRef(kind="OBJECT_KIND", name="Thing")
FOLDER = TypeRef(kind="OBJECT_KIND", name="Directory")


def list_of(element: TypeRef) -> TypeRef:
    return TypeRef(kind="LIST_KIND", element=element)


MODULE = ModuleDef(
    objects=(
        ObjectDef(
            name="MyMod",
            constructor=FunctionDef(
                name="",
                returns=TypeRef(kind="OBJECT_KIND", name="MyMod"),
                args=(ArgDef(name="src", type=FOLDER),),
            ),
            functions=(
                FunctionDef(
                    name="thing", returns=THING, args=(ArgDef(name="size", type=NUMBER, default="1"),)
                ),
                FunctionDef(name="things", returns=list_of(THING)),
                FunctionDef(name="import", returns=TypeRef(kind="VOID_KIND", optional=True)),
                FunctionDef(name="tree", returns=FOLDER),
                FunctionDef(
                    name="show_all",
                    returns=LEVEL,
                    args=(
                        ArgDef(name="words", type=list_of(TEXT), default='["a"]'),
                        ArgDef(name="level", type=LEVEL, default='"LOW"'),
                        ArgDef(name="things", type=list_of(THING)),
                    ),
                ),
            ),
        ),
        ObjectDef(
            name="Thing",
            fields=(FieldDef(name="full_name", type=TEXT),),
            functions=(FunctionDef(name="grow", returns=THING),),
        ),
    ),
    enums=(
        EnumDef(
            name="Level",
            members=(EnumMemberDef(name="LOW", value="l"), EnumMemberDef(name="HIGH")),
        ),
    ),
)

PROGRAM = """
import inspect, os
import entry
entry.preload()
entry.bind()
import anyio, dagger
from dagger import dag

class Connection:
    session = None

def query(made):
    return [(field.name, {k: type(v).__name__ if isinstance(v, dagger.client.base.Type) else v
             for k, v in field.args.items()}) for field in made._ctx.selections]

mod = dag.my_mod(dag.directory())
print(query(mod.thing(size=3).grow()))
print(query(mod.thing(size=1)))
print(query(mod.tree()))
print(inspect.iscoroutinefunction(inspect.unwrap(dagger.MyModThing.full_name)))
print(inspect.iscoroutinefunction(inspect.unwrap(dagger.MyMod.import_)), dagger.MyModLevel.LOW.value)
print(inspect.signature(dagger.MyMod.show_all))
print(query(mod.thing().with_(lambda thing: thing.grow())))
for wrong in (lambda: dag.my_mod(), lambda: dag.my_mod(3), lambda: mod.thing(size="x")):
    try:
        wrong()
    except TypeError as error:
        print("TypeError", str(error).splitlines()[0])
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What a program prints that has been bound to the module."""
    here: Path = tmp_path_factory.mktemp("bindings")
    schema = ModuleSchema("my-mod", MODULE)
    scope = core_scope().extended(schema.sdl(), {})
    (here / "bindings.py").write_text(write(scope.schema, schema.type_names, ["myMod"]))
    env = {
        **os.environ,
        "PYTHONPATH": str(ENTRY.parent),
        "DAGGER_LOCAL_ENTRY_POINT": "no_such_module:Main",
        "DAGGER_LOCAL_BINDINGS": str(here / "bindings.py"),
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=here, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_objects_are_chained_and_defaults_left_out(said: list[str]) -> None:
    constructor = "('myMod', {'src': 'Directory'})"
    assert said[0] == f"[{constructor}, ('thing', {{'size': 3}}), ('grow', {{}})]"
    assert said[1] == f"[{constructor}, ('thing', {{}})]"
    assert said[2] == f"[{constructor}, ('tree', {{}})]"
    assert said[6] == f"[{constructor}, ('thing', {{}}), ('grow', {{}})]"


def test_scalars_are_awaited(said: list[str]) -> None:
    assert said[3] == "True"
    assert said[4] == "True l"


def test_required_arguments_come_first_and_the_others_by_name(said: list[str]) -> None:
    plain = said[5].replace("'", "").replace("dagger.client.gen.", "").replace("dagger.", "")
    assert plain == (
        "(self, things: list[MyModThing], *, words: list[str] | None = None, "
        "level: MyModLevel = <MyModLevel.LOW: l>) -> MyModLevel"
    )


def test_arguments_are_checked(said: list[str]) -> None:
    assert "missing 1 required positional argument: 'src'" in said[7]
    assert "src=3 violates type hint" in said[8]
    assert "size='x' violates type hint <class 'int'>" in said[9]


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("withExec", "with_exec"),
        ("asJSON", "as_json"),
        ("import", "import_"),
        ("list", "list_"),
        ("a1", "a1"),
    ],
)
def test_names_are_those_of_the_generated_client(name: str, method: str) -> None:
    assert python_name(name) == method
