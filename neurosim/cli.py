"""The command line: ``neurosim compare | run | list | bench | cache``."""

from __future__ import annotations

import inspect
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from neurosim.bench.commands import bench
from neurosim.errors import NeurosimError, OutputError, ParameterError
from neurosim.models import MODELS, find_model
from neurosim.options import UsageError, whole_numbers

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""

QUICK_TRAINING = 10_000
QUICK_TEST = 100
"""Images that ``compare --quick`` trains and tests with, at most."""

app = typer.Typer(
    name="neurosim",
    help="One network, several fidelities: rate, integrate-and-fire and Hodgkin-Huxley units on the same "
    "connections.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(bench, name="bench")


class DataName(StrEnum):
    """Data sets the command line knows."""

    digits = "digits"
    mnist = "mnist"


class NetworkName(StrEnum):
    """Networks that ``compare`` runs in units of several kinds."""

    perceptron = "perceptron"
    hopfield = "hopfield"


@app.command()
def compare(
    network: Annotated[
        NetworkName, typer.Option(help="A classifier of digits, or an associative memory.")
    ] = NetworkName.perceptron,
    out: Annotated[Path, typer.Option(help="Folder for report.json, report.html and the figures.")] = Path(
        "results/compare"
    ),
    units: Annotated[
        str | None,
        typer.Option(
            help="Unit types, joined by commas: of rate,lif,hh (all by default), or, for a memory, of "
            "binary,continuous,rate,lif,lif_dale,hh (by default all but rate and lif_dale)."
        ),
    ] = None,
    hidden: Annotated[
        str | None, typer.Option(help="Hidden units; several layers joined by commas; 128 by default.")
    ] = None,
    duration: Annotated[
        str | None,
        typer.Option(help="Simulated time for each image, ms: 300, 150 if quick; a memory: 400."),
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(help="Passes over the training set: 15, or 5 if quick.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of split, training and encoders.")] = 0,
    data: Annotated[
        DataName, typer.Option(help="Bundled 8x8 digits, or MNIST from --mnist-dir.")
    ] = DataName.digits,
    mnist_dir: Annotated[Path | None, typer.Option(help="Folder with the four IDX files of MNIST.")] = None,
    threads: Annotated[int | None, typer.Option(help="By default one for each processor.")] = None,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick", help="At most 10,000 training and 100 test images, shorter: a look, not a result."
        ),
    ] = False,
) -> None:
    """Run one network in rate, LIF and Hodgkin-Huxley units on the same connections, and compare."""
    if network is NetworkName.hopfield:
        given = {"--hidden": hidden, "--epochs": epochs, "--mnist-dir": mnist_dir}
        _refuse(given | {"--data": None if data is DataName.digits else data.value})
        _compare_memory(out, units, duration, seed, threads, quick)
        return
    from neurosim import bridge
    from neurosim.output import OutputFolder

    options: dict[str, Any] = {
        "units": _names("rate,lif,hh" if units is None else units),
        "hidden": whole_numbers("--hidden", "128" if hidden is None else hidden, "128 or 128,64"),
        "duration": (150.0 if quick else 300.0) if duration is None else _duration(duration),
        "epochs": (5 if quick else 15) if epochs is None else epochs,
        "seed": seed,
        "threads": threads,
    }
    bridge.Settings.checked(**options)  # before files are read and a folder is made
    train, test = _load(data, mnist_dir, seed)
    if quick:
        train = train.subset(range(min(QUICK_TRAINING, len(train))))
        test = test.subset(range(min(QUICK_TEST, len(test))))
    with OutputFolder(out) as folder:
        found = bridge.compare(train, test, **options, progress=True)
        if quick:
            found.report["quick"] = True
        typer.echo(bridge.format_table(found.report))
        written = bridge.write_report(folder, found.report, found.recordings)
        typer.echo(f"\nWritten to {folder.path}: {', '.join(path.name for path in written)}")


def _compare_memory(
    out: Path, units: str | None, duration: str | None, seed: int, threads: int | None, quick: bool
) -> None:
    from neurosim.models.hopfield import comparison
    from neurosim.output import OutputFolder

    found = comparison.compare(
        _names("binary,continuous,lif,hh" if units is None else units),
        duration=400.0 if duration is None else _duration(duration),
        probes=2 if quick else comparison.N_PATTERNS,
        seed=seed,
        threads=threads,
        quick=quick,
    )
    typer.echo(found.table)
    with OutputFolder(out) as folder:
        written = comparison.write_report(folder, found)
        typer.echo(f"\nWritten to {folder.path}: {', '.join(path.name for path in written)}")


