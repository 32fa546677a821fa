"""Executables that do what a tool does as far as the resolver looks at it."""

from __future__ import annotations

from pathlib import Path


def write_executable(file: Path, script: str) -> Path:
    """Write a shell script."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


def write_go(folder: Path, *, version: str = "go1.99.0", build: str = "") -> Path:
    """Write a `go` that answers `env`, `list` and, with the script `build`, `build`.

    In `build`, `$out` is the file that is asked for.
    """
    return write_executable(
        folder / "go",
        f"""
        case $1 in
          env) echo {version} ;;
          list)
            case $* in
              *" -m "*) echo {folder}/module ;;
              *) echo a; echo b; echo c ;;
            esac ;;
          build)
            while [ "$1" != -o ]; do shift; done
            out=$2
            {build or ":"} ;;
        esac""",
    )
