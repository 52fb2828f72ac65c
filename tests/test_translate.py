"""Text in, text out: one line for each line, whatever comes."""

import io
import json
import math
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from conftest import ROOT, Nmt, run_nmt

from nmt_cli.batching import pad
from nmt_cli.checkpoint import load_model
from nmt_cli.config import TokenizerConfig
from nmt_cli.errors import ModelError
from nmt_cli.model import Batch, Model
from nmt_cli.search import search
from nmt_cli.tokenizer import Tokenizer
from nmt_cli.translate import Translator, split_long
from nmt_cli.vocab import BOS_ID, EOS_ID

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
    strange = ["\x00", " \t ", "hello", "😀😀", "क" * 3000, "एक " * 500, "एक। " * 300, "क-" * 400, "\u2028"]
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
    translator = Translator.load(numbers / MODEL, overrides=["search.split_sentences=false"])
    line = " ".join(f"{sentence} ।" for sentence in sentences(numbers, 40))
    parts = split_long(line, translator.config.data.cleaning.max_words)
    assert 1 < len(parts) < 40
    assert translator.translate([line]) == [" ".join(translator.translate(parts))]


def test_a_line_is_the_translation_of_its_sentences(numbers: Path) -> None:
    translator = Translator.load(numbers / MODEL)
    parts = [f"{sentence} ।" for sentence in sentences(numbers, 4)]
    assert translator.translate([" ".join(parts)]) == [" ".join(translator.translate(parts))]


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("एक। दो? तीन! चार।", ["एक।", "दो?", "तीन!", "चार।"]),
        ("Yahoo! और U.S. या डॉ. एक", ["Yahoo! और U.S. या डॉ. एक"]),
        ('"एक?" दो। । 3.5', ['"एक?" दो। । 3.5']),
        ("एक। Thank you. 42 दो।", ["एक।", "Thank you. 42 दो।"]),
        ("एक। Thank you! 😀", ["एक। Thank you! 😀"]),
    ],
)
def test_where_sentences_end(numbers: Path, line: str, parts: list[str]) -> None:
    (translation,) = Translator.load(numbers / MODEL).explain([line], beam_size=1)
    assert [segment.text for segment, _ in translation.segments] == parts


def test_what_is_no_hindi_comes_through_unchanged(numbers: Path) -> None:
    translator = Translator.load(numbers / MODEL)
    foreign = ["Already English, with  two spaces.", "👩‍👩‍👧 & co. &amp;", "42", "نہیں", "e\u0301\ufeff"]
    assert translator.translate([*foreign, "a\rb\x85c\u2028d", "१२"]) == [*foreign, "a b c d", "12"]
    (plain,) = Translator.load(numbers / MODEL, overrides=["search.copying=false"]).translate(["hello"])
    assert plain != "hello"


def test_sentences_begin_with_a_capital_on_request(numbers: Path) -> None:
    lines = [f"{line}।" for line in sentences(numbers, 5)]
    plain = Translator.load(numbers / MODEL).translate(lines)
    found = Translator.load(numbers / MODEL, overrides=["search.capitalize=true"]).translate(lines)
    assert all(translation[0].islower() for translation in plain)
    assert found == [translation[0].upper() + translation[1:] for translation in plain]


def test_numbers_and_addresses_are_copied_along_attention(numbers: Path) -> None:
    translator = Translator.load(numbers / MODEL)
    off = Translator.load(numbers / MODEL, overrides=["search.copying=false"])
    # A number before a unit, `52 हज़ार`, is translated with it.
    some = [line for line in sentences(numbers, 60) if " " in line and line.split()[1] not in ("सौ", "हज़ार")]
    pairs = [
        (item, line.replace(" ", f" {item} ", 1))
        for item in ("52", "www.a-b.in/x", "x.y@z.org", "GST")
        for line in some
    ]
    lines = [line for _, line in pairs]
    translations, before = translator.translate(lines), off.translate(lines)
    assert translations == translator.translate(lines, batch_size=7)
    for (item, _), text, plain in zip(pairs, translations, before, strict=True):
        assert text.split().count(item) == 1
        assert item not in plain.split()
        # Nothing else has changed: without the item it reads as before, less the word that it may have replaced.
        left = iter(plain.split())
        assert all(word in left for word in text.split() if word != item)


