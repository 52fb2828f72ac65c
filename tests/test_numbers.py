"""The whole way, through the real command line: a small task must be solved."""

import json
from pathlib import Path

from conftest import run_nmt


def test_a_small_task_is_solved(numbers: Path) -> None:
    result = run_nmt(numbers, "evaluate", "--config", "config.yaml", "--json")
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["bleu"]["score"] >= 98
    assert report["bleu"]["signature"].startswith("nrefs:1|case:mixed|eff:no|tok:13a")
    assert report["sets"]["test"]["lines"] == report["lines"] == 200
