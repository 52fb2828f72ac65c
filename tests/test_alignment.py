"""Word alignments: read strictly, symmetrised by the book, spread over the right tokens, in step with their pairs."""

import json
import random
from pathlib import Path

import numpy as np
import pytest
from conftest import CONFIG, WORDS, Nmt, write_numbers
from hypothesis import given
from hypothesis import strategies as st

from nmt_cli.alignment import (
    Links,
    align,
    alignment_error_rate,
    check_range,
    format_links,
    read_links,
    spread,
    symmetrize,
)
from nmt_cli.batching import TokenDataset
from nmt_cli.errors import DataError
from nmt_cli.text import normalize
from nmt_cli.tokenizer import Tokenizer
from nmt_cli.vocab import EOS_ID

LINKS = st.frozensets(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=14)


# Reading, comparing, symmetrising, spreading


@given(st.lists(LINKS, max_size=5))
def test_pharaoh_lines_round_trip(tmp_path_factory: pytest.TempPathFactory, alignments: list[Links]) -> None:
    path = tmp_path_factory.mktemp("round") / "a.txt"
    path.write_text("".join(f"{format_links(links)}\n" for links in alignments), encoding="utf-8")
    assert list(read_links(path)) == alignments


@pytest.mark.parametrize("line", ["0-0 1", "0-0,1-1", "1:1", "-1-2", "0-0 1-2?", "०-०", "0-1-2"])
def test_malformed_lines_are_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.txt").write_text(f"0-0 2-1\n\n{line}\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"a\.txt, line 3: '.*' is not a link; write source-target"):
        list(read_links(tmp_path / "a.txt"))


def test_out_of_range_names_the_link_and_the_words() -> None:
    check_range({(1, 0), (0, 2)}, ("क ख", "a b c"), "a.txt, line 7")
    check_range(set(), ("", ""), "a.txt, line 7")
    with pytest.raises(
        DataError, match=r"^a\.txt, line 7: the link 2-0 is out of range: the source sentence has 2 words"
    ):
        check_range({(0, 0), (2, 0)}, ("क ख", "a b c"), "a.txt, line 7")
    with pytest.raises(DataError, match=r"the link 0-3 is out of range: the target sentence has 3 words"):
        check_range({(0, 3)}, ("क ख", "a b c"), "a.txt, line 7")


def test_symmetrised_by_hand() -> None:
    """0-0 and 3-3 agree; 0-1 and 1-1 grow from 0-0, and 1-2 from 0-1; nothing grows to 5-5, but its words have no
    other link; 5-3 is left out, for 3 has one."""
    forward = {(0, 0), (3, 3), (1, 1), (0, 1), (5, 5)}
    backward = {(0, 0), (3, 3), (1, 2), (5, 3)}
    assert symmetrize(forward, backward) == {(0, 0), (3, 3), (0, 1), (1, 1), (1, 2), (5, 5)}


@given(LINKS, LINKS)
def test_symmetrised_lies_between_intersection_and_union(forward: Links, backward: Links) -> None:
    links = symmetrize(forward, backward)
    assert forward & backward <= links <= forward | backward
    assert symmetrize(forward, forward) == forward
    # Whatever was left out would align no two words that both are still without a link.
    src_done, tgt_done = {src for src, _ in links}, {tgt for _, tgt in links}
    assert all(src in src_done or tgt in tgt_done for src, tgt in forward | backward)


def test_alignment_error_rate_by_hand() -> None:
    assert alignment_error_rate([{(0, 0)}, {(1, 1), (0, 1)}], [{(0, 0)}, {(1, 1)}]) == pytest.approx(1 - 4 / 5)
    assert alignment_error_rate([{(0, 0)}], [{(0, 0)}]) == alignment_error_rate([set()], [set()]) == 0
    assert alignment_error_rate([{(0, 0)}], [{(0, 1)}]) == 1


def test_spread_links_all_tokens_of_linked_words() -> None:
    # A tag, then a word of two tokens and one of one; two target words of one and two tokens.
    src, tgt = [False, True, False, True], [True, True, False]
    assert spread({(0, 1)}, src, tgt) == [1, 1, 1, 2, 2, 1, 2, 2]
    assert spread({(1, 0)}, src, tgt) == [0, 3]
    assert spread(set(), src, tgt) == []


