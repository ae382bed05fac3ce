"""The service that is released: the same from the same numbers, and changed only where it should be."""

from pathlib import Path

import pytest

from bench.service import BLOCKING, VULNERABLE, Service
from standins.sample_advisories import Advisory, load

PACKAGES = 6
GATE = {"CRITICAL", "HIGH"}


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service.made(tmp_path / "service", PACKAGES)


def _content(service: Service) -> dict[str, bytes]:
    files = (path for path in service.folder.rglob("*") if path.is_file())
    return {str(path.relative_to(service.folder)): path.read_bytes() for path in files}


def _about(package: str) -> list[Advisory]:
    return [one for one in load().advisories if any(each.package == package for each in one.affected)]


def _versions(service: Service) -> set[str]:
    return {path.name.removesuffix(".dist-info") for path in service.folder.glob("packages/*.dist-info")}


def test_it_is_the_same_each_time(service: Service, tmp_path: Path) -> None:
    assert _content(service) == _content(Service.made(tmp_path / "again", PACKAGES))


def test_packages_are_of_the_size_of_real_ones(service: Service) -> None:
    size = sum(path.stat().st_size for path in (service.folder / "packages" / "package_000").iterdir())
    assert 150_000 < size < 300_000
    assert len(_versions(service)) == PACKAGES


def test_one_line_is_one_file(service: Service) -> None:
    before = _content(service)
    service.change_line(7)
    changed = {name for name, content in _content(service).items() if before[name] != content}
    assert changed == {"app.py"}


def test_one_dependency_is_one_version(service: Service) -> None:
    before = _versions(service)
    service.change_dependency(7)
    assert _versions(service) ^ before == {"package_000-1.0.0", "package_000-1.0.7"}
    service.change_dependency(8)
    assert "package_000-1.0.8" in _versions(service)


def test_all_of_it_compiles(service: Service) -> None:
    for path in service.folder.rglob("*.py"):
        compile(path.read_text(), path, "exec")


def test_the_sample_knows_of_its_packages_and_none_of_them_blocks() -> None:
    for package in VULNERABLE:
        found = _about(package)
        assert found, package
        for one in found:
            fixed = any(each.ecosystem == "pip" and each.fixed for each in one.affected)
            affected = package != "requests" or one.id == "CVE-2024-35195"
            assert not (affected and fixed and one.severity in GATE), one.id


def test_a_package_that_blocks(service: Service) -> None:
    service.add_blocking()
    name, version = BLOCKING
    assert f"{name}-{version}" in _versions(service)
    assert any(one.severity in GATE for one in _about(name))
