"""What type checkers know of the catalogue is what there is."""

import ast

import make_stub

from npbridge import special


def test_the_stub_is_what_the_script_writes():
    found = make_stub.STUB.read_text(encoding="utf-8")
    assert found == make_stub.stub(), "run python tests/special/make_stub.py"


def test_the_stub_has_every_entry():
    """Each entry, under a class that has its arguments in order; and the catalogue itself."""
    tree = ast.parse(make_stub.STUB.read_text(encoding="utf-8"))
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    held = {
        node.target.id: node.annotation for node in tree.body if isinstance(node, ast.AnnAssign)
    }
    assert set(held) == {*special.CATALOGUE, "CATALOGUE"}
    for name, op in special.CATALOGUE.items():
        for method in classes[held[name].id].body:
            given = [*method.args.args[1:], *method.args.kwonlyargs]
            assert [argument.arg for argument in given] == list(op.names), name
