"""Model folders and training states on disk: whole or not at all, and never a pickle.

model folder           model.safetensors, config.json, source.model, target.model, README.md, perhaps lexicon.tsv.gz
checkpoints/           last.safetensors, best.safetensors: weights, their average, optimiser; progress as metadata
"""

import json
import math
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional

from nmt_cli.config import MODEL_FORMAT, Config, ModelConfig, dump_config, load_settings, parse_config
from nmt_cli.errors import ModelError
from nmt_cli.model import Model
from nmt_cli.optimization import Optimizer
from nmt_cli.quantization import unpacked
from nmt_cli.text import NORMALIZATION, atomic_write
from nmt_cli.tokenizer import WORD_START, Tokenizer, load_tokenizers, save_tokenizers
from nmt_cli.vocab import UNK_ID

SOURCE_EMBEDDING = "encoder.embedding.weight"
TOLD = "encoder.told."
_RIDGE = 3.0  # a tenth or thrice of it fit words left out as well


@dataclass(frozen=True)
class ModelFolder:
    """All that a model folder holds."""

    model: Model
    config: Config
    source: Tokenizer
    target: Tokenizer


@dataclass(frozen=True)
class Progress:
    """How far a training run has come."""

    fingerprint: str  # of the prepared corpus
    precision: str  # type of the matrix products, settled when the run began
    step: int = 0  # updates made
    epoch: int = 0
    batch: int = 0  # batches of the epoch already used
    seconds: float = 0.0  # spent training and validating
    best_score: float = -math.inf  # on the dev sets, by the metric that the configuration chooses
    best_loss: float = math.inf
    best_step: int = 0
    validations_since_best: int = 0
    unreported_loss: float = 0.0  # summed since the last line of metrics.jsonl
    unreported_tokens: float = 0.0


