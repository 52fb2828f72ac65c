"""Makes a trained model larger without changing what it computes, to train it on (Net2Net, Chen et al. 2016).

    scripts/grow hi-en runs/grown/model --set model.hidden_size=768 --set model.emb_size=384

What the model has takes the first places of each size. New units read all there is through random weights, but nothing
that was there before reads them: only training gives them a say. A new encoder layer adds nothing to the states either,
but s_0 comes from the last one and has to be learned again.
"""

import argparse
from pathlib import Path

import torch
from torch import Tensor

from nmt_cli.checkpoint import load_model, save_model
from nmt_cli.config import ModelConfig, model_path, override_section
from nmt_cli.model import Model

OF_MEMORY = ("key.weight", "bridge.weight", "readout_context.weight", "context_cell.weight_x", "context_gates.weight")
"""What is multiplied with the encoder's states, in which both directions stand side by side."""
READ = ("attention.v", "readout_state", "readout_context", "readout_word")
"""Whose new places are read by what was there before, or with it: they have to be zero."""


def grow(model: Model, old: ModelConfig, new: ModelConfig, seed: int = 1) -> Model:
    """A model of at least the same sizes that computes the same.

    Raises:
        SystemExit: one of the two is of a kind that this does not know.
    """
    known = {"cell": "gru", "attention": "additive", "layer_norm": False, "decoder_layers": 1, "bidirectional": True}
    for config in (old, new):
        for key, value in known.items():
            if getattr(config, key) != value:
                raise SystemExit(f"model.{key} is {getattr(config, key)}: only models with {value} can be made larger")
    torch.manual_seed(seed)
    vocabularies = [len(part.weight) for part in (model.encoder.embedding, model.decoder.embedding) if part is not None]
    grown = Model(new, *vocabularies)
    small = model.state_dict()
    for name, weight in grown.state_dict().items():
        if name in small:
            place(small[name], weight, name)
        elif ".layers." in name:
            weight[:, -(weight.shape[1] // 3) :] = 0  # the candidate: a state that begins with zero stays there
        else:
            raise SystemExit(f"{name}: the model has none")
    return grown


def place(old: Tensor, new: Tensor, name: str) -> None:
    """Write the old tensor to its places in the new one, in place, and zeros where it would notice the others."""
    cell = name.rpartition(".")[2] in ("weight_x", "weight_h", "bias_x", "bias_h")
    if cell and name.startswith("encoder."):  # a direction after the other
        for direction, part in enumerate(old):
            place(part, new[direction], name.replace("encoder.", ""))
        return
    rows = places(len(old), len(new), 3 if cell else 2 if "shortcut" in name else 1, name)
    if any(part in name for part in READ):
        new[:] = 0
    if old.dim() == 1:
        new[rows] = old
        return
    upper = name.startswith("layers.") and name.endswith("weight_x") and not name.startswith("layers.0.")
    columns = places(old.shape[1], new.shape[1], 2 if upper or name.endswith(OF_MEMORY) else 1, name)
    if not name.endswith("embedding.weight"):  # what reads it has zeros there
        new[rows] = 0
    new[rows[:, None], columns] = old


def places(old: int, new: int, parts: int, name: str) -> Tensor:
    """Where the old of the new places are, which both consist of so many equal parts."""
    if new < old:
        raise SystemExit(f"{name}: {new} is less than the {old} that the model has")
    return torch.cat([part * (new // parts) + torch.arange(old // parts) for part in range(parts)])


def main() -> None:
    """Grow, and say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a trained model's folder, or the name of a shipped model")
    parser.add_argument("to", type=Path, help="the folder to write")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting under model")
    options = parser.parse_args()
    parts = load_model(model_path(options.model))
    config = override_section(parts.config, "model", options.set)
    model = grow(parts.model, parts.config.model, config.model)
    options.to.mkdir(parents=True, exist_ok=True)
    save_model(options.to, weights=model.state_dict(), config=config, source=parts.source, target=parts.target)
    print(f"{options.to}: {model.parameter_count():,} parameters, {parts.model.parameter_count():,} before")


if __name__ == "__main__":
    main()
