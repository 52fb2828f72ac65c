"""Puts a model folder into the package, its weights in bfloat16; the model card that is there stays.

scripts/ship runs/hi-en/model hi-en
"""

import argparse
from pathlib import Path

import torch

from nmt_cli.checkpoint import load_model, save_model
from nmt_cli.config import SHIPPED


def main() -> None:
    """Copy, and say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the trained model's")
    parser.add_argument("name", help="how it is to be called")
    options = parser.parse_args()
    parts = load_model(options.folder)
    weights = {name: tensor.to(torch.bfloat16) for name, tensor in parts.model.state_dict().items()}
    folder = SHIPPED / options.name
    folder.mkdir(parents=True, exist_ok=True)
    save_model(folder, weights=weights, config=parts.config, source=parts.source, target=parts.target)
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(f"{folder}: {parts.model.parameter_count():,} parameters, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
