"""The list of stacks becomes a job matrix, or one error that names every problem."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pull_requests.errors import StacksFileError
from pull_requests.stacks import main, read_stacks
from tests.unit.pull_requests.stack_entry import STACK

ROOT = Path(__file__).parents[3]


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".github").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    return tmp_path


def write(folder: Path, stacks: Any) -> None:
    (folder / ".github" / "stacks.json").write_text(json.dumps(stacks))


def test_the_committed_list_and_the_one_in_the_guide_can_be_used() -> None:
    assert read_stacks((ROOT / ".github" / "stacks.json").read_text()) == []
    guide = (ROOT / "docs" / "pull-requests.md").read_text()
    example = guide.partition("```json\n")[2].partition("```")[0]
    assert [stack["name"] for stack in read_stacks(example)] == ["prod"]


def test_every_problem_is_named_at_once() -> None:
    wrong = [
        STACK | {"previewRoleArn": "preview", "token": "hunter2"},
        STACK | {"deployClientId": STACK["previewClientId"]},
        "prod",
    ]

    with pytest.raises(StacksFileError) as caught:
        read_stacks(json.dumps(wrong))

    message = str(caught.value)
    for line in (
        "[0].token is not known",
        '[0].previewRoleArn must be the AWS role of the preview, an ARN, not "preview"',
        "[1].name 'prod' is given twice",
        "[1] must preview and deploy with two identities, not one",
        "[2] must be an object",
    ):
        assert line in message
    assert "hunter2" not in message


@pytest.mark.parametrize("text", ["", "{}", "[1", "null"])
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(StacksFileError):
        read_stacks(text)


@pytest.mark.parametrize("name", ["-x", "a b", "a/b", "", "a\nb", "x" * 101])
def test_a_name_that_would_be_more_than_a_name_is_refused(name: str) -> None:
    with pytest.raises(StacksFileError):
        read_stacks(json.dumps([STACK | {"name": name}]))


def test_the_matrix_is_the_jobs_output(in_folder: Path) -> None:
    write(in_folder, [STACK, STACK | {"name": "dev"}])

    assert main([""]) == 0

    name, _, value = (in_folder / "output").read_text().strip().partition("=")
    assert name == "stacks"
    assert [stack["name"] for stack in json.loads(value)] == ["prod", "dev"]


def test_one_stack_can_be_chosen(in_folder: Path) -> None:
    write(in_folder, [STACK, STACK | {"name": "dev"}])

    assert main(["dev"]) == 0
    assert '"name": "prod"' not in (in_folder / "output").read_text()
    assert main(["staging"]) == 2


def test_a_wrong_list_is_an_error_and_no_output(
    in_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([]) == 2
    write(in_folder, {})
    assert main([]) == 2

    assert "must hold a list of stacks" in capsys.readouterr().err
    assert not (in_folder / "output").exists()
