"""The settings: one typed tree with every default, loaded from YAML, overridden by `key=value`, strict about both.

Knows nothing of what the settings do. Every key's meaning and default stand in the classes below and nowhere else.
"""

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from nmt_cli.errors import ConfigError, ModelError
from nmt_cli.text import NORMALIZATION, atomic_write

MODEL_FORMAT = 1  # raise it whenever a model folder changes its meaning


class Section(BaseModel):
    """A group of settings: unknown keys are refused, values keep their type, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


RESERVED_TAGS = ("<pad>", "<unk>", "<s>", "</s>")


class SourceConfig(Section):
    """Sentence pairs from one place: a `table`, two aligned files `src` and `tgt`, or a dataset on the `hub`.

    Text files ending in `.gz` are read as gzip. Paths are relative to the folder the command runs in.
    """

    table: str | None = None
    """Table with named columns: .tsv, .csv, .jsonl or .parquet."""
    src: str | None = None
    """Text file, one source sentence a line."""
    tgt: str | None = None
    """Text file, line i of which translates line i of `src`."""
    hub: str | None = None
    """Dataset for `datasets.load_dataset`, such as cfilt/iitb-english-hindi, or a folder with one."""
    configuration: str | None = None
    """Which configuration of the `hub` dataset."""
    split: str = "train"
    """Which split of the `hub` dataset."""
    streaming: bool = False
    """Read the `hub` dataset as it comes, without keeping a copy on disk."""
    columns: tuple[str, str] | None = None
    """Source and target column, or key of the `translation` column; null: the language codes."""
    where: dict[str, tuple[str, ...]] = {}
    """Only rows whose columns have one of these values, as in {kind: [prose, talk]}."""
    alignment: str | None = None
    """Word alignments, a Pharaoh line a pair (`0-0 1-2`, words of the normalised text), after `where` and `take`."""
    take: int | None = Field(None, ge=1)
    """A random sample of so many of its pairs, the same every time. A dev set may be taken from a training table: no
    sentence of dev and test stays in training."""
    weight: float = Field(1.0, gt=0)
    """How often an epoch shows each pair; 2.5 is twice, and a third time for every other pair."""
    tag: str | None = Field(None, pattern=r"^<[a-z0-9_-]+>$")
    """Token put before the source sentences, to tell this kind of text from others."""

    @model_validator(mode="after")
    def _one_kind(self) -> "SourceConfig":
        if (self.src is None) != (self.tgt is None):
            raise ValueError("'src' and 'tgt' go together; one of them is missing")
        if sum(place is not None for place in (self.table, self.src, self.hub)) != 1:
            raise ValueError("give one of 'table', 'hub', or 'src' with 'tgt'")
        if self.src is not None and (self.columns is not None or self.where):
            raise ValueError("'columns' and 'where' are about the columns of a 'table' or a 'hub' dataset")
        if self.hub is None and (self.configuration is not None or self.streaming):
            raise ValueError("'configuration' and 'streaming' are about a 'hub' dataset; there is no 'hub' here")
        if self.tag in RESERVED_TAGS:
            raise ValueError(f"tag {self.tag} is one of the special symbols {' '.join(RESERVED_TAGS)}: take another")
        return self


class CleaningConfig(Section):
    """Which training pairs are dropped; dev and test sets stay as they are."""

    max_words: int = Field(100, ge=1)
    """More words on either side; longer input is also split at this length when translating."""
    max_ratio: float = Field(3.0, ge=1)
    """More than this many times the words of the shorter side, plus 5, on the longer side."""
    min_script: float = Field(0.4, ge=0, le=1)
    """Less than this share of the letters in the language's own script (Devanagari, Latin, …)."""
    identical: bool = True
    """Both sides are the same."""
    markup: bool = True
    """Left-over HTML, wiki or template markup on either side."""
    duplicates: bool = True
    """The pair was there before."""
    near_duplicates: bool = True
    """The pair was there before but for case, punctuation and spaces."""
    leaks: bool = True
    """A side is a sentence of dev, test or held_out, case, punctuation and spaces aside."""


