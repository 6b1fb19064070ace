"""The command line: ``neurosim compare | run | list | bench | cache``."""

from __future__ import annotations

import inspect
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from neurosim.errors import NeurosimError, OutputError, ParameterError
from neurosim.models import MODELS, find_model

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""

QUICK_TRAINING = 10_000
QUICK_TEST = 100
"""Images that ``compare --quick`` trains and tests with, at most."""

# Typer brings its own copy of click or uses an installed one: only its own names are the same in both.
UsageError: Any = typer.BadParameter.__base__

app = typer.Typer(
    name="neurosim",
    help="One network, several fidelities: rate, integrate-and-fire and Hodgkin-Huxley units on the same "
    "connections.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

bench = typer.Typer(help="Measure speed, beside other programs where they are installed.")
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
            help="Unit types, joined by commas: rate,lif,hh, or binary,continuous,lif,hh for a memory."
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
        "hidden": _numbers("--hidden", "128" if hidden is None else hidden, "128 or 128,64"),
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
) -> None:
    """Run a model and write its figures."""
    from neurosim.output import OutputFolder

    model = find_model(name)
    data = {} if mnist_dir is None else {"mnist_dir": mnist_dir}
    if not data.keys() <= inspect.signature(model.run).parameters.keys():
        raise ParameterError("--mnist-dir", str(mnist_dir), f"{name} does not learn MNIST", "Leave it out.")
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


Only = Annotated[str | None, typer.Option(help="Names from --list, joined by commas.")]
Repeats = Annotated[int, typer.Option(help="Measurements of each, of which the median counts.")]
Threads = Annotated[str, typer.Option(help="Numbers of threads, joined by commas.")]
PeerPython = Annotated[
    list[Path] | None,
    typer.Option(help="An interpreter that has other programs; NEUROSIM_PEER_PYTHON names more."),
]
Peers = Annotated[bool, typer.Option("--peers/--no-peers", help="Whether to look for others.")]
JsonFile = Annotated[Path | None, typer.Option("--json", help="Write the results to this file.")]
Plot = Annotated[Path | None, typer.Option(help="Draw the times into this file, a PNG.")]
ListCases = Annotated[bool, typer.Option("--list", help="List what can be measured.")]


@bench.callback(invoke_without_command=True)
def list_benchmarks(context: typer.Context, list_cases: ListCases = False) -> None:
    """Measure speed, beside other programs where they are installed."""
    if list_cases:
        from neurosim.bench.classical import CLASSICAL
        from neurosim.bench.hopfield import HOPFIELD
        from neurosim.bench.spiking import SPIKING

        _list_cases(SPIKING, CLASSICAL, HOPFIELD)
        raise typer.Exit
    if context.invoked_subcommand is None:
        raise UsageError("Name a benchmark: neurosim bench spiking, or neurosim bench --list")


@bench.command()
def spiking(
    only: Only = None,
    repeats: Repeats = 3,
    threads: Threads = "1,2",
    peer_python: PeerPython = None,
    peers: Peers = True,
    json_file: JsonFile = None,
    plot: Plot = None,
    list_cases: ListCases = False,
) -> None:
    """Time the benchmark networks, kernels, wiring and a whole script."""
    from neurosim.bench.case import chosen
    from neurosim.bench.spiking import SPIKING

    if list_cases:
        _list_cases(SPIKING)
        return
    cases = chosen(only, SPIKING)
    _measure(cases, _programs("spiking", repeats, threads, peer_python, peers), repeats, json_file, plot)


@bench.command()
def classical(
    mnist_dir: Annotated[Path | None, typer.Option(help="Folder with the four IDX files of MNIST.")] = None,
    only: Only = None,
    repeats: Repeats = 3,
    threads: Threads = "1,2",
    peer_python: PeerPython = None,
    peers: Peers = True,
    json_file: JsonFile = None,
    plot: Plot = None,
    list_cases: ListCases = False,
) -> None:
    """Time the training of classical networks on MNIST."""
    from neurosim.bench.case import chosen
    from neurosim.bench.classical import CLASSICAL, mnist_arrays

    if list_cases:
        _list_cases(CLASSICAL)
        return
    cases = chosen(only, CLASSICAL)
    able = _programs("classical", repeats, threads, peer_python, peers)
    if mnist_dir is None:
        limit = "the cases need the folder with the four IDX files of MNIST"
        raise ParameterError("--mnist-dir", None, limit)
    with mnist_arrays(mnist_dir) as data:
        _measure(cases, able, repeats, json_file, plot, {"data": data})


