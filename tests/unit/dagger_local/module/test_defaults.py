"""User defaults: where .env files are found, and what they make of a module's arguments."""

import json
from pathlib import Path

import pytest

from dagger_local.errors import EngineError
from dagger_local.module.defaults import UserDefaults, variables
from dagger_local.module.dotenv import EnvFile
from dagger_local.module.source import find_module
from dagger_local.module.typedefs import ArgDef, FunctionDef, ModuleDef, ObjectDef, TypeRef

DIRECTORY = TypeRef(kind="OBJECT_KIND", name="Directory")
TEXT = TypeRef(kind="STRING_KIND")
VOID = TypeRef()


def module() -> ModuleDef:
    grow = FunctionDef(
        name="grow", returns=VOID, args=(ArgDef(name="by", type=TypeRef(kind="INTEGER_KIND")),)
    )
    show_args = (
        ArgDef(name="dry_run", type=TypeRef(kind="BOOLEAN_KIND"), default="false"),
        ArgDef(name="words", type=TypeRef(kind="LIST_KIND", element=TEXT)),
        ArgDef(name="note", type=DIRECTORY.model_copy(update={"optional": True}), default="null"),
        ArgDef(name="many", type=TypeRef(kind="LIST_KIND", element=DIRECTORY)),
    )
    show = FunctionDef(name="show_it", returns=VOID, args=show_args)
    constructor = FunctionDef(name="", returns=VOID, args=(ArgDef(name="source", type=DIRECTORY),))
    return ModuleDef(
        objects=(
            ObjectDef(name="MyMod", functions=(show,), constructor=constructor),
            ObjectDef(name="Thing", functions=(grow,)),
        )
    )


def applied(text: str) -> tuple[ModuleDef, list[str]]:
    found = EnvFile.parse(text).namespace("my-mod")
    defaults = UserDefaults("my-mod", "MyMod", found)
    return defaults.applied(module()), defaults.taken


def args(definition: ModuleDef, item: str, name: str = "") -> dict[str, ArgDef]:
    found = definition.object_named(item)
    assert found is not None
    functions = {f.name: f for f in (*found.functions, *filter(None, [found.constructor]))}
    return {arg.name: arg for arg in functions[name].args}


def test_an_object_is_loaded_from_an_address_and_no_longer_required() -> None:
    definition, taken = applied("MY_MOD_SOURCE=./here")
    source = args(definition, "MyMod")["source"]
    assert source.address == "./here"
    assert not source.required
    assert taken == ['user default: my-mod(source="./here")']


def test_a_value_becomes_the_default_of_its_type() -> None:
    definition, _ = applied("MY_MOD_SHOW_IT_DRYRUN=true\nMY_MOD_SHOWIT_DRYRUN=1\nmyMod_showIt_WORDS=a,b")
    found = args(definition, "MyMod", "show_it")
    assert found["dry_run"].default == "true"
    assert json.loads(found["words"].default or "") == ["a", "b"]


def test_functions_of_other_objects_have_the_objects_name_before_theirs() -> None:
    definition, _ = applied("MY_MOD_THING_GROW_BY=5\nMY_MOD_GROW_BY=6")
    assert args(definition, "Thing", "grow")["by"].default == "5"


def test_a_default_of_none_stays() -> None:
    definition, _ = applied("MY_MOD_SHOW_IT_NOTE=x")
    assert args(definition, "MyMod", "show_it")["note"].address is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "MY_MOD_THING_GROW_BY=many",
            r"my-mod\.grow\(by=\.\.\.\): parse as integer: strconv.Atoi: parsing \"many\"",
        ),
        ("MY_MOD_SHOW_IT_DRYRUN=perhaps", "not valid JSON: 'perhaps'"),
        ("MY_MOD_SHOW_IT_WORDS=$NOT_SET_ANYWHERE", "WORDS: NOT_SET_ANYWHERE: unbound variable"),
    ],
)
def test_what_does_not_fit_is_an_error(text: str, why: str) -> None:
    with pytest.raises(EngineError, match=why):
        applied(text)


def test_a_list_of_objects_is_refused() -> None:
    with pytest.raises(EngineError, match="a user default for a list of objects"):
        applied("MY_MOD_SHOW_IT_MANY=a,b")


def test_a_secrets_text_is_not_shown() -> None:
    secret = ArgDef(name="token", type=TypeRef(kind="OBJECT_KIND", name="Secret"))
    function = FunctionDef(name="sign", returns=VOID, args=(secret,))
    defaults = UserDefaults("m", "M", EnvFile.parse("SIGN_TOKEN=hunter2"))
    defaults.applied(ModuleDef(objects=(ObjectDef(name="M", functions=(function,)),)))
    assert defaults.taken == ["user default: m.sign(token=*****)"]


def test_files_are_found_above_the_caller_and_beside_the_module(tmp_path: Path) -> None:
    there, here = tmp_path / "module", tmp_path / "caller" / "deep"
    there.mkdir()
    here.mkdir(parents=True)
    (there / "dagger.json").write_text('{"name": "my-mod", "sdk": {"source": "python"}}')
    (there / ".env").write_text("A=inner\nB=inner")
    (tmp_path / "caller" / ".env").write_text("MY_MOD_B=outer\nC=outer")
    found = variables(find_module(there), here)
    assert found.values({}) == {"A": "inner", "B": "outer"}
    (here / ".env").mkdir()  # the nearest one is meant, and it is no file
    assert variables(find_module(there), here).values({}) == {"A": "inner", "B": "inner"}
