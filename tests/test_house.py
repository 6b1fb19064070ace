"""The rules of the house that a reader of DESIGN.md would expect the code to keep."""

import ast
import importlib
import inspect
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted([*(ROOT / "neurosim").rglob("*.py"), *(ROOT / "models").rglob("*.py")])
ROOMS = sorted(path.parent.name for path in (ROOT / "neurosim").glob("*/__init__.py"))
HEAVY = ("brian2", "matplotlib", "numba", "sympy")
DESCRIPTION = [
    "connectivity",
    "data",
    "network",
    "neurons",
    "output",
    "plotting",
    "rate",
    "recording",
    "synapses",
    "units",
]


def place(path):
    return path.relative_to(ROOT).as_posix()


def imports(tree, *, top_level_only=False):
    """Names of the modules a file imports; `if TYPE_CHECKING` does not count as top level."""
    nodes = tree.body if top_level_only else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


def offenders(rule):
    return [place(path) for path in FILES if rule(path, ast.parse(path.read_text(encoding="utf-8")))]


def test_there_is_a_house_to_inspect():
    assert len(FILES) > 20
    assert {"kernels", "plotting", "rate"} <= set(ROOMS)


@pytest.mark.parametrize(
    ("package", "allowed"),
    [
        ("numba", ("neurosim/kernels/",)),
        ("llvmlite", ("neurosim/kernels/",)),
        ("brian2", ("neurosim/engines/brian2/", "neurosim/bench/peers/")),
        ("matplotlib", ("neurosim/plotting/",)),
        ("sympy", ("neurosim/equations/", "neurosim/integrators/")),
        ("neurosim.models", ("neurosim/cli.py", "neurosim/bench/", "models/")),
    ],
)
def test_a_package_is_imported_in_its_room_only(package, allowed):
    def outside(path, tree):
        found = any(name == package or name.startswith(package + ".") for name in imports(tree))
        return found and not place(path).startswith(allowed)

    assert offenders(outside) == []


def test_every_package_is_installed():
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    folders = [path.parent for path in FILES if path.name == "__init__.py"]
    names = [place(folder).replace("/", ".") for folder in folders]
    assert sorted(listed) == sorted(n if n.startswith("neurosim") else f"neurosim.{n}" for n in names)


def test_heavy_packages_are_imported_when_needed():
    def eager(path, tree):
        heavy = {name.split(".")[0] for name in imports(tree, top_level_only=True)} & {*HEAVY, "scipy"}
        if place(path).startswith("neurosim/bench/peers/"):  # programs of their own, never imported
            return set()
        return heavy - ({"numba"} if place(path).startswith("neurosim/kernels/") else set())

    assert offenders(eager) == []


@pytest.mark.parametrize("module", ["neurosim", *(f"neurosim.{room}" for room in DESCRIPTION)])
def test_describing_is_light(module):
    program = f"import sys, {module}; print(*({set(HEAVY)!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_files_stay_short_and_are_named_for_a_noun():
    assert offenders(lambda path, tree: len(path.read_text(encoding="utf-8").splitlines()) > 400) == []
    assert offenders(lambda path, tree: path.stem in ("utils", "util", "helpers", "misc", "common")) == []


def test_users_never_meet_an_assert():
    assert offenders(lambda path, tree: any(isinstance(node, ast.Assert) for node in ast.walk(tree))) == []


@pytest.mark.parametrize("room", ROOMS)
def test_public_names_exist_and_are_documented(room):
    module = importlib.import_module(f"neurosim.{room}")
    assert module.__doc__
    undocumented = []
    for name in getattr(module, "__all__", ()):
        value = getattr(module, name)
        if not (inspect.isclass(value) or inspect.isroutine(value)):
            continue
        undocumented += [] if inspect.getdoc(value) else [name]
        if inspect.isclass(value):
            undocumented += [
                f"{name}.{member}"
                for member, method in vars(value).items()
                if not member.startswith("_")
                and (inspect.isroutine(method) or isinstance(method, property))
                and not inspect.getdoc(getattr(value, member))
            ]
    assert undocumented == []


def test_imports_keep_their_directions():
    pytest.importorskip("importlinter")
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