class DataConfig(Section):
    """The corpus: what is learned from, what is chosen by, what is reported on, and what is thrown out."""

    src_lang: str = "hi"
    """Language of the source side; the name of its column in tables."""
    tgt_lang: str = "en"
    """Language of the target side; the name of its column in tables."""
    train: tuple[SourceConfig, ...] = Field(min_length=1)
    """Training sources, read in this order."""
    dev: dict[str, SourceConfig] = Field(min_length=1)
    """Named development sets: early stopping looks at all of them together."""
    test: dict[str, SourceConfig] = {}
    """Named test sets, for `nmt evaluate`. No sentence of dev and test stays in training."""
    held_out: tuple[SourceConfig, ...] = ()
    """More pairs whose sentences must not be trained on."""
    cleaning: CleaningConfig = CleaningConfig()
    aligner: Literal["eflomal"] | None = None
    """What aligns the words of training and dev pairs whose source names no `alignment`; null: nothing."""
    workers: int | None = Field(None, ge=1)
    """Processes that read and clean; null: one a core."""

    @model_validator(mode="after")
    def _aligned_sources(self) -> "DataConfig":
        others = [(f"test.{name}", source) for name, source in self.test.items()]
        others += [(f"held_out.{number}", source) for number, source in enumerate(self.held_out)]
        for key, source in others:
            if source.alignment is not None:
                raise ValueError(f"{key} has an 'alignment', but only train and dev sources are aligned: remove it")
        return self

    @property
    def aligned_sources(self) -> tuple[SourceConfig, ...]:
        """The sources that word alignments are about: those of train, then those of dev."""
        return *self.train, *self.dev.values()

    @property
    def aligned(self) -> bool:
        """Whether all training and dev pairs get word alignments."""
        return self.aligner is not None or all(source.alignment is not None for source in self.aligned_sources)


class TokenizerConfig(Section):
    """The SentencePiece models."""

    vocab_size: int = Field(4000, ge=16)
    """Pieces a side, the special symbols among them."""
    model_type: Literal["unigram", "bpe"] = "unigram"
    """SentencePiece algorithm."""
    joint: bool = False
    """One model for both languages."""
    byte_fallback: bool = False
    """Spell characters that have no piece in bytes (256 of the pieces) instead of losing them."""
    sample_size: int = Field(200_000, ge=1)
    """At most about this many training pairs are shown to SentencePiece."""
    reuse: str | None = None
    """Take the SentencePiece models of this model folder, or shipped model, instead of training new ones."""
    lexicon: str | None = None
    """What rare source words and phrases mean: a file of lines of one to four words, a tab and their translation
    (scripts/rare_words makes one). The model reads the translation beside them; null: that of the model folder in
    `reuse`, if it has one."""


