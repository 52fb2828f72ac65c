"""Lexicons: what a model is told about words, how it learns to use it, and a user's glossary."""

import gzip
import json
import random
import sys
from pathlib import Path

import pytest
import torch
from conftest import CONFIG, ROOT, WORDS, Nmt, run_nmt

from nmt_cli import Translator, prepare
from nmt_cli.batching import TokenDataset
from nmt_cli.checkpoint import fit_told
from nmt_cli.config import ModelConfig, load_config
from nmt_cli.errors import DataError, ModelError
from nmt_cli.lexicon import Lexicon
from nmt_cli.model import Model
from nmt_cli.tokenizer import load_tokenizers, save_tokenizers

sys.path.insert(0, str(ROOT / "scripts"))
from ship import shrink

ENTRIES = [
    ("में", ""),
    ("शव", "body"),
    ("थाने", "police station"),
    ("हिंदी", "Hindi"),
    ("खबरें", "news"),
    ("पटाखा", "cracker"),
    ("किताबी", ""),
    ("fan", "पंखा"),
    ("फ़ैन", "fan"),
    ("शव गृह", "mortuary"),
    ("शव गृह में पड़ा", ""),
    ("हिंदी पखवाड़ा", "Hindi fortnight"),
]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ('थाने में "शव" मिला।', 'थाने→ police→ station में "शव"→ body मिला।'),
        ("शव, शव।", "शव,→ body शव।→ body"),
        ("हिन्दी ख़बरें", "हिन्दी→ Hindi ख़बरें→ news"),  # spelt otherwise
        ("पाटाखा पटाख्खा", "पाटाखा पटाख्खा→ cracker"),  # sounds otherwise; the same
        ("फेन में", "फेन→ fan में"),
        ("एमएसआरटीसी, जेडीयू एसीटीए", "एमएसआरटीसी,→ MSRTC जेडीयू→ JDU एसीटीए→ ACTA"),
        ("एम आरती", "एम आरती"),  # one letter; not of letters alone
        ("पटाखों पटाखे", "पटाखों→ cracker पटाखे→ cracker"),  # inflected
        ("क → ख→ग", "क -> ख->ग"),
        ("किताबों मेंढक शवों", "किताबों मेंढक शवों"),  # like a known word; not an ending; too short to be sure
        ("English में 12", "English में 12"),
        ("Fans fan.", "Fans fan.→ पंखा"),
        ("Fan", "Fan→ पंखा"),
        ('"शव गृह", थाने', '"शव गृह",→ mortuary थाने→ police→ station'),
        ("हिन्दी पखवाड़ा शव", "हिन्दी पखवाड़ा→ Hindi→ fortnight शव→ body"),
        ("शव गृह में पड़ा शव", "शव गृह में पड़ा शव→ body"),  # the longest; nothing is said of it
        ("शव, गृह शव  गृह", "शव,→ body गृह शव→ body  गृह"),  # apart
        ("", ""),
    ],
)
def test_words_are_marked(text: str, marked: str) -> None:
    assert Lexicon(ENTRIES).mark(text) == marked


def test_a_lexicon_is_read_as_it_was_written(tmp_path: Path) -> None:
    words = Lexicon(ENTRIES)
    (tmp_path / "lexicon.tsv").write_bytes(words.serialize() + b"\n")
    for read in (Lexicon.read(tmp_path / "lexicon.tsv"), Lexicon.deserialize(words.serialize())):
        assert [*read.entries.items()] == ENTRIES
    with pytest.raises(ValueError, match="cut short"):
        Lexicon.deserialize(words.serialize()[:-1])
    assert (Lexicon([("शव", "corpse")]) | words).mark("शव में थाने") == "शव→ corpse में थाने→ police→ station"