def _refuse(given: dict[str, Any]) -> None:
    """Raise ParameterError for an option of the perceptron."""
    for option, value in given.items():
        if value is not None:
            raise ParameterError(option, str(value), "is only for --network perceptron")


@app.command()
def run(
    name: Annotated[str, typer.Argument(help="A name from 'neurosim list'.")],
    out: Annotated[Path | None, typer.Option(help="Folder for the figures; default results/NAME.")] = None,
    seed: Annotated[int, typer.Option(help="Of all random numbers.")] = 0,
    quick: Annotated[bool, typer.Option("--quick", help="A shorter run.")] = False,
    mnist_dir: Annotated[
        Path | None, typer.Option(help="Folder with the four IDX files of MNIST, for a model that learns it.")
    ] = None,
    text: Annotated[Path | None, typer.Option(help="File with a text, for a model that learns one.")] = None,
) -> None:
    """Run a model and write its figures."""
    from neurosim.output import OutputFolder

    model = find_model(name)
    given = {"mnist_dir": mnist_dir, "text": text}
    data = {option: path for option, path in given.items() if path is not None}
    for option, what in (("mnist_dir", "MNIST"), ("text", "a text")):
        if option in data.keys() - inspect.signature(model.run).parameters.keys():
            where = f"--{option.replace('_', '-')}"
            raise ParameterError(where, str(data[option]), f"{name} does not learn {what}", "Leave it out.")
    if seed < 0:
        raise ParameterError("--seed", seed, "must be a whole number of at least 0")
    with OutputFolder(out or Path("results") / name) as folder:
        summary, written = model.run(folder, quick=quick, seed=seed, progress=True, **data)
        typer.echo(summary)
        typer.echo(f"Written to {folder.path}: {', '.join(path.name for path in written)}")


@app.command("list")
def list_models() -> None:
    """List the models that 'neurosim run' knows."""
    width = max(map(len, MODELS))
    for name, about in MODELS.items():
        typer.echo(f"{name:{width}}  {about}")


@app.command()
def cache(
    clear: Annotated[bool, typer.Option("--clear", help="Remove all compiled kernels.")] = False,
) -> None:
    """Show, or clear, the cache of compiled kernels."""
    from neurosim.kernels.core.cache import cache_info, clear_cache

    try:
        if clear:
            files, size = clear_cache()
            typer.echo(f"Removed {files} files, {size / 1e6:.1f} MB")
        info = cache_info()
    except OSError as error:
        raise OutputError(f"the cache of kernels: {error}") from error
    typer.echo(f"{info.folder}: {info.modules} kernels, {info.bytes / 1e6:.1f} MB")


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _duration(text: str) -> float | str:
    """A bare number is in ms; text with a unit stays as it is."""
    try:
        return float(text)
    except ValueError:
        return text


def _load(data: DataName, mnist_dir: Path | None, seed: int) -> tuple[Any, Any]:
    from neurosim.data import load_digits, load_mnist

    if data is DataName.digits:
        if mnist_dir is not None:
            raise ParameterError("--mnist-dir", str(mnist_dir), "is only for --data mnist")
        return load_digits().split(0.25, seed)
    if mnist_dir is None:
        limit = "--data mnist needs the folder with the four IDX files of MNIST"
        raise ParameterError("--mnist-dir", None, limit)
    return load_mnist(mnist_dir)


def main() -> None:
    """Run the command line; a user's mistake is one line on standard error and exit status 2."""
    try:
        status = app(sys.argv[1:] or ["--help"], prog_name="neurosim", standalone_mode=False)
    except NeurosimError as error:
        sys.exit(_fail(str(error), 2))
    except UsageError as error:
        command, message = error.ctx.command_path if error.ctx else "neurosim", error.format_message()
        end = "" if message.endswith((".", "?")) else "."
        sys.exit(_fail(f"{message}{end} See '{command} --help'.", 2))
    except typer.Abort:
        status = INTERRUPTED
    if status == INTERRUPTED:
        _fail("interrupted", INTERRUPTED)
    sys.exit(status)


def _fail(message: str, status: int) -> int:
    print(f"neurosim: {' '.join(message.split())}", file=sys.stderr)
    return status
