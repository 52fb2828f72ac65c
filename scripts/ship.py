"""Puts a model folder into the package, its weights in bfloat16; the model card that is there stays.

scripts/ship runs/hi-en-prose/model hi-en
scripts/ship runs/hi-en-prose/model hi-en --set search.length_penalty=1.2
scripts/ship runs/hi-en-back2/model runs/hi-en-back3/model hi-en

Of several models the weights are averaged (Wortsman et al. 2022): of one, and of those that were trained on from it.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from nmt_cli.checkpoint import SOURCE_EMBEDDING, ModelFolder, load_model, save_model, with_added_pieces
from nmt_cli.config import SHIPPED, override_search
from nmt_cli.quantization import packed


def shrink(
    folders: Sequence[Path],
    to: Path,
    overrides: Sequence[str] = (),
    *,
    int8: bool = False,
    shares: Sequence[float] | None = None,
) -> None:
    """Write the mean of the folders' models with its weights in bfloat16, half the size, or in integers, a quarter.

    Args:
        folders: models of one architecture and one vocabulary, which the last one's lexicon may have added a piece to;
            the last one's configuration is kept
        to: the folder to write
        overrides: settings of its search
        int8: see `quantization.packed`
        shares: of each model in the mean; none: all alike
    """
    shares = shares or [1 / len(folders)] * len(folders)
    if len(shares) != len(folders) or abs(sum(shares) - 1) > 1e-6:
        raise SystemExit(f"--shares {' '.join(map(str, shares))}: say one for each of {len(folders)} models, 1 in all")
    models = [load_model(folder) for folder in folders]
    last = models[-1]
    states = [_fitted(parts, last, folder) for parts, folder in zip(models, folders, strict=True)]
    weights = {name: _mean([state[name] for state in states], shares) for name in states[0]}
    weights = packed(weights) if int8 else {name: weight.to(torch.bfloat16) for name, weight in weights.items()}
    config = last.config.model_copy(update={"search": override_search(last.config, overrides)})
    to.mkdir(parents=True, exist_ok=True)
    save_model(to, weights=weights, config=config, source=last.source, target=last.target)


def _fitted(parts: ModelFolder, last: ModelFolder, folder: Path) -> dict[str, Tensor]:
    """A model's weights in the last one's shapes: what its vocabulary lacks is as the last one has it."""
    state, goal = parts.model.state_dict(), last.model.state_dict()
    same_width = state[SOURCE_EMBEDDING].shape[1] == goal[SOURCE_EMBEDDING].shape[1]
    if same_width and last.source.serialized.startswith(parts.source.serialized):
        state = with_added_pieces(state, goal)
        parts = replace(parts, source=last.source)
    kinds = [
        (each.source.serialized, each.target.serialized, {key: weight.shape for key, weight in weights.items()})
        for each, weights in ((parts, state), (last, goal))
    ]
    if kinds[0] != kinds[1]:
        raise SystemExit(f"{folder}: another vocabulary or architecture than the last model has: there is no mean")
    return state


def _mean(weights: Sequence[Tensor], shares: Sequence[float]) -> Tensor:
    return torch.stack([share * weight for share, weight in zip(shares, weights, strict=True)]).sum(0)


def main() -> None:
    """Copy, and say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", metavar="folder", help="a trained model's")
    parser.add_argument("name", help="how it is to be called")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of the search")
    parser.add_argument("--int8", action="store_true", help="a quarter of the size instead of half")
    parser.add_argument("--shares", type=float, nargs="+", help="of each model in the mean, such as 0.1 0.9")
    options = parser.parse_args()
    folder = SHIPPED / options.name
    shrink(options.folders, folder, options.set, int8=options.int8, shares=options.shares)
    print(f"{folder}: {sum(path.stat().st_size for path in folder.iterdir()) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
