"""The model in the package: it translates right after installation, whatever it is given, and can be trained on."""

import json
import re
from pathlib import Path

import pytest
from conftest import Nmt
from safetensors import safe_open

from nmt_cli import Translator
from nmt_cli.config import DEFAULT_MODEL, SHIPPED, load_settings, model_path
from nmt_cli.metrics import repeats

FOLDER = SHIPPED / DEFAULT_MODEL
SENTENCES = [
    "मुझे चाय पसंद है।",
    "वह कल दिल्ली जाएगा।",
    "यह किताब बहुत अच्छी है।",
    "भारत के प्रधानमंत्री ने कहा कि सरकार किसानों की मदद करेगी।",
    "क्या आप मेरी मदद कर सकते हैं?",
]


@pytest.fixture(scope="module")
def translator() -> Translator:
    return Translator.load()


def test_nothing_needs_to_be_named(nmt: Nmt) -> None:
    result = nmt("translate", stdin="मुझे चाय पसंद है।\n\nयह मेरा घर है।\n")
    assert (result.returncode, result.stderr) == (0, "")
    tea, blank, house = result.stdout.splitlines()
    assert "tea" in tea
    assert not blank
    assert re.search("house|home", house)
    assert nmt("translate", "--model", "hi-en", stdin="मुझे चाय पसंद है।\n").stdout == f"{tea}\n"


def test_it_is_evaluated_on_what_is_given(nmt: Nmt, tmp_path: Path) -> None:
    alone = nmt("evaluate")
    assert (alone.returncode, alone.stderr) == (
        2,
        "nmt: the shipped model comes without test sets: give --source and --reference\n",
    )
    (tmp_path / "test.hi").write_text("मुझे चाय पसंद है।\n", encoding="utf-8")
    (tmp_path / "test.en").write_text("I like tea.\n", encoding="utf-8")
    scored = nmt("evaluate", "--source", "test.hi", "--reference", "test.en", "--json")
    assert json.loads(scored.stdout)["chrf"]["score"] > 20


def test_files_are_few_small_and_inert() -> None:
    files = {path.name: path.stat().st_size for path in FOLDER.iterdir()}
    assert set(files) == {
        "README.md",
        "config.json",
        "lexicon.tsv.gz",
        "model.safetensors",
        "source.model",
        "target.model",
    }
    assert sum(files.values()) <= 25_000_000
    with safe_open(FOLDER / "model.safetensors", "pt") as tensors:
        kinds = {tensors.get_slice(name).get_dtype() for name in tensors.keys()}  # noqa: SIM118
    assert kinds == {"I8", "F32", "BF16"}  # matrices, their scales, vectors
    assert json.loads((FOLDER / "config.json").read_text("utf-8"))["config"]["name"]


def test_sentences_begin_with_a_capital_and_end(translator: Translator) -> None:
    for sentence, translation in zip(SENTENCES, translator.translate(SENTENCES), strict=True):
        assert re.match(r'"?[A-Z]', translation), translation
        assert translation[-1] == ("?" if sentence.endswith("?") else "."), translation


def test_integers_translate_nearly_the_same(translator: Translator) -> None:
    exact = next(iter(translator.explain(SENTENCES)))
    quantized = Translator.load(overrides=["search.precision=int8"])
    close = next(iter(quantized.explain(SENTENCES)))
    assert close.text == exact.text
    assert close.score != exact.score == pytest.approx(close.score, abs=0.1)
    assert len(quantized.attention(close)) == 1
    different = sum(map(str.__ne__, quantized.translate(SENTENCES), translator.translate(SENTENCES)))
    assert different <= 2


@pytest.mark.parametrize(
    "line",
    ["This is English already.", "mujhe chai pasand hai", "🙂👍🏽", "12.5 %", "https://example.org/a?b=1", "---", "…"],
)
def test_what_is_no_hindi_stays(translator: Translator, line: str) -> None:
    assert translator.translate([line]) == [line]


@pytest.mark.parametrize(
    "line",
    [
        "चाय",
        "क",
        "।",
        "🙂 धन्यवाद 🙏",
        "हा हा हा हा हा हा हा हा हा हा",
        "बहुत " * 300,
        "क" * 3000,
        " ".join(SENTENCES * 20),
        " ".join(SENTENCES * 20).replace("।", "").replace("?", ""),
        "मैंने iPhone 15 को www.example.com से 79,900 रुपये में खरीदा।",
    ],
)
def test_odd_input_gives_some_output(translator: Translator, line: str) -> None:
    (translation,) = translator.translate([line], beam_size=1)
    assert translation.strip()
    assert len(translation) < 20 * len(line) + 100


@pytest.mark.parametrize("line", [*SENTENCES, " ".join(SENTENCES)])
def test_no_loop_where_the_source_has_none(translator: Translator, line: str) -> None:
    assert not any(repeats(translation) for translation in translator.translate([line]))


def test_what_must_come_through_comes_through(translator: Translator) -> None:
    source = "मैंने iPhone 15 को www.example.com से 79,900 रुपये में 12 मार्च 2021 को खरीदा।"
    (translation,) = translator.translate([source])
    for word in ("iPhone", "15", "www.example.com", "79,900", "12", "2021"):
        assert word in translation, translation


def test_it_can_be_trained_on(nmt: Nmt, tmp_path: Path) -> None:
    """The fine-tuning configuration, on a handful of pairs, with no other thing named than they are."""
    rows = ["hi\ten", *(f"{word} दबाएँ\tPress the {word} key" for word in map(str, range(300)))]
    (tmp_path / "mine.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    config = Path(__file__).parent.parent / "configs/fine-tune.yaml"
    settings = [
        "data.dev.mine.take=20",
        "training.batch_tokens=256",
        "training.warmup_steps=5",
        "training.max_epochs=5",
    ]
    result = nmt("train", "--config", str(config), *(part for setting in settings for part in ("--set", setting)))
    assert result.returncode == 0, result.stderr
    tuned = tmp_path / "runs/fine-tune/model"
    assert (tuned / "source.model").read_bytes() == (FOLDER / "source.model").read_bytes()
    assert nmt("translate", "--config", str(config), stdin="77 दबाएँ\n").stdout == "Press the 77 key\n"
    assert load_settings(tuned).search == load_settings(FOLDER).search


def test_a_folder_of_that_name_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert model_path("hi-en") == FOLDER
    assert model_path("./hi-en") == Path("hi-en")
    assert model_path("elsewhere/hi-en") == Path("elsewhere/hi-en")
    (tmp_path / "hi-en").mkdir()
    assert model_path("hi-en") == Path("hi-en")
