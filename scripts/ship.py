"""Puts a model folder into the package, its weights in bfloat16; the model card that is there stays.

scripts/ship runs/hi-en-prose/model hi-en
scripts/ship runs/hi-en-prose/model hi-en --set search.length_penalty=1.2
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch

from nmt_cli.checkpoint import load_model, save_model
from nmt_cli.config import SHIPPED, override_search


def shrink(folder: Path, to: Path, overrides: Sequence[str] = ()) -> None:
    """Write the model of a folder with its weights in bfloat16, which is half the size, and settings of its search."""
    parts = load_model(folder)
    config = parts.config.model_copy(update={"search": override_search(parts.config, overrides)})
    weights = {name: tensor.to(torch.bfloat16) for name, tensor in parts.model.state_dict().items()}
    to.mkdir(parents=True, exist_ok=True)
    save_model(to, weights=weights, config=config, source=parts.source, target=parts.target)


def main() -> None:
    """Copy, and say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the trained model's")
    parser.add_argument("name", help="how it is to be called")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of the search")
    options = parser.parse_args()
    folder = SHIPPED / options.name
    shrink(options.folder, folder, options.set)
    print(f"{folder}: {sum(path.stat().st_size for path in folder.iterdir()) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
