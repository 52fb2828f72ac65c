"""Puts a model folder into the package, its weights in bfloat16; the model card that is there stays.

scripts/ship runs/hi-en/model hi-en
"""

import argparse
from pathlib import Path

import torch

from nmt_cli.checkpoint import load_model, save_model
from nmt_cli.config import SHIPPED


def shrink(folder: Path, to: Path) -> None:
    """Write the model of a folder with its weights in bfloat16, which is half the size."""
    parts = load_model(folder)
    weights = {name: tensor.to(torch.bfloat16) for name, tensor in parts.model.state_dict().items()}
    to.mkdir(parents=True, exist_ok=True)
    save_model(to, weights=weights, config=parts.config, source=parts.source, target=parts.target)


def main() -> None:
    """Copy, and say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the trained model's")
    parser.add_argument("name", help="how it is to be called")
    options = parser.parse_args()
    folder = SHIPPED / options.name
    shrink(options.folder, folder)
    print(f"{folder}: {sum(path.stat().st_size for path in folder.iterdir()) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
