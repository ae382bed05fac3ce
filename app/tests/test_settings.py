"""Settings from the environment, and the values refused at start."""

import pytest

from app.settings import Settings, SettingsError
from app.web import create_app

from .answers import json_of


def test_defaults() -> None:
    settings = Settings.from_env({})
    assert settings == Settings(name="inventory", version="0.0.0", base_url="http://127.0.0.1:8080")


def test_reads_the_environment() -> None:
    env = {"SERVICE_NAME": "shop", "SERVICE_VERSION": "2.0.0", "PORT": "9000"}
    assert Settings.from_env(env) == Settings(name="shop", version="2.0.0", base_url="http://127.0.0.1:9000")


def test_base_url_wins_over_port() -> None:
    settings = Settings.from_env({"PORT": "9000", "BASE_URL": "https://shop.example/api/"})
    assert settings.base_url == "https://shop.example/api"


@pytest.mark.parametrize("port", ["", "http", "0", "65536", "-1", "٣", "999999"])
def test_refuses_a_port_that_is_none(port: str) -> None:
    with pytest.raises(SettingsError, match=r"PORT is .*1 to 65535"):
        Settings.from_env({"PORT": port})


@pytest.mark.parametrize("url", ["", "ftp://shop", "file:///etc/passwd", "shop:8080"])
def test_refuses_a_base_url_that_is_not_http(url: str) -> None:
    with pytest.raises(SettingsError, match="BASE_URL is"):
        Settings.from_env({"BASE_URL": url})


def test_the_service_takes_its_version_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICE_VERSION", "9.8.7")
    assert json_of(create_app().test_client().get("/"))["version"] == "9.8.7"