class ModelConfig(Section):
    """The network; see nmt_cli/model.py."""

    cell: Literal["rnn", "gru", "lstm"] = "gru"
    """Recurrent cell, encoder and decoder alike."""
    attention: Literal["none", "additive", "dot", "general", "oracle"] = "additive"
    """How the decoder looks at the source: not at all but for the encoder's final state, by v·tanh(W s + U h), s·h or
    s·W h, or where a word alignment says."""
    decoder: Literal["simple", "conditional"] = "conditional"
    """Where the query comes from: the previous state (Bahdanau), or a first cell over the previous word (Nematus)."""
    bidirectional: bool = True
    """Read the source from both ends."""
    emb_size: int = Field(256, ge=1)
    """Size E of the word vectors, source and target."""
    hidden_size: int = Field(512, ge=2)
    """Size H of the decoder state, and D of the memory: half of it from each direction of the encoder."""
    attention_size: int = Field(256, ge=1)
    """Size A of the hidden layer that compares query and memory, where attention is additive."""
    encoder_layers: int = Field(1, ge=1, le=4)
    """Layers of the encoder; from the second on, residual."""
    source_shortcut: bool = False
    """Add a projection of each source word's own vector to its encoder state: attention then brings the word itself,
    which helps with rare ones (in the spirit of Nguyen and Chiang 2018)."""
    decoder_layers: int = Field(1, ge=1, le=4)
    """Layers of the decoder; the first looks at the source, the others are stacked on it, residual."""
    joint_embedding: bool = False
    """One table of word vectors for source and target; needs tokenizer.joint."""
    told: bool = False
    """Read what the lexicon says in the target's pieces, by their vectors there, projected: shorter than in its own,
    and easier to write down. Needs a lexicon and two vocabularies."""
    layer_norm: bool = False
    """Normalise the input's and the state's share of the gates (Ba et al. 2016)."""
    dropout: float = Field(0.2, ge=0, lt=1)
    """Share of embeddings, encoder states and readouts zeroed in training."""
    variational_dropout: bool = False
    """Zero the same numbers at every position, and those of the recurrent states too (Gal and Ghahramani 2016)."""
    word_dropout: float = Field(0.0, ge=0, lt=1)
    """Share of words, source and target, whose whole vector is zeroed in training (Sennrich et al. 2016)."""

    @model_validator(mode="after")
    def _possible(self) -> "ModelConfig":
        if self.bidirectional and self.hidden_size % 2:
            raise ValueError("hidden_size is odd and bidirectional is true: each direction of the encoder takes half")
        if self.attention == "none" and self.decoder == "conditional":
            raise ValueError(
                "decoder is conditional and attention is none: its second cell would have nothing to read; "
                "set decoder to simple"
            )
        return self


class TrainingConfig(Section):
    """The optimisation: Adam, linear warm-up, then linear decay to nothing at the end of the planned run."""

    init_from: str | None = None
    """Model folder, or name of a shipped model, to go on from: its weights, SentencePiece models, model settings, and
    settings of the search that this configuration leaves out; null: from random weights."""
    batch_tokens: int = Field(4096, ge=1)
    """Target tokens a batch, padding included."""
    accumulation: int = Field(1, ge=1)
    """Batches an update, in each process: what a batch too large for the memory would do."""
    subword_sampling: float | None = Field(None, gt=0, le=1)
    """Segment each pair anew, at random, whenever it comes (Kudo 2018): the power to which the probabilities of
    unigram's segmentations are raised, such as 0.2; null: always in the likeliest way."""
    learning_rate: float = Field(1e-3, gt=0)
    """Highest learning rate, reached after the warm-up."""
    warmup_steps: int = Field(400, ge=0)
    """Updates until the highest learning rate."""
    weight_decay: float = Field(0.0, ge=0)
    """Share of each weight taken off at every update, times the learning rate (Loshchilov and Hutter 2019)."""
    label_smoothing: float = Field(0.1, ge=0, lt=1)
    """Probability mass spread over the wrong words (Szegedy et al. 2016)."""
    guided_attention: float = Field(0.0, ge=0)
    """Weight of the cross-entropy between attention and the corpus's word alignments (Chen et al. 2016); 0: none."""
    clip_norm: float = Field(1.0, gt=0)
    """Gradients with a larger norm are scaled down to it."""
    ema: float = Field(0.0, ge=0, lt=1)
    """Validate and keep the weights' exponential moving average, with this decay, such as 0.999; 0: themselves."""
    max_epochs: int = Field(20, ge=1)
    """Passes over the training data at most."""
    max_minutes: float | None = Field(None, gt=0)
    """Minutes of training at most, validation included; the learning rate decays by whichever limit comes first."""
    validate_every: int | None = Field(None, ge=1)
    """Updates between two validations; null: once an epoch."""
    metric: Literal["bleu", "chrf", "loss"] = "bleu"
    """Which dev score says what is better: the best model is kept, and `patience` counts from it."""
    patience: int = Field(5, ge=1)
    """Stop after this many validations in a row without a better dev score."""
    checkpoint_minutes: float = Field(5.0, gt=0)
    """Minutes between two checkpoints; one is also written at every validation."""
    checkpoint_every: int | None = Field(None, ge=1)
    """Updates between two checkpoints, besides; null: by minutes only."""
    tensorboard: bool = False
    """Write what goes to metrics.jsonl for TensorBoard too, into runs/<name>/tensorboard."""
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    """Type of the matrix products; auto: bfloat16 where a trial shows it to be faster."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where to train; auto: on a GPU when there is one."""
    seed: int = Field(1, ge=0)
    """Initial weights, order of the data and dropout follow from it."""


