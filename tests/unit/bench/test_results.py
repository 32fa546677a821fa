"""What is made of the measurements: the file, the table, the picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from bench.options import COMMITTED
from bench.results import Measurement, read_results, write_results
from bench.users.method import CASES
from bench.users.page import PAGE, PageError, update_page
from bench.users.picture import draw
from bench.users.table import table

SVG = "{http://www.w3.org/2000/svg}"
META = {
    "users": 10_000,
    "changed_users": 100,
    "latency_s": 0.02,
    "quota": {"writes": 3000, "window_s": 150.0},
    "time_scale": 2.0,
    "date": "2026-11-24",
    "took_s": 1234,
    "machine": "Linux x86_64, 2 cores",
    "versions": {"pulumi": "v3.250.0", "python": "3.11.2", "curl": "7.88.1"},
    "per_user_first_seconds_with_checkpoints": {"200": 9.0, "400": 25.0},
}


def measurement(seconds: float, requests: int) -> Measurement:
    return Measurement(
        seconds=seconds,
        requests=requests,
        writes=requests,
        throttled=0,
        peak_mb=123.44,
        state_bytes=1_234_567,
        ratio_to_limit=1.2344,
        directory_cpu_seconds=0.5,
    )


MEASURED = {
    "guide": {case: measurement(1234.5678, 10_000) for case in CASES},
    "per_user": {case: measurement(12.3, 0) for case in CASES},
    "ours": {case: measurement(1.23, 11) for case in CASES},
}


def results(tmp_path: Path) -> dict[str, Any]:
    write_results(tmp_path / "results.json", "users", MEASURED, META)
    return read_results(tmp_path / "results.json")


def test_the_file_has_a_cell_for_each_method_and_case(tmp_path: Path) -> None:
    written = results(tmp_path)

    assert list(written["users"]) == ["guide", "per_user", "ours"]
    for cases in written["users"].values():
        assert list(cases) == ["first", "one_percent", "no_change", "refresh"]
    assert written["users"]["guide"]["first"] == {
        "seconds": 1234.57,
        "requests": 10_000,
        "writes": 10_000,
        "throttled": 0,
        "peak_mb": 123.4,
        "state_bytes": 1_234_567,
        "ratio_to_limit": 1.234,
        "directory_cpu_seconds": 0.5,
    }
    assert written["meta"]["users"] == META


def test_what_was_measured_of_another_part_stays(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    file.write_text(json.dumps({"sign_ins": {"a": 1}, "meta": {"sign_ins": {"date": "then"}}}))

    written = results(tmp_path)

    assert written["sign_ins"] == {"a": 1}
    assert set(written["meta"]) == {"sign_ins", "users"}


def test_the_table_groups_methods_by_case(tmp_path: Path) -> None:
    lines = table(results(tmp_path)["users"]).splitlines()

    assert lines[0].split() == [
        *("case", "method", "seconds", "x", "limit", "requests", "writes", "429"),
        *("peak", "MB", "state", "kB"),
    ]
    assert lines[1].split() == [
        *("first", "assignment", "guide", "1,234.6", "1.23"),
        *("10,000", "10,000", "0", "123", "1,235"),
    ]
    assert lines[2].startswith("                  per_user ")
    assert len(lines) == 13


def test_the_picture_is_one_svg_with_every_number_and_the_limits(tmp_path: Path) -> None:
    drawn = ElementTree.fromstring(draw(results(tmp_path)["users"], META))  # noqa: S314 - our own

    texts = [element.text or "" for element in drawn.iter(f"{SVG}text")]
    assert "Two extension values for 10,000 users" in texts
    for number in ("1,235", "10,000", "12", "0", "1.23", "11"):
        assert texts.count(number) >= len(CASES), number
    limits = [element.findtext(f"{SVG}title") for element in drawn.iter(f"{SVG}line")]
    assert "physical limit: 350 s" in limits
    assert not [e for e in drawn.iter() if "href" in str(e.attrib)], "nothing is loaded"


def test_the_page_has_the_numbers_and_keeps_its_text(tmp_path: Path) -> None:
    measured = results(tmp_path)["users"]

    page = update_page(PAGE.read_text(), measured, META)

    assert "**First assignment** (physical limit 350.24 s)" in page
    assert "| `guide` | 1,234.6 | 1.23 | 10,000 | 10,000 | 0 | 123 | 1,235 |" in page
    assert "200 users 9.0 s, 400 users 25.0 s." in page
    assert page.startswith("# Benchmarks\n")
    assert page.endswith("what the numbers depend on.\n")
    assert update_page(page, measured, META) == page


def test_a_page_without_a_place_for_the_numbers_is_told(tmp_path: Path) -> None:
    with pytest.raises(PageError, match="put both back"):
        update_page("# Benchmarks\n", results(tmp_path)["users"], META)


def test_what_is_committed_is_one_run(tmp_path: Path) -> None:
    committed = read_results(COMMITTED / "results.json")
    measured, conditions = committed["users"], committed["meta"]["users"]

    assert (COMMITTED / "users.svg").read_text() == draw(measured, conditions)
    assert PAGE.read_text() == update_page(PAGE.read_text(), measured, conditions)


def test_dots_further_right_are_larger_numbers(tmp_path: Path) -> None:
    drawn = ElementTree.fromstring(draw(results(tmp_path)["users"], META))  # noqa: S314 - our own

    at: dict[str, list[float]] = {method: [] for method in MEASURED}
    for circle in drawn.iter(f"{SVG}circle"):
        at[circle.attrib["class"]].append(float(circle.attrib["cx"]))
    # Seconds and requests take turns, and the zero requests of `per_user` have no place.
    assert len(at["per_user"]) == len(CASES)
    for case in range(len(CASES)):
        assert at["ours"][2 * case] < at["per_user"][case] < at["guide"][2 * case]
        assert at["ours"][2 * case + 1] < at["guide"][2 * case + 1]
