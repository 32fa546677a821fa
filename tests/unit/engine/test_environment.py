"""What reaches the engine, and what does not."""

from __future__ import annotations

from pathlib import Path

from sandbox.engine.environment import (
    base_environment,
    blot_out,
    internet_environment,
    secrets_in,
)

PERSON = {
    "PATH": "/usr/bin",
    "LANG": "C.UTF-8",
    "HOME": "/home/someone",
    "AWS_PROFILE": "production",
    "ARM_CLIENT_SECRET": "the-real-one",
    "PULUMI_ACCESS_TOKEN": "pul-123",
    "PYTHONPATH": "/somewhere",
    "HTTPS_PROXY": "http://proxy:3128",
    "SSL_CERT_FILE": "/etc/company.pem",
}


def test_nothing_of_a_person_s_clouds_reaches_the_engine() -> None:
    environment = base_environment(Path("/box"), Path("/tools"), PERSON)

    unwanted = set(PERSON) - {"PATH", "LANG", "HOME"}
    assert unwanted.isdisjoint(environment)
    assert environment["HOME"] == "/box/user", "no ~/.aws, ~/.azure or ~/.kube of a person"


def test_the_tools_come_first_on_the_path() -> None:
    environment = base_environment(Path("/box"), Path("/tools"), PERSON)

    assert environment["PATH"] == "/tools:/usr/bin"


def test_plugins_are_neither_taken_from_the_path_nor_downloaded() -> None:
    environment = base_environment(Path("/box"), Path("/tools"), {})

    assert environment["PULUMI_IGNORE_AMBIENT_PLUGINS"] == "true"
    assert environment["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] == "true"


def test_a_download_gets_the_proxy_and_the_authorities_of_the_machine_only() -> None:
    assert internet_environment(PERSON) == {
        "HTTPS_PROXY": "http://proxy:3128",
        "SSL_CERT_FILE": "/etc/company.pem",
    }


def test_secrets_are_known_by_the_names_of_their_variables() -> None:
    environment = {
        "ARM_CLIENT_SECRET": "s3cr3t-value",
        "PULUMI_CONFIG_PASSPHRASE": "s3cr3t-value-longer",
        "PULUMI_CONFIG_PASSPHRASE_FILE": "/box/passphrase",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "ARM_TENANT_ID": "3f8a0c52-6d1e-4b7a-9c45-1e2d3a4b5c6d",
    }

    assert secrets_in(environment) == ["s3cr3t-value-longer", "s3cr3t-value"]


def test_the_longer_secret_is_blotted_out_whole() -> None:
    secrets = secrets_in({"A_TOKEN": "s3cr3t-value", "B_TOKEN": "s3cr3t-value-longer"})

    assert blot_out("1 s3cr3t-value-longer 2 s3cr3t-value", secrets) == "1 [secret] 2 [secret]"
