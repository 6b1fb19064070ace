"""A progress bar for runs."""

from __future__ import annotations

from typing import Any


class ProgressBar:
    """Simulated time on standard error, if that is a terminal, or nothing; a context manager.

    Parameters
    ----------
    n_steps : int
        Of the whole run.
    dt : float
        ms.
    shown : bool
    """

    def __init__(self, n_steps: int, dt: float, *, shown: bool) -> None:
        self.bar: Any = None
        if shown:
            from tqdm import tqdm

            form = "{desc}: {percentage:3.0f}%|{bar}| {n:.0f}/{total:.0f} ms [{elapsed}<{remaining}]"
            self.bar = tqdm(
                total=n_steps,
                unit_scale=dt,
                desc="simulating",
                bar_format=form,
                leave=False,
                disable=None,  # only on a terminal
            )

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, *exception: object) -> None:
        if self.bar is not None:
            self.bar.close()

    def update(self, n_steps: int) -> None:
        """Count steps that are done."""
        if self.bar is not None:
            self.bar.update(n_steps)
