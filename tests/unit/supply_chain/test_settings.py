"""What a source says of itself: read strictly, documented wholly, under what the caller says."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from supply_chain.errors import SettingsInvalid
from supply_chain.models.settings import Checks, Settings, SmokeRequest

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "settings.md").read_text()


def parsed(document: str, place: str = "supply-chain.toml") -> Settings:
    settings = Settings.parse(document, place)
    assert settings is not None
    return settings


def test_a_pyproject_holds_them_in_a_table_of_its_own() -> None:
    assert Settings.parse('[project]\nname = "x"\n', "pyproject.toml") is None
    assert parsed("[tool.supply-chain]\nport = 9000\n", "pyproject.toml").port == 9000


def test_keys_have_hyphens_and_other_peoples_names_stay() -> None:
    document = """
    start-seconds = 5
    build-args = { "NODE-VERSION" = "24" }

    [[smoke]]
    path = "/x"
    headers = { "X-Test-Id" = "1" }
    json-has = { "a-b" = 1 }
    """
    settings = parsed(document)
    assert settings.start_seconds == 5
    assert settings.build_args == {"NODE-VERSION": "24"}
    assert settings.smoke[0].headers == {"X-Test-Id": "1"}
    assert settings.smoke[0].json_has == {"a-b": 1}


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ("port = ", "is not TOML"),
        ("prot = 1", "prot"),
        ("port = 70000", "port"),
        ('health-path = "healthz"', "health_path"),
        ('platform = "Linux/AMD64"', "platform"),
        ('[[smoke]]\npath = "/"\nstatus = 99', "status"),
        ('[[smoke]]\nmethod = "GET"', "path"),
        ('checks.lint = ["ruff check"]', "lint"),
        ("start-seconds = 0", "start_seconds"),
    ],
)
def test_what_cannot_be_is_refused_by_name(document: str, named: str) -> None:
    with pytest.raises(SettingsInvalid) as raised:
        parsed(document)
    assert named in raised.value.message


def test_flags_stand_above_them() -> None:
    settings = parsed('port = 9000\ntarget = "app"').under({"port": 8080}, "a flag")
    assert (settings.port, settings.target) == (8080, "app")
    with pytest.raises(SettingsInvalid, match="a flag cannot be used"):
        settings.under({"port": -1}, "a flag")


@pytest.mark.parametrize("model", [Settings, Checks, SmokeRequest], ids=lambda model: model.__name__)
def test_every_key_is_on_the_page(model: type[BaseModel]) -> None:
    on_page = set(re.findall(r"^\| `([a-z-]+)` \|", PAGE, re.MULTILINE))
    assert {name.replace("_", "-") for name in model.model_fields} <= on_page


def test_the_page_names_no_key_that_is_none() -> None:
    known = {name for model in (Settings, Checks, SmokeRequest) for name in model.model_fields}
    on_page = re.findall(r"^\| `([a-z-]+)` \|", PAGE, re.MULTILINE)
    assert [key for key in on_page if key.replace("-", "_") not in known] == []


@pytest.mark.parametrize("folder", [ROOT, ROOT / "examples" / "quotes"], ids=lambda folder: folder.name)
def test_our_own_are_right(folder: Path) -> None:
    settings = Settings.parse((folder / "pyproject.toml").read_text(), "pyproject.toml")
    assert settings
    assert settings.smoke
    assert settings.checks.test
