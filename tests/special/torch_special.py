"""The functions of torch.special that drop gradients without a word, beside those that do not.

`python tests/special/torch_special.py` prints the table of the README.
"""

import torch

from npbridge import special

X, DEGREE = 0.4, 3
# What each is called here. V and W are the multiples of Jacobi polynomials that are 1 and 2n + 1 at
# x = 1: DLMF 18.7(i).
OURS = {
    "airy_ai": "airy(x)[0]",
    "bessel_j0": "j0(x)",
    "bessel_j1": "j1(x)",
    "bessel_y0": "y0(x)",
    "bessel_y1": "y1(x)",
    "chebyshev_polynomial_t": "eval_chebyt(n, x)",
    "chebyshev_polynomial_u": "eval_chebyu(n, x)",
    "chebyshev_polynomial_v": "eval_jacobi(n, -0.5, 0.5, x) / binom(n - 0.5, n)",
    "chebyshev_polynomial_w": "eval_jacobi(n, 0.5, -0.5, x) / binom(n - 0.5, n)",
    "hermite_polynomial_h": "eval_hermite(n, x)",
    "hermite_polynomial_he": "eval_hermitenorm(n, x)",
    "laguerre_polynomial_l": "eval_laguerre(n, x)",
    "legendre_polynomial_p": "eval_legendre(n, x)",
    "modified_bessel_i0": "i0(x)",
    "modified_bessel_i1": "i1(x)",
    "modified_bessel_k0": "k0(x)",
    "modified_bessel_k1": "k1(x)",
    "scaled_modified_bessel_k0": "k0e(x)",
    "scaled_modified_bessel_k1": "k1e(x)",
    "shifted_chebyshev_polynomial_t": "eval_sh_chebyt(n, x)",
    "shifted_chebyshev_polynomial_u": "eval_sh_chebyu(n, x)",
    "shifted_chebyshev_polynomial_v": "eval_jacobi(n, -0.5, 0.5, 2 * x - 1) / binom(n - 0.5, n)",
    "shifted_chebyshev_polynomial_w": "eval_jacobi(n, 0.5, -0.5, 2 * x - 1) / binom(n - 0.5, n)",
    "spherical_bessel_j0": "spherical_jn(0, x)",
}
BEGIN, END = "<!-- torch.special -->", "<!-- /torch.special -->"


def tries(x):
    """Arguments, of which every function of torch.special takes some."""
    return ((x,), (x, DEGREE), (DEGREE, x), (x, x), (x.reshape(1), 0))


def called(name, x):
    """A function of torch.special, on the first arguments that it takes."""
    function = getattr(torch.special, name)
    for arguments in tries(x):
        try:
            return function(*arguments)
        except (TypeError, RuntimeError, IndexError):
            continue
    raise AssertionError(name)


def functions():
    """The public functions of torch.special."""
    listed = (n for n in dir(torch.special) if not n.startswith("_") and n != "Tensor")
    return [n for n in listed if callable(getattr(torch.special, n))]


def point():
    """A tensor that wants a gradient."""
    return torch.tensor(X, dtype=torch.float64, requires_grad=True)


def dropped():
    """Those whose result does not depend on its argument any more, as far as autograd knows."""
    return [name for name in functions() if called(name, point()).grad_fn is None]


def ours(name, x):
    """What stands beside it here."""
    known = {**special.CATALOGUE, "x": x, "n": DEGREE}
    return eval(OURS[name], {"__builtins__": {}}, known)  # noqa: S307  # our own text, see above


def slope(y, x):
    """The derivative of y + x, less 1: what is left of a term in a sum."""
    (grad,) = torch.autograd.grad(y + x, x)
    return grad.item() - 1


def table():
    """Each one with the derivative that comes out, on both sides."""
    lines = [
        "| `torch.special` | torch | `npbridge.special` | here |",
        "|---|---:|---|---:|",
    ]
    for name in dropped():
        x = point()
        takes = "x" if len(_arguments(name)) == 1 else "x, n"
        theirs, mine = slope(called(name, x), x), slope(ours(name, x), x)
        lines.append(f"| `{name}({takes})` | {theirs:.0f} | `{OURS[name]}` | {mine:.6f} |")
    return "\n".join(lines)


def _arguments(name):
    x = point()
    try:
        getattr(torch.special, name)(x)
    except TypeError:
        return (x, DEGREE)
    return (x,)


if __name__ == "__main__":
    print(table())  # noqa: T201  # a command
