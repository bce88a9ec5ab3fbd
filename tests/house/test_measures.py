"""The measures that the house holds itself to (ARCHITECTURE.md, "Measures")."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "yellowbus"
FILES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions() -> Iterator[tuple[str, Function]]:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, Function):
                yield f"{path.relative_to(SOURCE)}:{node.lineno} {node.name}", node


def length(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def nesting(node: ast.AST, depth: int = 0) -> int:
    """How deep blocks stand in one another; a `with` is a frame and not a decision, so it does not count."""
    deepest = depth
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function | ast.Lambda | ast.ClassDef):
            continue
        deeper = depth + isinstance(child, ast.If | ast.For | ast.While | ast.Try | ast.Match)
        if isinstance(child, ast.If) and isinstance(node, ast.If) and node.orelse == [child]:
            deeper = depth  # elif
        deepest = max(deepest, nesting(child, deeper))
    return deepest


ALL = list(functions())


def test_functions_are_short() -> None:
    lengths = [length(node) for _, node in ALL]
    assert (median(lengths) <= 9, quantiles(lengths, n=10)[8] <= 35) == (True, True)
    assert [name for name, node in ALL if length(node) > 60] == []


def test_nesting_is_shallow() -> None:
    assert [name for name, node in ALL if nesting(node) > 3] == []
    deep = sum(nesting(node) > 2 for _, node in ALL)
    assert deep <= len(ALL) // 100


def test_positional_parameters_are_few() -> None:
    def positional(node: Function) -> int:
        arguments = [*node.args.posonlyargs, *node.args.args]
        return len([argument for argument in arguments if argument.arg not in ("self", "cls")])

    assert [name for name, node in ALL if positional(node) > 5] == []
    many = sum(positional(node) > 4 for _, node in ALL)
    assert many <= len(ALL) // 100


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_file_fits_a_head(path: Path) -> None:
    # The catalogue of messages is one list on purpose, and word lists are data.
    if path.name in {"messages.py", "words.py"}:
        return
    assert len(path.read_text("utf-8").splitlines()) <= 400


def test_no_module_is_a_junk_drawer() -> None:
    drawers = {"utils", "helpers", "common", "misc", "util", "helper"}
    assert [path for path in SOURCE.rglob("*") if path.stem in drawers] == []
