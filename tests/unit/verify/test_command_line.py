from __future__ import annotations

from pathlib import Path

import pytest

from verify.__main__ import NOT_AS_EXPECTED, WRONG_ARGUMENTS, main


class NoBrowser:
    def visit(self, url: str, *, redirect_uri: str) -> str:
        msg = f"the browser was opened at {url} for {redirect_uri}"
        raise AssertionError(msg)


def run(*arguments: str) -> tuple[int, str]:
    said: list[str] = []
    code = main(arguments, browser=NoBrowser(), write=said.append)
    return code, "".join(said)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--issuer", "https://i"],
        ["--kubeconfig-user", "f", "--issuer", "https://i", "--client-id", "c"],
    ],
)
def test_the_client_must_be_given_in_exactly_one_way(arguments: list[str]) -> None:
    assert run(*arguments) == (
        WRONG_ARGUMENTS,
        "error: arguments: Give either --kubeconfig-user, or --issuer and --client-id.\n",
    )


def test_questions_without_a_server_are_not_silently_skipped() -> None:
    code, said = run("--issuer", "https://i", "--client-id", "c", "--allowed", "get pods")
    assert (code, said) == (
        WRONG_ARGUMENTS,
        "error: arguments: --allowed and --denied need --server.\n",
    )


def test_a_question_of_another_form_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run("--issuer", "https://i", "--client-id", "c", "--allowed", "pods")
    assert caught.value.code == WRONG_ARGUMENTS
    assert "--allowed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "problem"),
    [("a: [", "It is not YAML."), ("- a", "It is not a kubeconfig user."), ("{}", "no `exec`")],
)
def test_a_file_that_is_no_user_entry_is_refused(
    tmp_path: Path, content: str, problem: str
) -> None:
    file = tmp_path / "user.yaml"
    file.write_text(content)
    code, said = run("--kubeconfig-user", str(file))
    assert code == WRONG_ARGUMENTS
    assert problem in said


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    code, said = run("--kubeconfig-user", str(tmp_path / "missing.yaml"))
    assert code == WRONG_ARGUMENTS
    assert "missing.yaml" in said


def test_an_issuer_out_of_reach_is_not_as_expected() -> None:
    """Port 9 of loopback: nothing listens there, and nothing leaves the machine."""
    code, said = run("--issuer", "https://127.0.0.1:9/t/v2.0", "--client-id", "c")
    assert code == NOT_AS_EXPECTED
    assert "cannot be reached" in said
