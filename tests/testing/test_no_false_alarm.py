"""Right rules pass: all properties, wherever an op is declared to be right.

Under the nightly profile these are a thousand examples; a few of each otherwise, for each takes a
quarter of a second. `test_every_property_holds` does the same over the catalogue.
"""

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, Phase, given, settings

from npbridge import domains, numpy_op, special
from npbridge.testing import PROPERTIES, audit, inputs_for

FULL = settings.default.max_examples >= 100
"""Under CI."""
NIGHTLY = settings.default.max_examples >= 1000
SLOW = ("compile", "leaks")
"""Dynamo compiles each example anew, and the collector looks at all of a process."""
QUICK = [name for name in PROPERTIES if name not in SLOW]


@numpy_op(signature="(m,m),(m)->(m)", domain={"a": domains.well_conditioned()})
def solve(a, b):
    return np.linalg.solve(a, b[..., None])[..., 0]


@solve.register_vjp(composite=True)
def _(grad, out, a):
    gb = solve(a.mH, grad)
    return -gb[..., :, None] * out[..., None, :].conj(), gb


@numpy_op(signature="(m,m),(m)->(m)", domain={"a": domains.positive_definite()})
def solve_spd(a, b):
    return np.linalg.solve(a, b[..., None])[..., 0]


@solve_spd.register_vjp(composite=True)
def _(grad, out, a):
    gb = solve_spd(a.mT, grad)
    return -gb[..., :, None] * out[..., None, :], gb


@numpy_op(signature="(n)->()", vectorized=True, domain={"x": (-30.0, 30.0)})
def logsumexp(x):
    top = x.max(-1)
    return np.log(np.exp(x - top[..., None]).sum(-1)) + top


@logsumexp.register_vjp(composite=True)
def _(grad, x, out):
    return grad[..., None] * (x - out[..., None]).exp()


@numpy_op(signature="(n)->()", vectorized=True)
def total(x):
    return x.sum(-1)


@total.register_vjp(composite=True)
def _(grad, x):
    return grad[..., None].expand_as(x)


@numpy_op(signature="()->(),()", vectorized=True, domain={"x": (-10.0, 10.0)})
def sin_and_cos(x):
    return np.sin(x), np.cos(x)


@sin_and_cos.register_vjp(composite=True)
def _(grad, out):
    return grad[0] * out[1] - grad[1] * out[0]


@numpy_op(signature="(n)->()", vectorized=True, domain={"p": domains.simplex()})
def entropy(p):
    return -(p * np.log(p)).sum(-1)


@entropy.register_vjp(composite=True)
def _(grad, p):
    return -grad[..., None] * (p.log() + 1)


@numpy_op(signature="(m,m)->(m)", domain={"a": domains.symmetric()})
def lengths(a):
    return (a * a).sum(-1)


@lengths.register_vjp(composite=True)
def _(grad, a):
    return 2 * grad[..., None] * a


@numpy_op
def conjugated_product(z, w):
    return z * np.conj(w)


@conjugated_product.register_vjp(composite=True)
def _(grad, z, w):
    return grad * w, grad.conj() * z


SINGLE, COMPLEX = {"dtype": torch.float32}, {"complex": True}
OWN = (logsumexp, total, sin_and_cos, entropy, lengths, solve, solve_spd)
RUNS = {
    **{op.name: (op, {}) for op in OWN},
    "conjugated_product": (conjugated_product, COMPLEX),
    "complex solve": (solve, COMPLEX),
    "complex total": (total, COMPLEX),
    "complex jv": (special.jv, COMPLEX),
    "gammainc": (special.gammainc, {}),
    **{f"{op.name} in float32": (op, SINGLE) for op in (special.jv, special.gammainc, *OWN)},
}
EXAMPLES = 50 if NIGHTLY else 6 if FULL else 2
"""Of each."""


def silent_on(name, examples, properties):
    """Every property on drawn arguments, and how many examples that were."""
    op, options = RUNS[name]
    seen = []

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),  # as in conftest, of more than one kind here
    )
    @given(inputs_for(op, max_dims=1, max_side=2, **options))
    def test(drawn):
        args, kwargs = drawn
        seen.append(args)
        report = audit(op, *args, kwargs=kwargs, properties=properties)
        assert not report.failures, report

    test()
    return len(seen)


@pytest.mark.parametrize("name", RUNS)
def test_no_property_speaks_against_a_right_op(name):
    assert silent_on(name, EXAMPLES, QUICK) >= min(EXAMPLES, 3)


@pytest.mark.parametrize("prop", SLOW)
@pytest.mark.parametrize("name", ["gammainc", "complex solve", "sin_and_cos", "complex jv"])
def test_no_slow_property_speaks_against_a_right_op(prop, name):
    silent_on(name, 2 if FULL else 1, [prop])