class SearchConfig(Section):
    """The search for the best translation; see nmt_cli/search.py."""

    beam_size: int = Field(5, ge=1)
    """Hypotheses kept at every step; 1 is greedy search."""
    length_penalty: float = Field(1.0, ge=0)
    """Scores are log-probabilities divided by length to this power."""
    coverage_penalty: float = Field(0.0, ge=0)
    """Weight of what is taken off a score for source tokens that were looked at too little (Wu et al. 2016)."""
    no_repeat_ngram: int = Field(0, ge=0)
    """No sequence of this many tokens comes twice in a translation; 0: any may."""
    min_length_ratio: float = Field(0.0, ge=0)
    """Fewest tokens of a translation for each token of its source."""
    max_length_ratio: float = Field(2.0, gt=0)
    """Most tokens of a translation for each token of its source; ten more are always allowed."""
    split_sentences: bool = True
    """Translate the sentences of a line one by one; false: only those of a line that is too long for the model."""
    sampling: bool = False
    """Draw words at random, `beam_size` translations a sentence, instead of searching for the likeliest."""
    temperature: float = Field(1.0, gt=0)
    """Sampling: below 1, likely words are drawn more often than the model thinks, above 1 less often."""
    top_k: int = Field(0, ge=0)
    """Sampling: draw from this many likeliest words only (Fan et al. 2018); 0: from all."""
    top_p: float = Field(1.0, gt=0, le=1)
    """Sampling: draw from the fewest words that have this probability together (Holtzman et al. 2020)."""
    seed: int = Field(1, ge=0)
    """Sampling: what is drawn for a sentence follows from this and from the sentence alone."""
    precision: Literal["float32", "int8"] = "float32"
    """Type of each step's matrix products on a CPU; int8 is faster where it can multiply 8-bit integers (VNNI, AMX)."""
    capitalize: bool = False
    """Begin the translation of a line that is a sentence with a capital, whatever the model thinks: where the target
    language does."""
    copying: bool = True
    """Let what is not in the source language come through unchanged: numbers, URLs, e-mail addresses, words in Latin
    script (where it has another), and lines that have nothing else; see nmt_cli/fidelity.py."""


