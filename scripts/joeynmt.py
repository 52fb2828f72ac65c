"""The peer that the benches compare with: JoeyNMT 2.3.0 from PyPI, in an environment of its own.

Knows how it is installed, configured and called; nothing of what is measured.
"""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from sentencepiece import SentencePieceProcessor

# What its own requirements leave out, or too open for it to start with a present-day torch.
REQUIREMENTS = ("joeynmt==2.3.0", "importlib_metadata", "sentencepiece==0.2.0")


class Sizes(NamedTuple):
    """The network, as both programs are asked for it."""

    embedding: int = 256
    hidden: int = 512  # of the decoder; the encoder has half of it in each direction


def install(folder: Path) -> Path:
    """Make the environment, or reuse it, with the torch that runs this script; returns its python."""
    import torch

    python = folder / "bin" / "python"
    if not (folder / "installed").exists():
        print("Installing JoeyNMT 2.3.0 into an environment of its own", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        version = torch.__version__.partition("+")[0]
        for requirement in ((f"torch=={version}",), REQUIREMENTS):
            subprocess.run([python, "-m", "pip", "install", "--quiet", *requirement], check=True)
        (folder / "installed").touch()
    return python


def write_config(
    folder: Path, *, models: dict[str, Path], sizes: Sizes, training: dict[str, Any], testing: dict[str, Any]
) -> Path:
    """Write config.yaml and the vocabularies of a run on `train` and `dev` in the folder; returns the former.

    Args:
        folder: has train.hi, train.en, dev.hi, dev.en
        models: SentencePiece model of each language
        sizes: of the network
        training, testing: sections of the configuration
    """

    def side(language: str) -> dict[str, Any]:
        vocabulary = folder / f"vocabulary.{language}"
        processor = SentencePieceProcessor(model_file=str(models[language]))
        pieces = [processor.id_to_piece(i) for i in range(4, len(processor))]
        vocabulary.write_text("\n".join(["<unk>", "<pad>", "<s>", "</s>", *pieces]) + "\n", encoding="utf-8")
        return {
            "lang": language,
            "max_length": 400,
            "level": "bpe",
            "voc_file": str(vocabulary),
            "tokenizer_type": "sentencepiece",
            "tokenizer_cfg": {"model_file": str(models[language])},
        }

    def recurrent(hidden: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401
        embeddings = {"embedding_dim": sizes.embedding, "dropout": 0.1}
        return {"type": "recurrent", "rnn_type": "gru", "embeddings": embeddings, "hidden_size": hidden, **more}

    settings = {
        "name": "bench",
        "model_dir": str(folder / "model"),
        "use_cuda": False,
        "random_seed": 1,
        "data": {
            "train": str(folder / "train"),
            "dev": str(folder / "dev"),
            "dataset_type": "plain",
            "src": side("hi"),
            "trg": side("en"),
        },
        "training": {"optimizer": "adam", "keep_best_ckpts": 1, "print_valid_sents": [], **training},
        "testing": testing,
        "model": {
            "initializer": "xavier_uniform",
            "embed_initializer": "normal",
            "encoder": recurrent(sizes.hidden // 2, bidirectional=True, num_layers=1, dropout=0.1),
            "decoder": recurrent(
                sizes.hidden, num_layers=1, dropout=0.1, attention="bahdanau", input_feeding=True, init_hidden="bridge"
            ),
        },
    }
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return path


def run(python: Path, arguments: Sequence[str | Path], stdin: str | None = None) -> str:
    """Run `python -m joeynmt`; returns what it logs and prints."""
    command = [python, "-m", "joeynmt", *arguments]
    result = subprocess.run(command, input=stdin, capture_output=True, text=True, encoding="utf-8", check=False)
    if result.returncode:
        raise SystemExit(f"JoeyNMT has failed:\n{result.stderr[-3000:]}")
    return result.stdout + result.stderr


def found(pattern: str, log: str) -> list[float]:
    """The numbers that a pattern's first group matches in a log, in order."""
    return [float(text) for text in re.findall(pattern, log)]