@pytest.mark.parametrize("line", ["शव", "शव\tbody\t3", "एक दो तीन चार पाँच\tfive words", "\tbody"])
def test_lines_of_another_kind_are_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "lexicon.tsv").write_text(f"शव\tbody\n{line}\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"lexicon.tsv, line 2: not one to 4 words, a tab and their translation"):
        Lexicon.read(tmp_path / "lexicon.tsv")


def test_a_vocabulary_gets_a_piece_for_the_mark(numbers: Path) -> None:
    plain, _ = load_tokenizers(numbers / "runs/numbers/model")
    told = plain.with_lexicon(Lexicon([("एक", "दो"), ("तीन", "")]))
    assert len(told) == len(plain) + 1
    assert told.encode(["तीन चार"]) == plain.encode(["तीन चार"])
    assert told.encode(["एक चार"])[0].count(len(plain)) == 1
    assert told.decode(told.encode(["एक चार"])) == ["एक→ दो चार"]
    assert told.pieces("एक चार")[1:3] == ["→", "दो"]  # no word begins with what belongs to one
    assert told.with_lexicon(Lexicon([])).serialized == told.serialized
    drawn = told.sample(["एक हज़ार"] * 50, 0.1, seed=1)
    assert len({*map(tuple, drawn)}) > 1  # in whatever way words are divided, the same is told
    assert {*told.decode(drawn)} == {"एक→ दो हज़ार"}
    assert {sum(told.word_starts(ids)) for ids in drawn} == {2}


def test_what_is_told_is_in_the_other_languages_pieces(numbers: Path) -> None:
    plain, target = load_tokenizers(numbers / "runs/numbers/model")
    told = plain.with_lexicon(Lexicon([("एक", "one"), ("पाँच दो", "five two")])).with_told(target)
    assert len(told) == len(plain) + 1
    mark, sentence = len(plain), "तीन एक पाँच दो"
    one, five, two = ([len(told) + i for i in target.encode([word])[0]] for word in ("one", "five", "two"))
    words = [plain.encode([word])[0] for word in sentence.split()]
    expected = [*words[0], *words[1], mark, *one, *words[2], *words[3], mark, *five, mark, *two]
    assert told.encode([sentence] * 20) == [expected] * 20
    assert told.decode([expected]) == ["तीन एक→ one पाँच दो→ five→ two"]
    assert "".join(told.pieces(sentence)) == "▁तीन▁एक→one▁पाँच▁दो→five→two"
    assert len(told.pieces(sentence)) == len(expected)
    assert sum(told.word_starts(expected)) == 4
    drawn = told.sample([sentence] * 50, 0.1, seed=1)
    assert len({*map(tuple, drawn)}) > 1
    assert {*told.decode(drawn)} == {*told.decode([expected])}


# A model learns to use what it is told: words of random letters stand for numbers, and those of the test are new to it.


_CHANCE = random.Random(2)
MEANINGS = {"".join(_CHANCE.sample("कखगघचछजझटठडढ", k=4)): _CHANCE.choice([*WORDS.values()]) for _ in range(310)}


@pytest.fixture(scope="module", params=["in one vocabulary of both", "in the target's pieces"])
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a trained run, whose lexicon has some three hundred words, of which the corpus has two hundred."""
    folder, generator = tmp_path_factory.mktemp("told"), random.Random(3)
    for name, size, words in (("train", 4000, [*MEANINGS][:200]), ("dev", 60, [*MEANINGS][200:])):
        rows = ["hi\ten"]
        for _ in range(size):
            drawn = generator.choices(words, k=generator.randint(1, 5))
            rows.append(f"{' '.join(drawn)}\t{' '.join(MEANINGS[word] for word in reversed(drawn))}")
        (folder / f"{name}.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "lexicon.tsv").write_bytes(Lexicon(MEANINGS.items()).serialize())
    config = CONFIG.replace("numbers", "told").replace("epochs: 5", "epochs: 9")
    if request.param == "in the target's pieces":
        config = config.replace("vocab_size: 32", "vocab_size: 32, lexicon: lexicon.tsv")
        config = config.replace("model: {", "model: {told: true, ")
    else:
        config = config.replace("vocab_size: 32", "vocab_size: 60, joint: true, lexicon: lexicon.tsv")
    (folder / "config.yaml").write_text(config.replace("test: {test: {table: test.tsv}}", "test: {}"), encoding="utf-8")
    result = run_nmt(folder, "train", "--config", "config.yaml")
    assert result.returncode == 0, result.stderr
    return folder


def test_a_model_translates_words_that_it_has_only_been_told(told: Path) -> None:
    pairs = [line.split("\t") for line in (told / "dev.tsv").read_text("utf-8").splitlines()[1:]]
    translator = Translator.load(told / "runs/told/model")
    outputs = translator.translate([source for source, _ in pairs])
    right = sum(output == target for output, (_, target) in zip(outputs, pairs, strict=True))
    assert right > 0.8 * len(pairs)
    (translation,) = translator.explain([pairs[0][0]])
    assert {place for place, _ in translation.alignment} <= {*range(len(pairs[0][0].split()))}


def test_a_glossary_counts_more_than_the_lexicon(told: Path, nmt: Nmt, tmp_path: Path) -> None:
    word = [*MEANINGS][-1]
    other = next(meaning for meaning in WORDS.values() if meaning != MEANINGS[word])
    (tmp_path / "mine.tsv").write_text(f"{word}\t{other}\n", encoding="utf-8")
    model = ("translate", "--model", str(told / "runs/told/model"))
    assert nmt(*model, stdin=f"{word}\n").stdout == f"{MEANINGS[word]}\n"
    assert nmt(*model, "--glossary", "mine.tsv", stdin=f"{word}\n").stdout == f"{other}\n"


def test_a_run_goes_on_with_the_lexicon_of_its_model(told: Path, nmt: Nmt, tmp_path: Path) -> None:
    for name in ("train.tsv", "dev.tsv", "config.yaml"):
        (tmp_path / name).write_bytes((told / name).read_bytes())
    initial = f"training.init_from={told / 'runs/told/model'}"
    own = [key for key in ("name=more", "tokenizer={}", "training.max_epochs=1", initial) for key in ("--set", key)]
    result = nmt("train", "--config", "config.yaml", *own)
    assert result.returncode == 0, result.stderr
    model = tmp_path / "runs/more/model"
    assert gzip.decompress((model / "lexicon.tsv.gz").read_bytes()) == (told / "lexicon.tsv").read_bytes()


def test_a_model_can_be_given_a_lexicon(numbers: Path, nmt: Nmt, tmp_path: Path) -> None:
    """Its vocabulary and its weights stay what they were, but for one piece more."""
    for name in ("train.tsv", "dev.tsv", "test.tsv", "config.yaml"):
        (tmp_path / name).write_bytes((numbers / name).read_bytes())
    (tmp_path / "lexicon.tsv").write_text("एक\tone\n", encoding="utf-8")
    old = numbers / "runs/numbers/model"
    changes = ("name=more", "tokenizer.lexicon=lexicon.tsv", "training.max_epochs=1", f"training.init_from={old}")
    result = nmt("train", "--config", "config.yaml", *(part for key in changes for part in ("--set", key)))
    assert result.returncode == 0, result.stderr
    history = [json.loads(line) for line in (tmp_path / "runs/more/metrics.jsonl").read_text("utf-8").splitlines()]
    assert history[0]["loss"] < 0.5  # it knew the task
    new, _ = load_tokenizers(tmp_path / "runs/more/model")
    assert len(new) == len(load_tokenizers(old)[0]) + 1
    assert Translator.load(tmp_path / "runs/more/model").translate(["दो एक"]) == ["one two"]
    shrink([old, tmp_path / "runs/more/model"], tmp_path / "mean", shares=[0.25, 0.75])
    mean = Translator.load(tmp_path / "mean")
    assert mean.translate(["दो एक"]) == ["one two"]
    assert mean.parts.source.serialized == new.serialized


def test_a_model_can_learn_to_be_told_in_the_targets_pieces(numbers: Path, nmt: Nmt, tmp_path: Path) -> None:
    for name in ("train.tsv", "dev.tsv", "test.tsv", "config.yaml"):
        (tmp_path / name).write_bytes((numbers / name).read_bytes())
    changes = ["name=more", "training.max_epochs=1", f"training.init_from={numbers / 'runs/numbers/model'}"]
    told = [*changes, "model.told=true"]
    result = nmt("train", "--config", "config.yaml", *(part for key in told for part in ("--set", key)))
    assert result.returncode == 2
    assert result.stderr.startswith("nmt: model.told is true and there is no lexicon")
    (tmp_path / "lexicon.tsv").write_text("एक\tone\n", encoding="utf-8")
    told.append("tokenizer.lexicon=lexicon.tsv")
    result = nmt("train", "--config", "config.yaml", *(part for key in told for part in ("--set", key)))
    assert result.returncode == 0, result.stderr
    more = tmp_path / "runs/more/model"
    assert Translator.load(more).translate(["दो एक"]) == ["one two"]
    shrink([numbers / "runs/numbers/model", more], tmp_path / "mean", shares=[0.25, 0.75], int8=True)
    assert Translator.load(tmp_path / "mean").translate(["दो एक"]) == ["one two"]
    with pytest.raises(ModelError, match=r"numbers and more: their model.told differs"):
        Translator.load(numbers / "runs/numbers/model", more)
    back = [*changes[1:], "model.told=false", f"training.init_from={more}"]
    result = nmt("train", "--config", "config.yaml", *(part for key in back for part in ("--set", key)))
    assert result.returncode == 2
    assert result.stderr.startswith("nmt: model.told is False, but training.init_from")


def test_worker_processes_encode_what_one_does(numbers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "_CHUNK", 30)  # more of them than are done before workers are started
    source, target = load_tokenizers(numbers / "runs/numbers/model")
    tokenizers = source.with_lexicon(Lexicon([("एक", "one"), ("पाँच दो", "five two")])).with_told(target), target
    save_tokenizers(tmp_path, *tokenizers)
    rows = [*prepare._read_text(numbers / "runs/numbers/prepared/text.arrow")][:300]
    for workers in (1, 2):
        path = tmp_path / f"{workers}.arrow"
        prepare._write_ids(iter(rows), tokenizers, [None], path, None, workers)
    ones, others = (TokenDataset(tmp_path / f"{workers}.arrow").column("src") for workers in (1, 2))
    assert ones == others == tokenizers[0].encode([row.pair.src for row in rows])


def test_a_lexicon_that_another_replaces_is_not_prepared_for(numbers: Path, tmp_path: Path) -> None:
    source, target = load_tokenizers(numbers / "runs/numbers/model")
    config = load_config(numbers / "config.yaml")
    found = []
    for own in (None, "lexicon.tsv"):
        for word in ("एक", "दो"):
            folder = tmp_path / word
            folder.mkdir(exist_ok=True)
            save_tokenizers(folder, source.with_lexicon(Lexicon([(word, "one")])), target)
            tokenizer = config.tokenizer.model_copy(update={"reuse": str(folder), "lexicon": own})
            found.append(prepare._fingerprint(config.model_copy(update={"tokenizer": tokenizer}), {}))
    assert found[0] != found[1]
    assert found[2] == found[3]


def test_what_is_told_is_first_read_as_the_words_that_it_translates(numbers: Path) -> None:
    """Where the source's vectors are a projection of the target's, but for noise, it is found."""
    source, target = load_tokenizers(numbers / "runs/numbers/model")
    words = [
        (word, meaning)
        for word, meaning in WORDS.items()
        if 1 not in (source.piece_id(f"▁{word}"), target.piece_id(f"▁{meaning}"))
    ]
    source = source.with_lexicon(Lexicon(words)).with_told(target)
    torch.manual_seed(1)
    size = len(words) // 2
    model = Model(ModelConfig(told=True, emb_size=size, hidden_size=8), len(source), len(target))
    assert model.encoder.embedding is not None and model.encoder.told is not None
    projection = torch.randn(size, size)
    with torch.no_grad():
        for word, meaning in words:
            vector = model.decoder.embedding.weight[target.piece_id(f"▁{meaning}")] * 100
            model.decoder.embedding.weight[target.piece_id(f"▁{meaning}")] = vector
            model.encoder.embedding.weight[source.piece_id(f"▁{word}")] = projection @ vector + 1
        fit_told(model, source, target)
    assert torch.allclose(model.encoder.told.weight, projection, atol=0.01)
    assert torch.allclose(model.encoder.told.bias, torch.ones(size), atol=0.1)


def test_a_changed_lexicon_is_prepared_anew(told: Path, nmt: Nmt, tmp_path: Path) -> None:
    for name in ("train.tsv", "dev.tsv", "config.yaml", "lexicon.tsv"):
        (tmp_path / name).write_bytes((told / name).read_bytes())
    assert nmt("prepare", "--config", "config.yaml").returncode == 0
    assert "up to date" in nmt("prepare", "--config", "config.yaml").stderr
    (tmp_path / "lexicon.tsv").write_bytes(Lexicon([*MEANINGS.items()][:100]).serialize())
    assert "up to date" not in nmt("prepare", "--config", "config.yaml").stderr
    tokenizer, _ = load_tokenizers(tmp_path / "runs/told/prepared")
    assert tokenizer.lexicon is not None
    assert len(tokenizer.lexicon.entries) == 100


def test_what_cannot_be_is_said(numbers: Path, told: Path, nmt: Nmt, tmp_path: Path) -> None:
    (tmp_path / "mine.tsv").write_text("एक\tuno\n", encoding="utf-8")
    result = nmt("translate", "--model", str(numbers / "runs/numbers/model"), "--glossary", "mine.tsv", stdin="एक\n")
    assert result.returncode == 2
    assert result.stderr.startswith("nmt: numbers: was trained without tokenizer.lexicon")
    model = tmp_path / "model"
    model.mkdir()
    for path in (told / "runs/told/model").iterdir():
        (model / path.name).write_bytes(path.read_bytes())
    whole = (model / "lexicon.tsv.gz").read_bytes()
    (model / "lexicon.tsv.gz").write_bytes(whole[:-9])
    with pytest.raises(ModelError, match=r"lexicon.tsv.gz: damaged \(.*\); copy the folder again"):
        Translator.load(model)
    (model / "lexicon.tsv.gz").unlink()
    (model / "lexicon.tsv").write_bytes((told / "lexicon.tsv").read_bytes())  # as older versions wrote it
    assert Translator.load(model).translate(["".join(WORDS)])
    (model / "lexicon.tsv").write_bytes((told / "lexicon.tsv").read_bytes()[:-1])
    with pytest.raises(ModelError, match=r"lexicon.tsv: damaged \(cut short\); copy the folder again"):
        Translator.load(model)