class Config(Section):
    """Everything that defines a run."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    """Name of the run; its files live in runs/<name>."""
    data: DataConfig
    tokenizer: TokenizerConfig = TokenizerConfig()
    model: ModelConfig = ModelConfig()
    training: TrainingConfig = TrainingConfig()
    search: SearchConfig = SearchConfig()

    @model_validator(mode="after")
    def _agreed(self) -> "Config":
        attention, guided = self.model.attention, self.training.guided_attention > 0
        if self.training.subword_sampling and (guided or attention == "oracle"):
            raise ValueError(
                "training.subword_sampling and word alignments are set: those are between the best segmentation's "
                "tokens; leave subword_sampling out"
            )
        if self.training.subword_sampling and self.tokenizer.model_type == "bpe":
            raise ValueError(
                "training.subword_sampling is set and tokenizer.model_type is bpe: only unigram knows how likely a "
                "segmentation is; set model_type to unigram"
            )
        if self.model.joint_embedding and not self.tokenizer.joint:
            raise ValueError("model.joint_embedding is true and tokenizer.joint is false: set both or neither")
        if self.model.told and self.tokenizer.joint:
            raise ValueError("model.told and tokenizer.joint are true: one vocabulary has the target's pieces already")
        if guided and attention in ("none", "oracle"):
            raise ValueError(f"training.guided_attention is set and model.attention is {attention}: nothing to guide")
        if (guided or attention == "oracle") and not self.data.aligned:
            key = "training.guided_attention is set" if guided else "model.attention is oracle"
            raise ValueError(
                f"{key} and data has no word alignments: set data.aligner to eflomal, or give every training and dev "
                "source its 'alignment' file"
            )
        return self

    @property
    def run_folder(self) -> Path:
        """Where the run lives: runs/<name>, below the folder the command runs in."""
        return Path("runs") / self.name


class Location(NamedTuple):
    """Where settings came from, for messages: a name, and the YAML nodes to find lines by."""

    name: str
    node: yaml.Node | None = None


class _Loader(yaml.SafeLoader):
    """YAML as people mean it: `1e-3` is a number, `no` and `on` are words, a key given twice is a mistake."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"'{key.value}' is given twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.rsplit(":", 1)[-1] not in ("bool", "float")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|false|False)$"), list("tTfF"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$"),
    list("-+0123456789."),
)


def load_config(path: str | Path, overrides: Iterable[str] = ()) -> Config:
    """Read a YAML file, apply `dotted.key=value` overrides, and check the result.

    Raises:
        ConfigError: the file is missing or not YAML, or a key is unknown or has a value that does not fit; the
            message names file, line and key, and the nearest known key.
    """
    tree, node = _read_yaml(Path(path))
    for override in overrides:
        _override(tree, override)
    return _validate(tree, Location(str(path), node), tuple(overrides))


def parse_config(tree: Mapping[str, Any], name: str) -> Config:
    """Check settings that were read elsewhere, `name` being where.

    Raises:
        ConfigError: as `load_config`.
    """
    return _validate(dict(tree), Location(name), ())


def override_section(config: Config, section: str, overrides: Iterable[str]) -> Config:
    """The configuration of a trained model after overrides of one section, such as `search.key=value`.

    Raises:
        ConfigError: an override is of another section, or as `load_config`.
    """
    tree, overrides = dump_config(config), tuple(overrides)
    for override in overrides:
        if not override.strip().startswith(f"{section}."):
            raise ConfigError(
                f"--set {override}: only settings under '{section}' can be changed once a model is trained"
            )
        _override(tree, override)
    return _validate(tree, Location(config.name), overrides)


def override_search(config: Config, overrides: Iterable[str]) -> SearchConfig:
    """How a trained model is to search, after `search.key=value` overrides.

    Raises:
        ConfigError: see `override_section`.
    """
    return override_section(config, "search", overrides).search


def dump_config(config: Config) -> dict[str, Any]:
    """The whole tree, defaults included, as plain values for YAML or JSON."""
    return config.model_dump(mode="json")


def save_config(config: Config, path: str | Path) -> None:
    """Write the resolved configuration as YAML, whole or not at all."""
    with atomic_write(path) as partial:
        partial.write_text(yaml.safe_dump(dump_config(config), sort_keys=False, allow_unicode=True), encoding="utf-8")


SHIPPED = Path(__file__).parent / "pretrained"
"""The folder of the models that come with the package."""

DEFAULT_MODEL = "hi-en"
"""The one of them that translates when no other model is named."""


def model_path(name: str | Path) -> Path:
    """The model folder of that path; where there is none, the shipped model of that name, such as hi-en."""
    shipped = SHIPPED / Path(name).name
    return shipped if str(name) == shipped.name and shipped.is_dir() and not Path(name).exists() else Path(name)