def test_scores_and_probabilities_are_the_model_s(numbers: Path, nmt: Nmt) -> None:
    parts = load_model(numbers / MODEL)
    text = "\n".join(["", *sentences(numbers, 12)])
    result = nmt("translate", "-m", str(numbers / MODEL), "--format", "json", "--n-best", "3", stdin=text)
    objects = [json.loads(line) for line in result.stdout.splitlines()]
    assert [each["line"] for each in objects] == list(range(1, 14))
    assert [each["source"] for each in objects] == text.split("\n")
    assert (objects[0]["translation"], objects[0]["score"], objects[0]["tokens"]) == ("", None, [])
    assert [each["translation"] for each in objects] == Translator.load(numbers / MODEL).translate(text.split("\n"))
    for each in objects[1:]:
        ((source,), tokens) = parts.source.encode([each["source"]]), [token["piece"] for token in each["tokens"]]
        ids = [parts.target.piece_id(piece) for piece in tokens]
        assert ids[-1] == EOS_ID
        batch = Batch(
            pad([[*source, EOS_ID]]), torch.tensor([len(source) + 1]), *map(pad, ([[BOS_ID, *ids[:-1]]], [ids]))
        )
        with torch.inference_mode():
            log_probs = parts.model(batch)[0].log_softmax(-1)[range(len(ids)), ids].tolist()
        assert [math.log(token["probability"]) for token in each["tokens"]] == pytest.approx(log_probs, abs=1e-3)
        assert each["score"] == pytest.approx(sum(log_probs) / len(ids), abs=1e-5)
        scores = [candidate["score"] for candidate in each["n_best"]]
        assert len(scores) == 3
        assert scores == sorted(scores, reverse=True)
        assert each["n_best"][0] == {"translation": each["translation"], "score": each["score"]}


def test_alignments_are_the_task_s(numbers: Path, nmt: Nmt) -> None:
    lines = [line for line in sentences(numbers, 40) if len(line.split()) <= 5]
    result = nmt("translate", "-m", str(numbers / MODEL), "--alignments", stdin="\n".join(["", *lines]))
    first, *rest = result.stdout.splitlines()
    assert first == " ||| "
    right = total = 0
    for line, (_, links) in zip(lines, (output.split(" ||| ") for output in rest), strict=True):
        words = len(line.split())
        expected = [f"{words - 1 - target}-{target}" for target in range(words)]
        right += len({*expected} & {*links.split()})
        total += words
    assert right / total > 0.9  # the target's words are the source's in the opposite order


def test_attention_file_holds_what_the_model_did(numbers: Path, tmp_path: Path, nmt: Nmt) -> None:
    lines = ["एक दो तीन", "", "सौ। दो।"]
    result = nmt("translate", "-m", str(numbers / MODEL), "--attention", "a.jsonl", stdin="\n".join(lines))
    assert result.returncode == 0
    records = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text("utf-8").splitlines()]
    assert [record["line"] for record in records] == [1, 3, 3]
    for record in records:
        alpha, energies, states = (torch.tensor(record[key]) for key in ("alpha", "e", "s"))
        assert alpha.shape == energies.shape == (len(record["target"]), len(record["source"]))
        torch.testing.assert_close(energies.softmax(-1), alpha, atol=1e-3, rtol=0)
        assert states.shape == (len(record["target"]), 64)
    assert (records[0]["source"][-1], records[0]["target"][-1]) == ("</s>", "</s>")


