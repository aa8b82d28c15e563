"""The command line: one file per noun (docs/guide/command-line.md)."""

from __future__ import annotations

import sys

from crypto.errors import ProtocolError
from hub.cli.program import program
from hub.cli.words import _
from hub.client.domain.errors import DomainError
from hub.client.errors import ClientError, Fault, Refused
from hub.errors import HubError

CANNOT = 2  # exit code of what the server's own commands refuse


def main() -> None:
    """Runs one command; every expected trouble ends in a sentence and its exit code, never in a traceback."""
    try:
        program()
    except Fault as fault:
        _tell(
            f"{_(fault.text)} {_(fault.action)} ({fault.code}{' ' + fault.place if fault.place else ''})",
            fault.exit_code,
        )
    except Refused as refusal:
        _tell(f"{refusal.detail} ({refusal.code})", refusal.exit_code)
    except ProtocolError as error:
        told = Fault.of(error)
        _tell(f"{_(told.text)} {_(told.action)} ({told.code})", told.exit_code)
    except DomainError as error:
        _tell(_(str(error)), ClientError.exit_code)
    except ClientError as error:
        _tell(_(error.sentence).format(**error.named), error.exit_code)
    except HubError as error:
        _tell(_(str(error)), CANNOT)


def _tell(sentence: str, code: int) -> None:
    print(sentence, file=sys.stderr)
    sys.exit(code)
