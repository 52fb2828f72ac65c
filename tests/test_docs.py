"""The documentation is true: what it names exists, and what exists has help."""

import re
import subprocess
from pathlib import Path

import pytest
import typer
from conftest import Nmt

from nmt_cli import __version__
from nmt_cli.cli import app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def options(command: str) -> set[str]:
    return {name for parameter in COMMANDS[command].params for name in (*parameter.opts, *parameter.secondary_opts)}


def command_lines() -> list[str]:
    """Every line of the README's code blocks that calls nmt."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if re.search(r"\bnmt \w+", line)]


@pytest.mark.parametrize("line", command_lines())
def test_readme_commands_exist(line: str) -> None:
    for command, rest in re.findall(r"(?<![\w/-])nmt (\w+)([^|#;]*)", line):
        assert command in COMMANDS
        for option in re.findall(r"(?<=\s)--?[a-zA-Z][\w-]*", rest):
            assert option in options(command), f"nmt {command} has no {option}"


def test_readme_has_every_command_and_option() -> None:
    for name in COMMANDS:
        assert f"nmt {name}" in README
        for option in options(name) - {"--no-stream", "--help"}:
            if option.startswith("--"):
                assert f"`{option}" in README or f" {option}" in README, f"README does not mention {name} {option}"


def test_readme_files_and_scripts_exist() -> None:
    for path in re.findall(r"(?<![\w/.])((?:configs|scripts|data|tests|nmt_cli|docs)/[\w./-]+\w)", README):
        assert (ROOT / path).exists(), path


def test_every_command_and_option_has_help() -> None:
    for name, command in COMMANDS.items():
        assert command.help, name
        for parameter in command.params:
            assert getattr(parameter, "help", None), f"{name} {parameter.name}"


def test_readme_settings_exist() -> None:
    from nmt_cli.config import _known_keys

    for key in re.findall(r"`((?:data|tokenizer|model|training|search)\.[a-z_.]+)`", README):
        assert key in _known_keys(), key
    commands = re.sub(r"^```text\n.*?^```", "", README, flags=re.MULTILINE | re.DOTALL)  # what they print is not meant
    for key in re.findall(r"--set ([a-z_.0-9]+)=", commands):
        # The items of a list and the names of dev and test sets are the user's.
        assert re.sub(r"(data\.train)\.\d+|(data\.(?:dev|test))\.\w+", r"\1\2", key) in _known_keys(), key


def test_changelog_agrees_with_the_version(nmt: Nmt) -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    found = re.search(r"^## (\S+)", changelog, re.MULTILINE)
    assert found and found[1] == __version__
    assert nmt("--version").stdout == f"nmt {__version__}\n"


@pytest.mark.parametrize("script", sorted(path.name for path in (ROOT / "scripts").iterdir() if not path.suffix))
def test_scripts_parse_and_can_be_run(script: str) -> None:
    path = ROOT / "scripts" / script
    assert path.stat().st_mode & 0o111
    subprocess.run(["bash", "-n", str(path)], check=True)