def load_settings(folder: Path) -> Config:
    """The configuration that a model folder was trained with.

    Raises:
        ModelError: the folder has none, or one of another version.
    """
    path = folder / "config.json"
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelError(f"{folder}: not a model folder: it has no config.json") from None
    except (OSError, ValueError):
        raise ModelError(f"{path}: not valid JSON; copy the model folder again") from None
    if not isinstance(settings, dict) or not isinstance(settings.get("config"), dict):
        raise ModelError(f"{path}: not the settings of a model of this program")
    if (settings.get("format"), settings.get("normalization")) != (MODEL_FORMAT, NORMALIZATION):
        raise ModelError(
            f"{path}: format {settings.get('format')}, normalization {settings.get('normalization')}; this version "
            f"reads format {MODEL_FORMAT}, normalization {NORMALIZATION}: use the version that made the model, or "
            "train anew"
        )
    return parse_config(settings["config"], str(path))


def with_initial_model(config: Config) -> Config:
    """The configuration, the vocabulary and the model being those of the model folder that training starts from.

    What only training knows of a model, its dropouts, may be set anew; so may the search.

    Raises:
        ConfigError: it asks for another model or vocabulary itself.
        ModelError: the folder is no model folder.
    """
    folder = config.training.init_from
    if folder is None:
        return config
    initial = load_settings(model_path(folder))
    for name in ("model", "tokenizer"):
        own, given = getattr(config, name), getattr(initial, name)
        for key in sorted(own.model_fields_set - _FREE_KEYS):
            learns_to_be_told = key == "told" and own.told
            if getattr(own, key) != getattr(given, key) and not learns_to_be_told:
                raise ConfigError(
                    f"{name}.{key} is {getattr(own, key)}, but training.init_from, {folder}, has "
                    f"{getattr(given, key)}: leave {name}.{key} out"
                )
    free = {key: getattr(config.model, key) for key in {*_FREE_KEYS, "told"} & config.model.model_fields_set}
    model = initial.model.model_copy(update=free)
    tokenizer = initial.tokenizer.model_copy(update={"reuse": folder, "lexicon": config.tokenizer.lexicon})
    searching = {key: getattr(config.search, key) for key in config.search.model_fields_set}
    search = initial.search.model_copy(update=searching)
    return config.model_copy(update={"model": model, "tokenizer": tokenizer, "search": search})


_FREE_KEYS = {"dropout", "word_dropout", "variational_dropout", "reuse", "sample_size", "lexicon"}


def differing_keys(first: Section, second: Section) -> list[str]:
    """The dotted keys whose values differ between two sections of one kind."""
    other = second.model_dump()
    return [key for key, value in first.model_dump().items() if value != other[key]]


def _read_yaml(path: Path) -> tuple[dict[str, Any], yaml.Node | None]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such configuration file") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not valid UTF-8; save the file as UTF-8") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from None
    try:
        tree, node = yaml.load(text, _Loader), yaml.compose(text, _Loader)
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ConfigError(f"{path}{line}: not valid YAML ({error.problem})") from None
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not valid YAML ({' '.join(str(error).split())})") from None
    if not isinstance(tree, dict):
        raise ConfigError(f"{path}: not a configuration: expected 'key: value' lines such as 'name: my-run'")
    return tree, node


def _override(tree: dict[str, Any], override: str) -> None:
    """Set one `dotted.key=value` in the tree; numbers in the key index lists."""
    key, equals, text = override.partition("=")
    if not equals or not key.strip():
        raise ConfigError(f"--set {override}: expected key=value, for instance training.seed=2")
    try:
        value = yaml.load(text, _Loader)
    except yaml.YAMLError:
        raise ConfigError(f"--set {override}: the value is not valid YAML; quote it") from None
    parts = key.strip().split(".")
    place: Any = tree
    for part in parts[:-1]:
        if isinstance(place, list):
            place = _item(place, part, override)
        else:
            if not isinstance(place.get(part), dict | list):
                place[part] = {}
            place = place[part]
    if isinstance(place, list):
        _item(place, parts[-1], override)
        place[int(parts[-1])] = value
    else:
        place[parts[-1]] = value


