"""The house: a file imports only from the floors below it, and the ground floors never wait for torch."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "nmt_cli"

FLOORS = [
    {"errors", "vocab", "text", "curve", "distributed", "quantization"},
    {"config", "fidelity", "lexicon", "tokenizer", "metrics", "alignment", "recurrence", "kernels", "sources"},
    {"corpus", "model"},
    {"prepare", "batching", "search", "optimization", "checkpoint"},
    {"translate", "explain", "graphs"},
    {"evaluate", "report"},
    {"train"},
    {"cli"},
    {"__main__"},
]
# Within a floor these may import each other's neighbours to the left.
BESIDE = {
    "text": {"errors"},
    "tokenizer": {"config", "lexicon"},
    "sources": {"config"},
    "checkpoint": {"optimization"},
    "kernels": {"recurrence"},
}
TORCH = {
    "distributed",
    "quantization",
    "recurrence",
    "kernels",
    "model",
    "optimization",
    "batching",
    "search",
    "checkpoint",
    "translate",
    "explain",
    "graphs",
    "train",
}


def floor(name: str) -> int:
    return next(number for number, names in enumerate(FLOORS) if name in names)


def imports(path: Path) -> tuple[set[str], set[str]]:
    """The project's modules that a file imports anywhere, and the packages that it imports when it is loaded."""
    tree = ast.parse(path.read_text("utf-8"))
    inner, outer = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("nmt_cli."):
            inner.add(str(node.module).partition(".")[2])
    for statement in tree.body:
        if isinstance(statement, ast.Import):
            outer |= {alias.name.partition(".")[0] for alias in statement.names}
        elif isinstance(statement, ast.ImportFrom):
            outer.add(str(statement.module).partition(".")[0])
    return inner, outer


MODULES = sorted(path for path in PACKAGE.glob("*.py") if path.name != "__init__.py")


def test_every_module_has_its_floor() -> None:
    assert {path.stem for path in MODULES} == set().union(*FLOORS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_imports_come_from_below(path: Path) -> None:
    inner, outer = imports(path)
    for name in inner - BESIDE.get(path.stem, set()):
        assert floor(name) < floor(path.stem), f"{path.stem} imports {name}"
    assert ("torch" in outer) <= (path.stem in TORCH)


def test_modules_say_what_they_are() -> None:
    for path in MODULES:
        assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), path


@pytest.mark.parametrize("arguments", [["--help"], ["train", "--help"], ["--version"]])
def test_help_needs_no_heavy_package(arguments: list[str]) -> None:
    heavy = "torch numpy yaml datasets pyarrow sentencepiece sacrebleu rich"
    code = (
        "import sys, nmt_cli.__main__ as m; sys.argv = ['nmt', *sys.argv[1:]]; code = m._run(); "
        f"print(code, [name for name in {heavy.split()} if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "0 []"


def test_prepare_needs_no_torch() -> None:
    code = "import sys, nmt_cli.prepare; print('torch' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "False\n"
