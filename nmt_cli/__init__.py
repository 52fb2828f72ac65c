"""Train Hindi-English translators and translate with them, from the command line."""

__version__ = "0.1.0"