def _item(items: list[Any], index: str, override: str) -> Any:  # noqa: ANN401
    if not index.isdigit() or int(index) >= len(items):
        raise ConfigError(f"--set {override}: '{index}' is not an item of the list: give 0 to {len(items) - 1}")
    return items[int(index)]


def _validate(tree: dict[str, Any], location: Location, overrides: tuple[str, ...]) -> Config:
    try:
        return Config.model_validate(_tuples(tree))
    except ValidationError as error:
        # One mistake at a time, unknown keys first: a misspelt key is often why another is missing.
        problems = sorted(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
        raise ConfigError(_explain(problems[0], location, overrides)) from None


def _tuples(value: Any) -> Any:  # noqa: ANN401
    """YAML's lists as the tuples that the frozen tree holds."""
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def _explain(problem: Any, location: Location, overrides: tuple[str, ...]) -> str:  # noqa: ANN401
    """One line for one of pydantic's problems: where, which key, what is wrong, what would be right."""
    path = problem["loc"]
    key = ".".join(str(part) for part in path)
    where = _where(key, path, location, overrides)
    kind, value = problem["type"], problem["input"]
    if kind == "extra_forbidden":
        return f"{where}: unknown key '{key}'{_suggest(path)}"
    if kind == "missing":
        return f"{where}: '{key}' is missing; it has no default"
    message = problem["msg"].removeprefix("Value error, ")
    if kind == "value_error":
        return f"{where}: {key + ': ' if key else ''}{message}"
    return f"{where}: '{key}' cannot be {value!r}: {message[0].lower()}{message[1:]}"


def _where(key: str, path: tuple[str | int, ...], location: Location, overrides: tuple[str, ...]) -> str:
    for override in overrides:
        if f"{override.partition('=')[0].strip()}.".startswith(f"{key}."):
            return f"--set {override}"
    node, line = location.node, None
    for part in path:
        node = _child(node, part)
        if node is None:
            break
        line = node.start_mark.line + 1
    return location.name if line is None else f"{location.name}, line {line}"


def _child(node: yaml.Node | None, part: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        item: yaml.Node = node.value[part]
        return item
    return None


def _suggest(path: tuple[str | int, ...]) -> str:
    """The nearest key of the same section; failing that, of any section."""
    name, everywhere = str(path[-1]), _known_keys()
    # The items of a list and the names of dev and test sets are the user's: all of them have the same keys.
    named = path[:1] == ("data",) and path[1:2] in (("dev",), ("test",))
    section = ".".join(
        str(part) for at, part in enumerate(path[:-1]) if not isinstance(part, int) and not (named and at == 2)
    )
    siblings = [key.rpartition(".")[2] for key in everywhere if key.rpartition(".")[0] == section]
    if nearest := difflib.get_close_matches(name, siblings, n=1):
        return f"; did you mean '{nearest[0]}'?"
    names = {key.rpartition(".")[2]: key for key in everywhere}
    if nearest := difflib.get_close_matches(name, names, n=1, cutoff=0.8):
        return f"; did you mean '{names[nearest[0]]}'?"
    return f"; known here: {', '.join(siblings)}" if siblings else ""


def _known_keys(section: type[Section] = Config, prefix: str = "") -> list[str]:
    keys: list[str] = []
    for name, field in section.model_fields.items():
        keys.append(prefix + name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            keys += _known_keys(field.annotation, f"{prefix}{name}.")
    for name in ("train", "dev", "test", "held_out") if section is DataConfig else ():
        keys += [f"{prefix}{name}.{key}" for key in SourceConfig.model_fields]
    return keys
