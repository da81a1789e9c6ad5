"""Docstrings, comments and messages are in plain English."""

import ast
import re
from itertools import chain

import pytest

from dev import release

FOLDERS = ("iou_core", "labels", "operators", "panel", "dev", "benchmarks", "tests")
OPENS = re.compile(r"\s*(What|How|Where|Who|Whom|Whose|Which|Why|By what)\b")
ODD = re.compile(
    r"\b(nobody|somebody|whoever|at the most|by now|put right|held against|surely|"
    r"expected nothing|expected None)\b",
    re.IGNORECASE,
)


def faults(name, source):
    """Returns docstrings that begin with a clause, and texts with odd phrases."""
    if name.endswith(".py"):
        nodes = [*ast.walk(ast.parse(source))]
        strings = [n.value for n in nodes if isinstance(n, ast.Expr)]
        docs = [s.value for s in strings if isinstance(s, ast.Constant)]
        docs = [text for text in docs if isinstance(text, str)]
    else:
        docs = re.findall(r"/\*\*(.*?)\*/", source, re.DOTALL)
    clauses = [text.strip().partition("\n")[0] for text in docs if OPENS.match(text)]
    return clauses + [match[0] for match in ODD.finditer(source)]


def test_texts_are_noun_phrases_or_sentences_without_odd_phrases():
    paths = chain(*((release.ROOT / folder).rglob("*") for folder in FOLDERS))
    sources = [p for p in paths if p.suffix in (".py", ".ts", ".tsx", ".mjs")]
    found = {str(path): faults(path.name, path.read_text()) for path in sources}
    # it holds examples of odd phrases
    assert found.pop(__file__)

    assert len(found) > 1000
    assert {path: texts for path, texts in found.items() if texts} == {}


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.py", '"""What a search finds."""'),
        ("a.py", 'MOST = 3\n"""How many there are."""'),
        ("a.py", "# nobody reads this"),
        ("a.ts", "/** Where it is. */"),
        ("a.tsx", "/**\n How it is drawn. */"),
        ("a.ts", 'const text = "95 % surely one";'),
    ],
)
def test_an_odd_text_is_reported(name, source):
    assert len(faults(name, source)) == 1


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.py", '"""The result of a search."""\nlabel = "What to delete"'),
        ("a.py", 'def how():\n    """Returns how many there are."""'),
        ("a.ts", "// what follows is drawn\n/** The place of a label. */"),
    ],
)
def test_a_plain_text_passes(name, source):
    assert faults(name, source) == []
