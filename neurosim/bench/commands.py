"""The commands ``neurosim bench spiking | classical | hopfield``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from neurosim.errors import ParameterError
from neurosim.options import UsageError, whole_numbers

if TYPE_CHECKING:
    from neurosim.bench.case import Case
    from neurosim.bench.program import Program

bench = typer.Typer(help="Measure speed, beside other programs where they are installed.")

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


def _programs(
    family: str, repeats: int, threads: str, peer_python: list[Path] | None, peers: bool
) -> list[Program]:
    """The programs that are to be compared, with all options checked."""
    from neurosim.bench.program import programs

    if repeats < 1:
        raise ParameterError("--repeats", repeats, "must be a whole number of at least 1")
    counts = whole_numbers("--threads", threads, "1,2")
    if not all(count > 0 for count in counts):
        raise ParameterError("--threads", threads, "must be 1 or more")
    return programs(family, counts, peer_python or (), peers=peers)


def _measure(
    cases: Sequence[Case],
    able: Sequence[Program],
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


def _list_cases(*families: Mapping[str, Case]) -> None:
    cases = [case for family in families for case in family.values()]
    width = max(len(case.name) for case in cases)
    for case in cases:
        typer.echo(f"{case.name:{width}}  {case.about}")


def _tell(line: str) -> None:
    typer.echo(line, err=True)
