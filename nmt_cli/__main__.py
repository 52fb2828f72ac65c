"""The entry point: runs the command line and turns what goes wrong into one line and an exit code."""

import errno
import sys
from typing import Protocol, cast

import typer

from nmt_cli.cli import app
from nmt_cli.errors import NmtError


class _Complaint(Protocol):
    def format_message(self) -> str: ...


# Typer may bring its own copy of Click; this is the base of its usage errors whichever copy it is.
_UsageError: type[Exception] = typer.BadParameter.__mro__[1]


def main() -> None:
    """Run `nmt`. Exit codes: 0 done, 1 a bug of ours, 2 the user can mend it, 130 interrupted."""
    sys.exit(_run())


def _run() -> int:
    try:
        code = typer.main.get_command(app).main(standalone_mode=False)
        sys.stdout.flush()
    except NmtError as error:
        return _complain(str(error))
    except _UsageError as error:
        message = cast("_Complaint", error).format_message()
        return _complain(f"{' '.join(message.split())} (see nmt --help)")
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except OSError as error:
        # Our own messages name the remedy; this is what is left: full disks, missing rights.
        if error.errno == errno.ENOSPC:
            return _complain("the disk is full: free some space and give the same command again")
        place = error.filename2 or error.filename or "output"
        return _complain(f"{place}: {error.strerror or error}: make that place writable, or run nmt in another folder")
    return code if isinstance(code, int) else 0


def _complain(message: str) -> int:
    print(f"nmt: {message}", file=sys.stderr)  # noqa: T201
    return 2


if __name__ == "__main__":
    main()
