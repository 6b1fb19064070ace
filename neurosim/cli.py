"""The command line: ``neurosim compare | run | list | cache``."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from neurosim.errors import DataError, NeurosimError, ParameterError

app = typer.Typer(
    name="neurosim",
    help="One network, several fidelities: rate, integrate-and-fire and Hodgkin-Huxley units on the same connections.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

QUICK_IMAGES = 100


class DataName(StrEnum):
    """Data sets the command line knows."""

    digits = "digits"
    mnist = "mnist"


@app.command()
def compare(
    out: Annotated[Path, typer.Option(help="Folder for report.json, report.html and the figures.")] = Path("results/compare"),
    units: Annotated[str, typer.Option(help="Unit types, joined by commas.")] = "rate,lif,hh",
    hidden: Annotated[str, typer.Option(help="Hidden units; several layers joined by commas.")] = "128",
    duration: Annotated[str, typer.Option(help="Simulated time for each image, ms.")] = "300",
    epochs: Annotated[int, typer.Option(help="Passes over the training set.", min=1)] = 15,
    seed: Annotated[int, typer.Option(help="Of split, training and encoders.", min=0)] = 0,
    data: Annotated[DataName, typer.Option(help="Bundled 8x8 digits, or MNIST from --mnist-dir.")] = DataName.digits,
    mnist_dir: Annotated[Path | None, typer.Option(help="Folder with the four IDX files of MNIST.")] = None,
    threads: Annotated[int | None, typer.Option(help="Default: one for each processor.", min=1)] = None,
    quick: Annotated[bool, typer.Option("--quick", help="100 test images, 5 epochs, 150 ms: a look, not a result.")] = False,
) -> None:
    """Train a perceptron and classify with rate, LIF and Hodgkin-Huxley units on the same connections."""
    from neurosim.data import load_digits, load_mnist
    from neurosim.output import OutputFolder

    names = [name.strip() for name in units.split(",") if name.strip()]
    sizes = _sizes(hidden)
    with OutputFolder(out) as folder:
        if data is DataName.mnist:
            if mnist_dir is None:
                raise DataError("--data mnist needs --mnist-dir, the folder with the four IDX files of MNIST")
            train, test = load_mnist(mnist_dir)
        else:
            train, test = load_digits().split(0.25, seed)
        if quick:
            test, epochs, duration = test.subset(range(min(QUICK_IMAGES, len(test)))), min(epochs, 5), "150"
        from neurosim import bridge

        found = bridge.compare(
            train,
            test,
            units=names,
            hidden=sizes,
            duration=duration,
            epochs=epochs,
            seed=seed,
            threads=threads,
            progress=True,
        )
        typer.echo(bridge.format_table(found.report))
        written = bridge.write_report(folder, found.report, found.recordings)
        typer.echo(f"\nWritten to {folder.path}: {', '.join(path.name for path in written)}")


@app.command()
def run(
    name: Annotated[str, typer.Argument(help="A name from 'neurosim list'.")],
    out: Annotated[Path | None, typer.Option(help="Folder for the figures; default results/NAME.")] = None,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    quick: Annotated[bool, typer.Option("--quick", help="A shorter run.")] = False,
) -> None:
    """Run a model and write its figures."""
    from neurosim.models import find_model
    from neurosim.output import OutputFolder

    model = find_model(name)
    with OutputFolder(out or Path("results") / name) as folder:
        model.run(folder, quick=quick, seed=seed, progress=True)
        typer.echo(f"Written to {folder.path}: {', '.join(sorted(p.name for p in folder.path.glob('*.png')))}")


@app.command("list")
def list_models() -> None:
    """List the models that 'neurosim run' knows."""
    from neurosim.models import MODELS

    width = max(map(len, MODELS))
    for name, about in MODELS.items():
        typer.echo(f"{name:{width}}  {about}")


@app.command()
def cache(
    clear: Annotated[bool, typer.Option("--clear", help="Remove all compiled kernels.")] = False,
) -> None:
    """Show, or clear, the cache of compiled kernels."""
    from neurosim.kernels.cache import cache_info, clear_cache

    if clear:
        files, size = clear_cache()
        typer.echo(f"Removed {files} files, {size / 1e6:.1f} MB")
    info = cache_info()
    typer.echo(f"{info.folder}: {info.modules} kernels, {info.bytes / 1e6:.1f} MB")


def _sizes(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise ParameterError("--hidden", text, "must be whole numbers joined by commas, such as 128 or 128,64") from None


def main() -> None:
    """Run the command line; a user's mistake is one line on standard error and exit status 2."""
    try:
        app()
    except NeurosimError as error:
        print(f"neurosim: {error}", file=sys.stderr)
        sys.exit(2)
