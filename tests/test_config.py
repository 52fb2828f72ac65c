"""Settings: what is accepted, what is refused, and how it is said."""

from pathlib import Path

import pytest
import yaml

from nmt_cli.config import Config, dump_config, load_config, parse_config, save_config
from nmt_cli.errors import ConfigError

ROOT = Path(__file__).parent.parent
MINIMAL = "name: a\ndata:\n  train: [{table: t.tsv}]\n  dev: {d: {table: d.tsv}}\n"


def load(tmp_path: Path, text: str, *overrides: str) -> Config:
    (tmp_path / "c.yaml").write_text(text, encoding="utf-8")
    return load_config(tmp_path / "c.yaml", overrides)


def complaint(tmp_path: Path, text: str, *overrides: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text, *overrides)
    message = str(caught.value).replace(str(tmp_path / "c.yaml"), "c.yaml")
    assert "\n" not in message
    return message


@pytest.mark.parametrize("path", sorted((ROOT / "configs").rglob("*.yaml")), ids=lambda path: path.name)
def test_every_configuration_in_the_repository_loads(path: Path) -> None:
    assert load_config(path).name == path.stem


def test_quickstart_is_short() -> None:
    def leaves(tree: object) -> int:
        if isinstance(tree, dict):
            return sum(leaves(value) for value in tree.values())
        return sum(leaves(item) for item in tree) if isinstance(tree, list) else 1

    assert leaves(yaml.safe_load((ROOT / "configs" / "quickstart.yaml").read_text("utf-8"))) <= 25


def test_numbers_and_words_are_what_people_mean(tmp_path: Path) -> None:
    text = MINIMAL.replace("name: a", "name: no") + "training: {learning_rate: 1e-3, max_minutes: 20, seed: 7}\n"
    config = load(tmp_path, text, "training.clip_norm=.5", "data.src_lang=no")
    assert config.training.learning_rate == 0.001
    assert config.training.max_minutes == 20
    assert config.training.clip_norm == 0.5
    assert (config.name, config.data.src_lang) == ("no", "no")


def test_resolved_configuration_round_trips(tmp_path: Path) -> None:
    config = load(tmp_path, MINIMAL, "model.dropout=0.5", "data.train.0.table=other.tsv")
    assert config.data.train[0].table == "other.tsv"
    save_config(config, tmp_path / "saved.yaml")
    assert load_config(tmp_path / "saved.yaml") == config == parse_config(dump_config(config), "memory")


@pytest.mark.parametrize(
    ("addition", "overrides", "expected"),
    [
        ("model: {dropuot: 0.3}", [], "c.yaml, line 5: unknown key 'model.dropuot'; did you mean 'dropout'?"),
        ("modle: {}", [], "c.yaml, line 5: unknown key 'modle'; did you mean 'model'?"),
        ("training: {beam_size: 4}", [], "c.yaml, line 5: unknown key 'training.beam_size'; did you mean 'search.beam_size'?"),
        ("", ["trainin.seed=2"], "--set trainin.seed=2: unknown key 'trainin'; did you mean 'training'?"),
        ("", ["model.hidden_siez=2"], "--set model.hidden_siez=2: unknown key 'model.hidden_siez'; did you mean 'hidden_size'?"),
        ("", ["data.dev.d.tabel=x"], "unknown key 'data.dev.d.tabel'; did you mean 'table'?"),
        ("training:\n  seed: true", [], "c.yaml, line 6: 'training.seed' cannot be True: input should be a valid integer"),
        ("training: {seed: 1.5}", [], "'training.seed' cannot be 1.5"),
        ("training: {learning_rate: fast}", [], "'training.learning_rate' cannot be 'fast'"),
        ("model: {dropout: 1.0}", [], "'model.dropout' cannot be 1.0: input should be less than 1"),
        ("model: {decoder: fancy}", [], "'model.decoder' cannot be 'fancy': input should be 'simple' or 'conditional'"),
        ("model: {hidden_size: 7}", [], "hidden_size is odd and bidirectional is true"),
        ("model: {attention: none}", [], "decoder is conditional and attention is none"),
        ("model: {encoder_layers: 5}", [], "'model.encoder_layers' cannot be 5"),
        ("model: {joint_embedding: true}", [], "model.joint_embedding is true and tokenizer.joint is false"),
        ("model: {attention: oracle}", [], "model.attention is oracle and data has no word alignments"),
        ("training: {guided_attention: 0.5}", [], "training.guided_attention is set and data has no word alignments"),
        (
            "model: {attention: none, decoder: simple}",
            ["training.guided_attention=1"],
            "training.guided_attention is set and model.attention is none",
        ),
        ("name: b", [], "c.yaml, line 5: not valid YAML ('name' is given twice)"),
        ("model: {", [], "not valid YAML"),
        ("", ["model.dropout"], "--set model.dropout: expected key=value"),
        ("", ["data.train.3.table=x"], "'3' is not an item of the list"),
        ("", ["data.train.0.src=x"], "'src' and 'tgt' go together; one of them is missing"),
        ("", ["name=../x"], "'name' cannot be '../x'"),
    ],
)  # fmt: skip
def test_mistakes_are_explained_in_one_line(tmp_path: Path, addition: str, overrides: list[str], expected: str) -> None:
    assert expected in complaint(tmp_path, MINIMAL + addition + "\n", *overrides)


def test_missing_parts(tmp_path: Path) -> None:
    assert "'name' is missing" in complaint(tmp_path, MINIMAL.replace("name: a\n", ""))
    assert "'data' is missing" in complaint(tmp_path, "name: a\n")
    assert "not a configuration" in complaint(tmp_path, "- a\n")
    assert "not a configuration" in complaint(tmp_path, "")
    with pytest.raises(ConfigError, match="no such configuration file"):
        load_config(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"name: \xe9\n")
    with pytest.raises(ConfigError, match="not valid UTF-8"):
        load_config(tmp_path / "latin.yaml")


def test_aligned_when_every_train_and_dev_source_is(tmp_path: Path) -> None:
    files = ("data.train.0.alignment=t.txt", "data.dev.d.alignment=d.txt")
    assert not load(tmp_path, MINIMAL).data.aligned
    assert not load(tmp_path, MINIMAL, files[0]).data.aligned
    assert not load(tmp_path, MINIMAL, files[1]).data.aligned
    assert load(tmp_path, MINIMAL, *files).data.aligned
    assert load(tmp_path, MINIMAL, "data.aligner=eflomal", "data.test.t.table=x.tsv").data.aligned
    complaint(tmp_path, MINIMAL, "data.test.t={table: x.tsv, alignment: x.txt}")
