"""What a person reads when an engine command goes wrong."""

from __future__ import annotations

from sandbox.engine.errors import PulumiFailedError, PulumiTimeoutError
from sandbox.engine.home import _reason


def test_a_failed_command_says_what_pulumi_said() -> None:
    error = PulumiFailedError("pulumi up --stack dev", 255, 1.25, "error: no stack named 'dev'")

    assert str(error) == (
        "`pulumi up --stack dev` ended with status 255 after 1.2 s. It said last:\n"
        "error: no stack named 'dev'"
    )


def test_a_timeout_says_that_the_stack_may_be_locked() -> None:
    error = PulumiTimeoutError("pulumi up", 60, "")

    assert str(error) == (
        "`pulumi up` had not finished after 60 s and was ended; the stack may be left locked "
        "(`pulumi cancel`). It said last:\n(nothing)"
    )


def test_why_a_download_failed_is_said_once() -> None:
    said = (
        "[resource plugin aws-7.51.1] installing\n"
        "warning: Error downloading plugin: no such host\nWill retry in 80ms [1/5]\n"
        "warning: Error downloading plugin: no such host\nWill retry in 160ms [2/5]\n"
        "error: [resource plugin aws-7.51.1] downloading from : failed all 5 attempts"
    )

    assert _reason(said) == "no such host"


def test_another_reason_is_the_last_line() -> None:
    assert _reason("one\nerror: the disk is full") == "the disk is full"