@given(LINKS, *[st.lists(st.integers(1, 3), min_size=7, max_size=7)] * 2, st.integers(0, 2))
def test_spread_can_be_taken_back(links: Links, src: list[int], tgt: list[int], before: int) -> None:
    starts = [[i == 0 for size in sizes for i in range(size)] for sizes in (src, tgt)]
    flat = spread(links, [False] * before + starts[0], starts[1])
    words = [np.cumsum(side) - 1 for side in starts]
    places = list(zip(flat[1::2], flat[::2], strict=True))
    assert {(words[0][s - before], words[1][t]) for s, t in places} == links
    assert len(set(places)) == len(places) == sum(src[s] * tgt[t] for s, t in links)


def test_every_word_of_nasty_text_starts_once(folder: Path, nmt: Nmt) -> None:
    assert nmt("prepare", "-c", "config.yaml").returncode == 0
    tokenizer = Tokenizer.load(folder / "runs/numbers/prepared/source.model")
    for text in ("एक 😀😀 दो 12 3.5", "a\u00a0b\u3000 c\td", "  दो  ", "", "<unk> </s>", "क\u200bख"):
        sentence = normalize(text)
        starts = tokenizer.word_starts(tokenizer.encode([sentence])[0])
        assert sum(starts) == len(sentence.split())


# eflomal


def word_for_word(size: int) -> tuple[list[tuple[str, str]], list[Links]]:
    """Sentences of a language of which every word has one translation, in another order, with noise around words."""
    generator = random.Random(1)
    pairs: list[tuple[str, str]] = []
    links: list[Links] = []
    for _ in range(size):
        words = [generator.randrange(40) for _ in range(generator.randint(2, 7))]
        order = sorted(range(len(words)), key=lambda i: i + 1.5 * generator.random())
        src = [f"{generator.choice(['', '“'])}s{word}" for word in words]
        tgt = [generator.choice([f"T{words[i]}", f"t{words[i]},"]) for i in order]
        pairs.append((" ".join(src), " ".join(tgt)))
        links.append({(i, place) for place, i in enumerate(order)})
    return pairs, links


def test_eflomal_finds_what_translates_what(tmp_path: Path) -> None:
    pytest.importorskip("eflomal")
    pairs, links = word_for_word(600)
    odd = [("", "x"), ("x", ""), ("", ""), ("x " * 2000, "y")]
    found = list(align(iter([*pairs[:300], *odd, *pairs[300:]]), tmp_path))
    assert found[300:304] == [set()] * 4
    assert alignment_error_rate(found[:300] + found[304:], links) < 0.05
    assert list(tmp_path.iterdir()) == []


# nmt prepare


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_numbers(tmp_path, {"train": 600, "dev": 30, "test": 30})
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    for name in ("train", "dev"):
        write_links(tmp_path, name)
    return tmp_path


