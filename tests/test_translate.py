"""Text in, text out: one line for each line, whatever comes."""

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, Nmt, run_nmt

from nmt_cli.translate import Translator, split_long

MODEL = Path("runs/numbers/model")


def sentences(folder: Path, count: int) -> list[str]:
    lines = (folder / "test.tsv").read_text("utf-8").splitlines()[1 : count + 1]
    return [line.split("\t")[0] for line in lines]


@pytest.mark.parametrize("beam_size", ["1", "5"])
def test_batch_size_changes_no_byte(numbers: Path, beam_size: str) -> None:
    text = "\n".join(["", *sentences(numbers, 60), "", "तीन"])
    outputs = {
        run_nmt(numbers, "translate", "-c", "config.yaml", "--beam-size", beam_size, *options, stdin=text).stdout
        for options in (["--batch-size", "1"], ["--batch-size", "7"], ["--batch-size", "64"], ["--stream"])
    }
    assert len(outputs) == 1
    lines = outputs.pop().splitlines()
    assert len(lines) == 63
    assert [i for i, line in enumerate(lines) if not line] == [0, 61]
    assert lines == Translator.load(numbers / MODEL).translate(text.split("\n"), beam_size=int(beam_size))


def test_files_and_output(numbers: Path, tmp_path: Path, nmt: Nmt) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbf" + "एक दो\r\n\r\n".encode())
    (tmp_path / "b.txt").write_text("तीन\nचार सौ", encoding="utf-8")
    model = str(numbers / MODEL)
    expected = Translator.load(model).translate(["एक दो", "", "तीन", "चार सौ"])
    result = nmt("translate", "--model", model, "a.txt", "b.txt", "-o", "out.txt")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert (tmp_path / "out.txt").read_text("utf-8") == "".join(f"{line}\n" for line in expected)
    assert nmt("translate", "-m", model, stdin="").stdout == ""


def test_normalisation_is_the_same_as_in_training(numbers: Path, tmp_path: Path) -> None:
    translator = Translator.load(numbers / MODEL)
    plain = translator.translate(["पाँच हज़ार दो"])
    assert plain != translator.translate(["पाँच ह दो"])
    assert translator.translate(["  पाँच\u00a0ह\u095b\u093eर \u200dदो\ufeff "]) == plain


def test_strange_lines_keep_their_place(numbers: Path) -> None:
    translator = Translator.load(numbers / MODEL)
    strange = ["\x00", " \t ", "hello", "😀😀", "क" * 3000, "एक " * 500, "एक। " * 300, "-" * 400, "\u2028"]
    lines = translator.translate([*strange, "सात"])
    assert len(lines) == len(strange) + 1
    assert [lines[i] for i in (0, 1, 8)] == ["", "", ""]
    assert lines[-1:] == translator.translate(["सात"])
    assert all("\n" not in line for line in lines)


def test_long_lines_are_split_at_sentence_ends() -> None:
    text = "वह आया। वह गया! डॉ. शर्मा आए? " + "क, " * 9 + "अंत"
    for limit in (3, 5, 12, 100):
        parts = split_long(text, limit)
        assert " ".join(parts).split() == text.split()
        assert max(len(part.split()) for part in parts) <= limit
    assert split_long("क ख। ग घ? च छ ज।", 4) == ["क ख। ग घ?", "च छ ज।"]


def test_a_long_line_is_the_translation_of_its_parts(numbers: Path) -> None:
    translator = Translator.load(numbers / MODEL)
    line = " ".join(f"{sentence} ।" for sentence in sentences(numbers, 40))
    parts = split_long(line, translator.config.data.cleaning.max_words)
    assert len(parts) > 1
    assert translator.translate([line]) == [" ".join(translator.translate(parts))]


@pytest.mark.parametrize(
    ("arguments", "stdin", "expected"),
    [
        (["--model", "nowhere"], "", "nowhere: no such model folder"),
        (["--model", "."], "", ".: not a model folder: it has no config.json"),
        (["--config", "none.yaml"], "", "none.yaml: no such configuration file"),
        (["--model", "a", "--config", "b"], "", "give one of them"),
        (["--beam-size", "0"], "", "--beam-size"),
        (["MODEL", "missing.txt"], "", "missing.txt: no such file"),
    ],
)
def test_mistakes_are_one_line(numbers: Path, nmt: Nmt, arguments: list[str], stdin: str, expected: str) -> None:
    arguments = ["--model", str(numbers / MODEL), *arguments[1:]] if arguments[0] == "MODEL" else arguments
    result = nmt("translate", *arguments, stdin=stdin)
    assert (result.returncode, result.stdout) == (2, "")
    assert expected in result.stderr
    assert result.stderr.count("\n") == 1


def test_invalid_utf8_names_the_line_and_leaves_no_file(numbers: Path, tmp_path: Path, nmt: Nmt) -> None:
    (tmp_path / "bad.txt").write_bytes("एक\nदो\n".encode() + b"\xe0\xa4\n")
    result = nmt("translate", "-m", str(numbers / MODEL), "bad.txt", "-o", "out.txt")
    assert result.returncode == 2
    assert result.stderr == "nmt: bad.txt, line 3: not valid UTF-8 (byte 1 of the line); " + (
        "convert the file, for instance with iconv -t utf-8\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["bad.txt"]


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "source.model", "target.model"])
@pytest.mark.parametrize("damage", ["missing", "truncated", "foreign"])
def test_damaged_model_folders(numbers: Path, tmp_path: Path, nmt: Nmt, name: str, damage: str) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    for path in (numbers / MODEL).iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    content = (folder / name).read_bytes()
    if damage == "missing":
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content[: len(content) // 2] if damage == "truncated" else b'{"foreign": 1}')
    result = nmt("translate", "--model", "model", stdin="एक\n")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("nmt: model")
    assert result.stderr.count("\n") == 1


def start(numbers: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "nmt_cli", "translate", "--model", str(numbers / MODEL), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def pipes(process: "subprocess.Popen[bytes]") -> tuple[io.BufferedWriter, io.BufferedReader, io.BufferedReader]:
    assert process.stdin and process.stdout and process.stderr
    return process.stdin, process.stdout, process.stderr  # type: ignore[return-value]


def test_stream_answers_line_by_line(numbers: Path) -> None:
    translator = Translator.load(numbers / MODEL)
    with start(numbers, "--stream") as process:
        stdin, stdout, stderr = pipes(process)
        for line in ("एक दो", "", "सौ"):
            stdin.write(f"{line}\n".encode())
            stdin.flush()
            assert stdout.readline().decode() == f"{translator.translate([line])[0]}\n"
        stdin.close()
        assert stderr.read() == b""
    assert process.returncode == 0


def test_closed_pipe_ends_quietly(numbers: Path) -> None:
    with start(numbers, "--stream") as process:
        stdin, stdout, stderr = pipes(process)
        stdin.write("एक\n".encode())
        stdin.flush()
        assert stdout.readline().endswith(b"\n")
        stdout.close()
        stdin.write("दो\n".encode() * 3)
        stdin.close()
        assert stderr.read() == b""
    assert process.returncode == 0


def test_interrupt_keeps_what_was_written(numbers: Path) -> None:
    with start(numbers, "--stream") as process:
        stdin, stdout, stderr = pipes(process)
        stdin.write("एक\n".encode())
        stdin.flush()
        assert stdout.readline().endswith(b"\n")
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        assert stderr.read() == b""
    assert process.returncode == 130