@bench.command()
def hopfield(
    only: Only = None,
    repeats: Repeats = 3,
    threads: Threads = "1,2",
    peer_python: PeerPython = None,
    peers: Peers = True,
    json_file: JsonFile = None,
    plot: Plot = None,
    list_cases: ListCases = False,
) -> None:
    """Time storing and recalling in associative memories."""
    from neurosim.bench.case import chosen
    from neurosim.bench.hopfield import HOPFIELD

    if list_cases:
        _list_cases(HOPFIELD)
        return
    cases = chosen(only, HOPFIELD)
    _measure(cases, _programs("hopfield", repeats, threads, peer_python, peers), repeats, json_file, plot)


def _programs(family: str, repeats: int, threads: str, peer_python: list[Path] | None, peers: bool) -> Any:
    """The programs that are to be compared, with all options checked."""
    from neurosim.bench.program import programs

    if repeats < 1:
        raise ParameterError("--repeats", repeats, "must be a whole number of at least 1")
    counts = _numbers("--threads", threads, "1,2")
    if not all(count > 0 for count in counts):
        raise ParameterError("--threads", threads, "must be 1 or more")
    return programs(family, counts, peer_python or (), peers=peers)


def _measure(
    cases: Any,
    able: Any,
    repeats: int,
    json_file: Path | None,
    plot: Path | None,
    told: dict[str, Any] | None = None,
) -> None:
    """Measure the cases on the programs, and write what was asked for."""
    from neurosim.bench.comparison import compare, times
    from neurosim.bench.table import table
    from neurosim.output import OutputFolder

    rows = []
    for case in cases:
        rows += compare(case, able, repeats, told=told, tell=_tell)
        if json_file is not None:  # each time, so that an interruption leaves what was measured
            OutputFolder(json_file.parent).write_json(json_file.name, [row.json() for row in rows])
    typer.echo(table(rows, able, repeats))
    if plot is not None:
        from neurosim.plotting import plot_speed

        figure: Any = plot_speed(times(rows)).figure
        OutputFolder(plot.parent).write_figure(plot.name, figure)


def _list_cases(*families: Any) -> None:
    cases = [case for family in families for case in family.values()]
    width = max(len(case.name) for case in cases)
    for case in cases:
        typer.echo(f"{case.name:{width}}  {case.about}")


def _tell(line: str) -> None:
    typer.echo(line, err=True)


@app.command()
def cache(
    clear: Annotated[bool, typer.Option("--clear", help="Remove all compiled kernels.")] = False,
) -> None:
    """Show, or clear, the cache of compiled kernels."""
    from neurosim.kernels.cache import cache_info, clear_cache

    try:
        if clear:
            files, size = clear_cache()
            typer.echo(f"Removed {files} files, {size / 1e6:.1f} MB")
        info = cache_info()
    except OSError as error:
        raise OutputError(f"the cache of kernels: {error}") from error
    typer.echo(f"{info.folder}: {info.modules} kernels, {info.bytes / 1e6:.1f} MB")


def _numbers(option: str, text: str, example: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        limit = f"must be whole numbers joined by commas, such as {example}"
        raise ParameterError(option, text, limit) from None


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
        sys.exit(_fail(f"{error.format_message().rstrip('.')}. See 'neurosim --help'.", 2))
    except typer.Abort:
        status = INTERRUPTED
    if status == INTERRUPTED:
        _fail("interrupted", INTERRUPTED)
    sys.exit(status)


def _fail(message: str, status: int) -> int:
    print(f"neurosim: {' '.join(message.split())}", file=sys.stderr)
    return status
