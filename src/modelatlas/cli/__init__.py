"""The command line: a table of commands, each in a module of its own name, imported when it is called.

`modelatlas --help` and `--version` answer from here alone, so this module imports nothing that takes time.
"""

import gc
import io
import os
import sys

from modelatlas import __version__

COMMANDS: dict[str, str] = {
    "serve": "Serve the catalog over HTTP and keep it fresh.",
    "simulate": "Answer like the providers, with no network and no keys.",
    "models": "List models with their prices, from the store and the references.",
    "show": "Show one listing, or one model with all its offers, in full.",
    "compare": "Compare models or listings side by side.",
    "unmatched": "List what is of no known model, or contradicted.",
    "cost": "Say what a usage costs, line by line.",
    "read": "Read a saved payload through its provider's declaration.",
    "resolve": "Say which models listings are, whatever their providers call them.",
    "record": "Keep a shortened payload of a provider's list.",
    "sync": "Write providers' lists to the store.",
    "quarantine": "List the prices that are kept back, and why.",
    "release": "Let a price out of quarantine, as long as it is the same amount.",
    "disagreements": "List where sources disagree, and how often which two agree.",
    "override": "Say that a listing is left out, is kept, or is a model.",
    "replay": "Write dated payloads to the store, the oldest first, as if each had been fetched at its time.",
    "changes": "List what changed, the newest first, as it was observed by syncs and replays.",
    "price": "Tell what one single unit of a listing costs: one token, one image, one request.",
    "export": "Write the catalog in another tool's format.",
    "pin": "Keep an export under the hash of its bytes.",
    "pins": "List the exports that are kept, or say what differs between two of them.",
    "explain": "Explain why the live and the stored counts differ, listing by listing.",
    "sql": "Ask the store a question in SQL, read-only.",
    "doctor": "Check settings, store, providers and packages.",
}
"""Command -> its sentence; the command `x` is the function `x` of the module `modelatlas.cli.x`."""

INTERRUPTED = 130
BROKEN_PIPE = 1


def main(words: list[str] | None = None) -> None:
    """Run the command that the words of the command line name; end by `SystemExit` unless all went well."""
    try:
        if words is None:  # as a program, not within another one
            gc.disable()  # until all is imported: a fifth of that time went into looking for garbage
        _speak_utf8()
        _run(sys.argv[1:] if words is None else words)
        sys.stdout.flush()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # the reader of our output has seen enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(BROKEN_PIPE)


def usage() -> str:
    """Return the text of `modelatlas --help`."""
    width = max(map(len, COMMANDS))
    rows = "\n".join(f"  {name:<{width}}  {sentence}" for name, sentence in COMMANDS.items())
    return (
        "Usage: modelatlas COMMAND [OPTIONS] [ARGUMENTS]\n\n"
        "One exact, explained catalog of the models and prices of many inference providers.\n\n"
        f"Commands:\n{rows}\n\n"
        "`modelatlas COMMAND --help` tells more. Options: --help, --version."
    )


def _run(words: list[str]) -> None:
    match words:
        case [] | ["-h" | "--help" | "help"]:
            print(usage())
        case ["--version"]:
            print(f"modelatlas {__version__}")
        case ["help", name, *_] if name in COMMANDS:
            _command(name, ["--help"])
        case [name, *rest] if name in COMMANDS:
            _command(name, rest)
        case ["help", word, *_] | [word, *_]:
            _unknown(word)


def _command(name: str, words: list[str]) -> None:
    match words:
        case [provider, id_] if name == "price" and not any(word.startswith("-") for word in words):
            from modelatlas.cli.quick import told

            if told(provider, id_):
                return
    from modelatlas.cli.running import run

    run(name, words)


def _speak_utf8() -> None:
    """Write UTF-8 whatever the locale says: JSON is UTF-8 (RFC 8259), and a name may hold any character."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _unknown(word: str) -> None:
    import difflib

    near = difflib.get_close_matches(word, COMMANDS, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"expected one of {', '.join(COMMANDS)}"
    print(f"error: unknown command {word!r}: {hint}", file=sys.stderr)
    sys.exit(2)
