"""Train Hindi-English translators and translate with them, from the command line.

>>> from nmt_cli import Translator
>>> Translator.load("runs/quickstart/model").translate(["क्या आप चाय पिएँगे?"])
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nmt_cli.translate import Translator

__all__ = ["Translator", "__version__"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Import `Translator`, and torch with it, when it is first asked for, so that the command line starts at once."""
    if name == "Translator":
        from nmt_cli.translate import Translator

        return Translator
    raise AttributeError(f"module 'nmt_cli' has no attribute '{name}'")