def test_n_best_and_settings_of_the_search(numbers: Path, nmt: Nmt) -> None:
    def searched(*overrides: str) -> list[str]:
        return Translator.load(numbers / MODEL, overrides=overrides).translate(["एक दो"])

    plain, (long,) = searched(), searched("search.min_length_ratio=5")
    assert len(long) > len(plain[0])
    drawn = [searched("search.sampling=true", "search.temperature=9", f"search.seed={seed}") for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    options = ["--n-best", "2", "--threads", "1", "--set", "search.min_length_ratio=5"]
    output = nmt("translate", "-m", str(numbers / MODEL), *options, stdin="एक दो\n\nसौ\n").stdout
    rows = [line.split(" ||| ") for line in output.splitlines()]
    assert [row[0] for row in rows] == ["1", "1", "2", "3", "3"]
    assert [row[1] for row in rows[::2]] == [long, "", rows[4][1]]


def test_ensembles_are_of_one_vocabulary(numbers: Path) -> None:
    model, lines = numbers / MODEL, sentences(numbers, 20)
    translator = Translator.load(model)
    assert Translator.load(model, model).translate(lines) == translator.translate(lines)
    parts = load_model(model)
    other = Tokenizer.train(lines, TokenizerConfig(vocab_size=30), "source")
    source = replace(parts, source=other, model=Model(parts.config.model, len(other), len(parts.target)))
    with pytest.raises(ModelError, match="SentencePiece models differ"):
        Translator(parts, source)


@pytest.mark.parametrize(
    ("arguments", "stdin", "expected"),
    [
        (["MODEL", "--n-best", "4"], "", "set --beam-size 4 or more"),
        (["MODEL", "--set", "search.beam_sise=4"], "", "did you mean 'beam_size'?"),
        (["MODEL", "--set", "training.seed=4"], "", "only settings under 'search'"),
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


def test_sizes_that_a_model_folder_only_claims_cost_nothing(numbers: Path, tmp_path: Path, nmt: Nmt) -> None:
    for path in (numbers / MODEL).iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    settings = json.loads((tmp_path / "config.json").read_text("utf-8"))
    settings["config"]["model"]["hidden_size"] = 2_000_000
    (tmp_path / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    result = nmt("translate", "--model", ".", stdin="एक\n")
    assert (result.returncode, result.stdout) == (2, "")
    assert "has shape" in result.stderr


def test_what_came_before_bad_input_is_written(numbers: Path, tmp_path: Path, nmt: Nmt) -> None:
    (tmp_path / "bad.txt").write_bytes("एक\nदो\n".encode() + b"\xff\n")
    result = nmt("translate", "-m", str(numbers / MODEL), "bad.txt")
    assert (result.returncode, result.stdout) == (2, "one\ntwo\n")
    assert "bad.txt, line 3" in result.stderr


def test_long_lines_of_every_kind(numbers: Path) -> None:
    lines = ["क" * 100_000, "x" * 100_000, "एक\x00\x07 दो", "एक\r"]
    first, second, third, fourth = Translator.load(numbers / MODEL).translate(lines, beam_size=1)
    assert first
    assert (second, third, fourth) == (lines[1], "two one", "one")


def test_interrupted_window_gives_what_is_finished(numbers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[None] = []

    def interrupted(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        calls.append(None)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return search(*arguments, **options)

    monkeypatch.setattr("nmt_cli.translate.search", interrupted)
    output = []
    with pytest.raises(KeyboardInterrupt):
        for line in Translator.load(numbers / MODEL).stream(["एक", "दो", "", "एक दो तीन", "सौ " * 5], batch_size=1):
            output.append(line)  # noqa: PERF402
    assert output == ["one", "two", ""]


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


def test_interrupt_keeps_the_lines_of_an_output_file(numbers: Path, tmp_path: Path) -> None:
    with start(numbers, "--stream", "-o", str(tmp_path / "out.txt")) as process:
        stdin, _, stderr = pipes(process)
        stdin.write("एक\n".encode())
        stdin.flush()
        while not any(path.stat().st_size for path in tmp_path.iterdir()):
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert stderr.read().decode() == f"interrupted: what was finished is in {tmp_path / 'out.txt.partial'}\n"
    assert process.returncode == 130
    assert {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()} == {"out.txt.partial": "one\n"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_full_disk_is_one_line(numbers: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run(
            [sys.executable, "-m", "nmt_cli", "translate", "--model", str(numbers / MODEL)],
            input="एक\nदो\n".encode(),
            stdout=full,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=False,
        )
    assert result.returncode == 2
    assert result.stderr.decode() == "nmt: the disk is full: free some space and give the same command again\n"


def test_a_terminal_is_asked_line_by_line(numbers: Path) -> None:
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "nmt_cli", "translate", "--model", str(numbers / MODEL)],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    os.close(theirs)
    assert process.stdout is not None
    for line, expected in (("एक", "one"), ("", ""), ("दो तीन", "three two")):
        os.write(ours, f"{line}\n".encode())
        assert process.stdout.readline().decode() == f"{expected}\n"
    os.write(ours, b"\x04")  # Ctrl-D: the end
    assert process.wait(timeout=30) == 0
    process.stdout.close()
    assert os.read(ours, 10_000).decode().count("hi> ") == 4
    os.close(ours)


def test_attention_as_a_page_and_in_the_terminal(numbers: Path, tmp_path: Path) -> None:
    """Reversed number words: each looks at the one in its mirror image's place."""
    page = tmp_path / "attention.html"
    model = ("--model", str(numbers / "runs/numbers/model"))
    assert run_nmt(numbers, "translate", *model, "--attention", str(page), stdin="एक दो\n\n").stdout.count("\n") == 2
    data = re.search(r'<script[^>]*type="application/json"[^>]*>(.*?)</script>', page.read_text("utf-8"), re.DOTALL)
    assert data
    explained = json.loads(data[1])["explanations"]
    assert ["".join(e["source"]).replace("▁", " ").strip() for e in explained] == ["एक दो</s>"]
    drawn = run_nmt(numbers, "translate", *model, "--explain", "एक दो")
    assert (drawn.returncode, drawn.stderr) == (0, "")
    assert drawn.stdout.startswith("  1  एक\n  2  दो\n")
    rows = [line for line in drawn.stdout.splitlines() if re.search(r"\d\.\d\d$", line)]
    assert [row.split()[0] for row in rows] == ["two", "one", "</s>"]
    blank = run_nmt(numbers, "translate", *model, "--explain", " ")
    assert (blank.returncode, blank.stderr.count("\n")) == (2, 1)
