"""The errors a user can mend.

    NmtError                 one clear line on stderr and exit code 2
    ├── ConfigError          a configuration that cannot be used
    ├── DataError            a text, table or prepared corpus that cannot be read
    ├── ModelError           a model folder or checkpoint that cannot be used
    └── TrainingError        a training run that cannot start or go on

Each message says what is wrong, where (file, line, key) and how to mend it. Anything else that is raised is a bug
of ours and shows its traceback.
"""


class NmtError(Exception):
    """Base of every error that the user can mend; its text is one line."""


class ConfigError(NmtError):
    """A configuration file, or an override of one of its keys, that cannot be used."""


class DataError(NmtError):
    """A text, a table or a prepared corpus that is missing, malformed or empty."""


class ModelError(NmtError):
    """A model folder or a checkpoint that is missing, incomplete or foreign."""


class TrainingError(NmtError):
    """A training run that cannot start or cannot go on."""