def write_links(folder: Path, name: str) -> None:
    """What translates what in the table of that name: the words in the opposite order, of clean pairs."""
    lines = []
    for row in (folder / f"{name}.tsv").read_text("utf-8").splitlines()[1:]:
        src, tgt = (cell.split() for cell in row.split("\t"))
        mirrored = [WORDS.get(word) for word in reversed(src)] == tgt
        lines.append(" ".join(f"{len(src) - 1 - i}-{i}" for i in range(len(tgt))) if mirrored else "")
    (folder / f"{name}.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


WITH_FILES = (
    "data.train=[{table: train.tsv, alignment: train.txt}]",
    "data.dev={dev: {table: dev.tsv, alignment: dev.txt}}",
)


def arguments(*settings: str) -> list[str]:
    return ["prepare", "-c", "config.yaml", *(part for setting in settings for part in ("--set", setting))]


def assert_links_translate(folder: Path, name: str, pairs: int) -> None:
    """Every target token of a prepared file looks at the tokens of the number word that it translates, and EOS at EOS."""
    prepared = folder / "runs/numbers/prepared"
    sides = [Tokenizer.load(prepared / file) for file in ("source.model", "target.model")]
    dataset = TokenDataset(prepared / f"{name}.arrow", alignments=True)
    assert len(dataset) == pairs
    batch = dataset.collate(np.arange(pairs))
    assert batch.alignment is not None
    assert batch.alignment.shape == (*batch.tgt_out.shape, batch.src.shape[1])
    sums = batch.alignment.sum(dim=2)
    assert (sums[batch.tgt_out != 0] - 1).abs().max() < 1e-6  # every word of this task is linked
    assert sums[batch.tgt_out == 0].abs().max() == 0
    for src, tgt, looks in zip(batch.src.tolist(), batch.tgt_out.tolist(), batch.alignment, strict=True):
        place = tgt.index(EOS_ID)
        assert looks[place].nonzero().flatten().tolist() == [src.index(EOS_ID)]
        words = [0, *(np.cumsum(sides[1].word_starts(tgt[:place]))).tolist()][1:]
        for t, word in enumerate(words):
            seen = [i for i, weight in zip(src, looks[t].tolist(), strict=True) if weight]
            whole = [i for i, number in zip(tgt[:place], words, strict=True) if number == word]
            (hindi,), (english,) = sides[0].decode([seen]), sides[1].decode([whole])
            assert WORDS[hindi] == english


def test_files_stay_in_step_with_pairs_that_cleaning_drops(folder: Path, nmt: Nmt) -> None:
    rows = (folder / "train.tsv").read_text("utf-8").splitlines()
    test = (folder / "test.tsv").read_text("utf-8").splitlines()[1:]
    kept = rows[1:]
    for place, broken in ((40, "\tnothing"), (7, kept[3]), (590, test[0]), (0, "A\tA"), (603, test[1])):
        rows.insert(1 + place, broken)
    (folder / "train.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    write_links(folder, "train")
    result = nmt(*arguments(*WITH_FILES))
    assert result.returncode == 0, result.stderr
    assert "alignments: files, 630 pairs, 1.00 of the target words aligned" in result.stderr
    assert_links_translate(folder, "train", 600)
    assert_links_translate(folder, "dev", 30)
    manifest = json.loads((folder / "runs/numbers/prepared/manifest.json").read_text("utf-8"))
    assert set(manifest["inputs"]) == {"train.tsv", "train.txt", "dev.tsv", "dev.txt", "test.tsv"}
    assert "up to date" in nmt(*arguments(*WITH_FILES)).stderr
    assert "up to date" not in nmt(*arguments(WITH_FILES[0])).stderr


def test_lines_count_after_where_and_tags_move_nothing(folder: Path, nmt: Nmt) -> None:
    rows = (folder / "train.tsv").read_text("utf-8").splitlines()
    kinds = ["kind", *(["talk", "prose"] * 300)]
    (folder / "kinds.tsv").write_text("".join(f"{k}\t{r}\n" for k, r in zip(kinds, rows, strict=True)), "utf-8")
    lines = (folder / "train.txt").read_text("utf-8").splitlines()
    (folder / "talk.txt").write_text("".join(f"{line}\n" for line in lines[::2]), "utf-8")
    source = '{table: kinds.tsv, where: {kind: [talk]}, alignment: talk.txt, tag: "<talk>"}'
    result = nmt(*arguments(f"data.train=[{source}]", WITH_FILES[1]))
    assert result.returncode == 0, result.stderr
    assert_links_translate(folder, "train", 300)
    tag = Tokenizer.load(folder / "runs/numbers/prepared/source.model").piece_id("<talk>")
    dataset = TokenDataset(folder / "runs/numbers/prepared/train.arrow", alignments=True)
    batch = dataset.collate(np.array([5]))
    assert batch.alignment is not None
    assert batch.src[0, 0] == tag
    assert batch.alignment[0, :, 0].sum() == 0


def test_sources_without_alignment_are_silent(folder: Path, nmt: Nmt) -> None:
    assert nmt(*arguments(WITH_FILES[0])).returncode == 0
    prepared = folder / "runs/numbers/prepared"
    batch = TokenDataset(prepared / "dev.arrow", alignments=True).collate(np.arange(30))
    assert batch.alignment is not None
    assert batch.alignment.sum() == 30  # the ends
    assert TokenDataset(prepared / "dev.arrow").collate(np.arange(30)).alignment is None


def test_text_with_the_sign_for_a_space_stays_silent(folder: Path, nmt: Nmt) -> None:
    """SentencePiece sees three words where there are two: no link would be sure to meet the right token."""
    with (folder / "train.tsv").open("a", encoding="utf-8") as stream:
        stream.write("एक▁दो तीन\tthree two\nतीन एक दो\tthree two\n")
    with (folder / "train.txt").open("a", encoding="utf-8") as stream:
        stream.write("1-0 0-1\n0-0 2-1\n")
    result = nmt(*arguments(*WITH_FILES))
    assert result.returncode == 0, result.stderr
    links = TokenDataset(folder / "runs/numbers/prepared/train.arrow").column("links")
    assert links[600] == []
    assert len(links[601]) > 0


def test_links_that_were_never_prepared(folder: Path, nmt: Nmt) -> None:
    assert nmt(*arguments()).returncode == 0
    with pytest.raises(DataError, match=r"holds no word alignments; run nmt prepare again with data\.aligner"):
        TokenDataset(folder / "runs/numbers/prepared/train.arrow", alignments=True)
    assert not (folder / "runs/numbers/prepared/alignment.txt").exists()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda lines: lines[:-1], "train.txt has 599 lines but train.tsv has 600 pairs: line i must align"),
        (lambda lines: [*lines, ""], "train.txt has 601 lines but train.tsv has 600 pairs"),
        (lambda lines: [*lines[:9], "0:0", *lines[10:]], "nmt: train.txt, line 10: '0:0' is not a link"),
        (lambda lines: [*lines[:9], "0-0 99-0", *lines[10:]], "nmt: train.txt, line 10: the link 99-0 is out of range"),
        (lambda _: None, "nmt: train.txt: no such file; correct its path in the configuration"),
    ],
)  # fmt: skip
def test_files_that_do_not_fit(folder: Path, nmt: Nmt, change: object, expected: str) -> None:
    assert callable(change)
    lines = change((folder / "train.txt").read_text("utf-8").splitlines())
    (folder / "train.txt").unlink()
    if lines is not None:
        (folder / "train.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    assert_refused(folder, nmt, WITH_FILES, expected)


def assert_refused(folder: Path, nmt: Nmt, settings: tuple[str, ...], expected: str) -> None:
    result = nmt(*arguments(*settings), "-q")
    assert result.returncode == 2
    assert expected in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (folder / "runs").exists()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (("data.test={t: {table: test.tsv, alignment: a}}",), "data: test.t has an 'alignment', but only train and dev"),
        (("data.held_out=[{table: test.tsv, alignment: a}]",), "data: held_out.0 has an 'alignment', but only"),
        (("data.aligner=giza",), "'data.aligner' cannot be 'giza'"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be(folder: Path, nmt: Nmt, settings: tuple[str, ...], expected: str) -> None:
    assert_refused(folder, nmt, settings, expected)


def test_eflomal_is_asked_for_before_the_work(folder: Path, nmt: Nmt) -> None:
    (folder / "eflomal.py").write_text("raise ImportError\n", encoding="utf-8")
    expected = "data.aligner: eflomal is not installed; run pip install nmt-cli[align]"
    assert_refused(folder, nmt, ("data.aligner=eflomal",), expected)
    result = nmt(*arguments("data.aligner=eflomal", *WITH_FILES))
    assert result.returncode == 0, result.stderr  # nothing is left to align


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("echo no memory >&2; exit 3", "nmt: eflomal failed (exit status 3): no memory"),
        ("kill -9 $$", "nmt: eflomal failed (ended by SIGKILL): it does not say why"),
        ('echo talk; for last; do :; done; touch "$last" "${@: -3:1}"', "nmt: eflomal wrote less than it should"),
    ],
)
def test_failures_of_eflomal_are_one_line(folder: Path, nmt: Nmt, script: str, expected: str) -> None:
    program = folder / "eflomal" / "bin" / "eflomal"
    program.parent.mkdir(parents=True)
    (folder / "eflomal" / "__init__.py").touch()
    program.write_text(f"#!/usr/bin/env bash\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    assert_refused(folder, nmt, ("data.aligner=eflomal",), expected)


def test_eflomal_aligns_training_and_dev_pairs_together(folder: Path, nmt: Nmt) -> None:
    pytest.importorskip("eflomal")
    write_numbers(folder, {"train": 2000, "dev": 60, "test": 30})
    write_links(folder, "train")
    write_links(folder, "dev")
    (folder / "more.tsv").write_text("hi\ten\n" + "दस सौ दस सौ दस सौ दस सौ\thundred ten\n", encoding="utf-8")
    (folder / "more.txt").write_text("0-0 7-1\n", encoding="utf-8")
    train = "data.train=[{table: more.tsv, alignment: more.txt}, {table: train.tsv}]"
    result = nmt(*arguments(train, "data.aligner=eflomal"))
    assert result.returncode == 0, result.stderr
    assert result.stdout == ""
    assert "alignments: eflomal and files, 2,0" in result.stderr
    found = list(read_links(folder / "runs/numbers/prepared/alignment.txt"))
    assert found[0] == {(0, 0), (7, 1)}
    reference = [links for name in ("train", "dev") for links in read_links(folder / f"{name}.txt")]
    assert alignment_error_rate(found[1:], reference) < 0.2
    assert alignment_error_rate(found[-60:], reference[-60:]) < 0.2
    files = {path.name for path in (folder / "runs/numbers/prepared").iterdir()}
    assert files == {
        "train.arrow",
        "text.arrow",
        "dev.arrow",
        "source.model",
        "target.model",
        "manifest.json",
        "alignment.txt",
    }
    assert "up to date" in nmt(*arguments(train, "data.aligner=eflomal")).stderr