def save_model(
    folder: Path, *, weights: dict[str, Tensor], config: Config, source: Tokenizer, target: Tokenizer
) -> None:
    """Write a self-contained model folder; each file takes its place whole.

    Args:
        folder: where
        weights: of the model, in any type, or what `quantization.packed` makes of them
        config, source, target: what belongs to them

    Raises:
        ModelError: a file cannot be written, for want of space for example.
    """
    settings = {"format": MODEL_FORMAT, "normalization": NORMALIZATION, "config": dump_config(config)}
    save_tokenizers(folder, source, target)
    with atomic_write(folder / "config.json") as partial:
        partial.write_text(json.dumps(settings, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    with atomic_write(folder / "model.safetensors") as partial:
        _write_tensors(weights, partial, folder / "model.safetensors")


def save_card(folder: Path, text: str) -> None:
    """Write the model card, README.md, of a model folder."""
    with atomic_write(folder / "README.md") as partial:
        partial.write_text(text, encoding="utf-8")


def load_model(folder: Path, device: torch.device | None = None) -> ModelFolder:
    """Load a model folder, in evaluation mode.

    Raises:
        ModelError: there is no such folder, a file of it is missing or damaged, or its parts do not fit together.
    """
    if not folder.is_dir():
        raise ModelError(f"{folder}: no such model folder; train one with nmt train")
    config = load_settings(folder)
    source, target = load_tokenizers(folder, told=config.model.told)
    path = folder / "model.safetensors"
    try:
        weights = unpacked(_read_tensors(path))
    except RuntimeError:
        raise ModelError(f"{path}: damaged: a matrix has not one scale a row") from None
    _check_sizes(config.model, len(target), weights, path)
    model = Model(config.model, len(source), len(target), initialize=False)
    _load_weights(model, weights, path)
    return ModelFolder(model.to(device or torch.device("cpu")).eval(), config, source, target)


def with_added_pieces(weights: dict[str, Tensor], goal: dict[str, Tensor]) -> dict[str, Tensor]:
    """Weights of a model whose source vocabulary lacks pieces at the end, such as the one that a lexicon adds, or which
    could not be told in the target's pieces, with what `goal` has of these.
    """
    embedding = weights[SOURCE_EMBEDDING]
    added = goal[SOURCE_EMBEDDING][len(embedding) :].to(embedding)
    told = {name: weight for name, weight in goal.items() if name.startswith(TOLD)}
    return told | weights | ({SOURCE_EMBEDDING: torch.cat([embedding, added])} if len(added) else {})


def fit_told(model: Model, source: Tokenizer, target: Tokenizer) -> None:
    """Have a model that could not be told in the target's pieces understand most of them at once: their vectors are
    projected to those of the source words that they translate, by least squares over the lexicon's words that are one
    piece on either side (Mikolov et al. 2013, "Exploiting similarities among languages for machine translation").
    """
    assert source.lexicon is not None and model.encoder.told is not None and model.encoder.embedding is not None
    entries = source.lexicon.entries.items()
    ids = [(source.piece_id(WORD_START + word), target.piece_id(WORD_START + told)) for word, told in entries if told]
    pairs = torch.tensor([pair for pair in ids if UNK_ID not in pair])
    if len(pairs) < model.encoder.told.in_features:
        return  # too few to go by
    theirs, ours = model.decoder.embedding.weight[pairs[:, 1]], model.encoder.embedding.weight[pairs[:, 0]]
    theirs = functional.pad(theirs, (0, 1), value=1.0)
    ridge = torch.full_like(theirs[0], _RIDGE)
    ridge[-1] = 0  # the bias
    solution = torch.linalg.solve(theirs.T @ theirs + ridge.diag(), theirs.T @ ours)
    model.encoder.told.weight.copy_(solution[:-1].T)
    model.encoder.told.bias.copy_(solution[-1])


def _write_tensors(
    tensors: dict[str, Tensor], partial: Path, path: Path, metadata: dict[str, str] | None = None
) -> None:
    """Write tensors to `partial`, which is to become `path`."""
    try:
        save_file(tensors, partial, metadata)
    except SafetensorError as error:
        raise ModelError(
            f"{path}: cannot be written ({' '.join(str(error).split())}): free some space and give the same command "
            "again; what was there before is as it was"
        ) from None


def _read_tensors(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except FileNotFoundError:
        raise ModelError(f"{path}: no such file") from None
    except (SafetensorError, OSError, ValueError) as error:
        raise ModelError(f"{path}: damaged or not safetensors ({' '.join(str(error).split())})") from None


def _check_sizes(config: ModelConfig, tgt_vocab_size: int, weights: dict[str, Tensor], path: Path) -> None:
    """Refuse sizes that config.json only claims, before a model of them is made: it might not fit into the memory."""
    asked = {
        "decoder.embedding.weight": (tgt_vocab_size, config.emb_size),
        "decoder.readout_state.weight": (config.emb_size, config.hidden_size),
        "decoder.attention.v": (config.attention_size,),
    }
    for name, shape in asked.items():
        if name in weights:
            _check_shape(name, weights[name], shape, path)


def _check_shape(name: str, found: Tensor, asked: Sequence[int], path: Path) -> None:
    if tuple(found.shape) != tuple(asked):
        raise ModelError(
            f"{path}: '{name}' has shape {tuple(found.shape)}, config.json and the SentencePiece models "
            f"ask for {tuple(asked)}: these files are of different models"
        )


def _load_weights(model: Model, weights: dict[str, Tensor], path: Path) -> None:
    own = model.state_dict()
    if missing := sorted(own.keys() - weights.keys()) or sorted(weights.keys() - own.keys()):
        raise ModelError(
            f"{path}: '{missing[0]}' is not in both the file and the model; config.json is of another model"
        )
    for name, tensor in own.items():
        _check_shape(name, weights[name], tensor.shape, path)
    model.load_state_dict(weights)


def save_state(
    folder: Path,
    model: Model,
    optimizer: Optimizer,
    progress: Progress,
    config: Config,
    *,
    best: bool,
) -> None:
    """Write `last.safetensors`, and `best.safetensors` as well when this is the best model so far.

    Raises:
        ModelError: it cannot be written, for want of space for example; the last one is as it was.
    """
    tensors = {f"model.{name}": tensor for name, tensor in model.state_dict().items()}
    for name, parameter in model.named_parameters():
        for key, value in optimizer.adam.state.get(parameter, {}).items():
            tensors[f"optimizer.{name}.{key}"] = value
    for (name, _), average in zip(model.named_parameters(), optimizer.average, strict=False):
        tensors[f"average.{name}"] = average
    metadata = {"progress": json.dumps(asdict(progress)), "config": json.dumps(dump_config(config))}
    with atomic_write(folder / "last.safetensors") as partial:
        _write_tensors(tensors, partial, folder / "last.safetensors", metadata)
    if best:
        with atomic_write(folder / "best.safetensors") as partial:
            shutil.copyfile(folder / "last.safetensors", partial)


def read_progress(path: Path) -> tuple[Progress, Config] | None:
    """How far a run had come when this checkpoint was written, and with which settings; None if there is no such file.

    Raises:
        ModelError: the file is not a checkpoint, or cut short.
    """
    if not path.exists():
        return None
    try:
        with safe_open(path, "pt") as stream:
            metadata: dict[str, str] = stream.metadata() or {}
        return Progress(**json.loads(metadata["progress"])), parse_config(json.loads(metadata["config"]), str(path))
    except (SafetensorError, OSError, ValueError, KeyError, TypeError):
        raise ModelError(
            f"{path}: damaged, or not a checkpoint of this program; delete {path.parent} to train anew"
        ) from None


def load_state(path: Path, model: Model, optimizer: Optimizer) -> None:
    """Put weights, their average and the optimiser back as `save_state` found them.

    Raises:
        ModelError: the file is damaged or of another model.
    """
    tensors = _read_tensors(path)
    prefix = "model."
    _load_weights(model, {n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)}, path)
    for name, parameter in model.named_parameters():
        start = f"optimizer.{name}."
        state: dict[str, Any] = {n.removeprefix(start): t for n, t in tensors.items() if n.startswith(start)}
        if state:
            # The number of steps as well: a fused optimiser keeps it where the weights are.
            optimizer.adam.state[parameter] = {key: value.to(parameter.device) for key, value in state.items()}
    for (name, weight), average in zip(model.named_parameters(), optimizer.average, strict=False):
        # A run that is asked for an average only now begins with the weights that it has.
        average.copy_(tensors.get(f"average.{name}", weight.detach()))
