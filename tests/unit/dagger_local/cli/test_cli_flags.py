"""Flags are read as pflag reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagger_local.cli.flags import Flag, FlagSet, UsageError
from dagger_local.cli.flagtypes import BOOL, COUNT, FLOAT, INT, OBJECTS, STRING, FlagType, list_of, member_of

LEVEL = FlagType("HIGH,LOW", member_of(["LOW", "HIGH"]))


def flags(lenient: bool = False) -> FlagSet:
    made = FlagSet(lenient=lenient)
    for flag in (
        Flag("name", STRING),
        Flag("times", INT, short="t"),
        Flag("ratio", FLOAT),
        Flag("loud", BOOL, short="l"),
        Flag("verbose", COUNT, short="v"),
        Flag("docker-config", STRING),
        Flag("values", list_of(STRING)),
        Flag("numbers", list_of(INT)),
        Flag("truths", list_of(BOOL)),
        Flag("level", LEVEL),
        Flag("levels", list_of(LEVEL)),
        Flag("source", OBJECTS["Directory"]),
        Flag("build-args", list_of(OBJECTS["BuildArg"])),
        Flag("platform", OBJECTS["Platform"]),
    ):
        made.add(flag)
    return made


@pytest.mark.parametrize(
    ("args", "name", "value"),
    [
        (["--name", "x"], "name", "x"),
        (["--name=x"], "name", "x"),
        (["--name="], "name", ""),
        (["--name", "--loud"], "name", "--loud"),
        (["--times", "0x10"], "times", 16),
        (["--times", "017"], "times", 15),
        (["--times=-3"], "times", -3),
        (["-t5"], "times", 5),
        (["-t", "5"], "times", 5),
        (["-t=5"], "times", 5),
        (["-lt", "5"], "times", 5),
        (["--ratio", "1.5"], "ratio", 1.5),
        (["--loud"], "loud", True),
        (["--loud=false"], "loud", False),
        (["--loud=T"], "loud", True),
        (["-vv", "-v"], "verbose", 3),
        (["--verbose=2"], "verbose", 2),
        (["--dockerConfig", "x"], "docker-config", "x"),
        (["--docker_config", "x"], "docker-config", "x"),
        (["--values", "a,b", "--values", "c"], "values", ["a", "b", "c"]),
        (["--values", '"a,b",c'], "values", ["a,b", "c"]),
        (["--numbers", "1,2"], "numbers", [1, 2]),
        (["--truths", "true, false"], "truths", [True, False]),
        (["--level", "high"], "level", "HIGH"),
        (["--levels", "LOW,high"], "levels", ["LOW", "HIGH"]),
        (["--source", "./tree"], "source", "./tree"),
        (
            ["--build-args", "A=1,B=a=b"],
            "build-args",
            [{"name": "A", "value": "1"}, {"name": "B", "value": "a=b"}],
        ),
    ],
)
def test_a_flag_takes_its_value(args: list[str], name: str, value: object) -> None:
    known = flags()
    assert known.parse(args) == []
    assert known.flags[name].value == value


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--nope"], "unknown flag: --nope"),
        (["--nope=1"], "unknown flag: --nope"),
        (["-x"], "unknown shorthand flag: 'x' in -x"),
        (["-lx"], "unknown shorthand flag: 'x' in -x"),
        (["--name"], "flag needs an argument: --name"),
        (["-t"], "flag needs an argument: 't' in -t"),
        (["--=x"], "bad flag syntax: --=x"),
        (["---x"], "bad flag syntax: ---x"),
        (
            ["--times", "two"],
            'invalid argument "two" for "-t, --times" flag: strconv.ParseInt: parsing "two": invalid syntax',
        ),
        (
            ["--times", "99999999999999999999"],
            (
                'invalid argument "99999999999999999999" for "-t, --times" flag: '
                'strconv.ParseInt: parsing "99999999999999999999": value out of range'
            ),
        ),
        (
            ["--ratio", "x"],
            'invalid argument "x" for "--ratio" flag: strconv.ParseFloat: parsing "x": invalid syntax',
        ),
        (
            ["--loud=yes"],
            'invalid argument "yes" for "-l, --loud" flag: strconv.ParseBool: parsing "yes": invalid syntax',
        ),
        (
            ["--numbers", "1,x"],
            'invalid argument "1,x" for "--numbers" flag: strconv.Atoi: parsing "x": invalid syntax',
        ),
        (["--level", "MID"], 'invalid argument "MID" for "--level" flag: value should be one of HIGH,LOW'),
        (["--platform", ""], 'invalid argument "" for "--platform" flag: platform cannot be empty'),
        (
            ["--build-args", "A"],
            'invalid argument "A" for "--build-args" flag: A must be formatted as name=value',
        ),
    ],
)
def test_what_does_not_fit_is_named(args: list[str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        flags().parse(args)
    assert caught.value.message == message


def test_parsing_stops_at_the_first_word() -> None:
    known = flags()
    assert known.parse(["--loud", "text", "--nope"]) == ["text", "--nope"]
    assert known.parse(["--", "--name"]) == ["--name"]
    assert known.parse(["-", "x"]) == ["-", "x"]


def test_a_lenient_look_skips_what_it_does_not_know() -> None:
    known = flags(lenient=True)
    assert known.parse(["--image", "x", "-z", "--name=n", "--other=1", "text"]) == ["text"]
    assert known.flags["name"].value == "n"


def test_missing_flags_are_named_in_order() -> None:
    known = FlagSet()
    for name in ("b", "a", "c"):
        known.add(Flag(name, STRING, required=True))
    known.parse(["--c", "1"])
    with pytest.raises(UsageError, match=r'^required flag\(s\) "a", "b" not set$'):
        known.require()


@given(st.integers(min_value=-(2**63), max_value=2**63 - 1))
def test_every_integer_that_go_can_hold_is_read(number: int) -> None:
    known = flags()
    known.parse([f"--times={number}"])
    assert known.flags["times"].value == number


@given(st.text())
def test_any_text_is_a_string(text: str) -> None:
    known = flags()
    assert known.parse(["--name", text]) == []
    assert known.flags["name"].value == text
