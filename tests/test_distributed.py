"""Several processes: forked and spawned ones, data-parallel training, distributed tensors.

What needs two processes that talk to each other runs once, in one pair of them; a test for each
check tells what came of it.
"""

import multiprocessing
import subprocess
import sys
import textwrap
import traceback
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.distributed as dist

import npbridge.elementary as el
from npbridge import elementwise_op, numpy_op, special
from npbridge.errors import TransformError

D = torch.float64
close = torch.testing.assert_close


@numpy_op
def quad(x):
    return x**2


@quad.register_vjp
def _(grad, x):
    return 2 * grad * x


@numpy_op
def noted(x):
    return 2 * x, {"sum": x.sum(), "note": "done"}


@noted.register_vjp
def _(grad):
    return 2 * grad[0]


solve = numpy_op(np.linalg.solve, name="solve", signature="(n,n),(n)->(n)")


@solve.register_vjp
def _(grad, a, out):
    b = np.linalg.solve(a.T, grad)
    return -np.outer(b, out), b


wave = elementwise_op(
    lambda x, y: np.sin(x) * np.exp(y),
    name="wave",
    partials={"x": lambda x, y: el.cos(x) * el.exp(y), "y": lambda out: out},
)


class Net(torch.nn.Module):
    """A layer between ops with rules of every kind."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.first = torch.nn.Linear(3, 4, dtype=D)
        self.second = torch.nn.Linear(4, 1, dtype=D)

    def forward(self, x):
        x = special.j0(self.first(x))
        return self.second(quad(special.gammaln(x**2 + 1)))


def batch():
    return torch.linspace(-1, 2, 12, dtype=D).reshape(4, 3)


def trained():
    """The gradients of one process that has the whole batch."""
    net = Net()
    net(batch()).square().mean().backward()
    return {name: p.grad for name, p in net.named_parameters()}


def check_ddp(rank, mesh):
    """DDP: the gradients are those of one process."""
    net = Net()
    parallel = torch.nn.parallel.DistributedDataParallel(net)
    parallel(batch().chunk(2)[rank]).square().mean().backward()
    for name, p in net.named_parameters():
        close(p.grad, trained()[name])


def check_fsdp(rank, mesh):
    """FSDP: the same, of sharded parameters; and a step of an optimiser is taken."""
    from torch.distributed.fsdp import fully_shard

    net = Net()
    for part in (net.first, net.second, net):
        fully_shard(part, mesh=mesh)
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
    net(batch().chunk(2)[rank]).square().mean().backward()
    before = {name: p.full_tensor().detach().clone() for name, p in net.named_parameters()}
    optimiser.step()
    for name, p in net.named_parameters():
        close(p.grad.full_tensor(), trained()[name])
        close(p.full_tensor().detach(), before[name] - 0.1 * trained()[name])


def placed(x, mesh, placement):
    from torch.distributed.tensor import distribute_tensor

    return distribute_tensor(x, mesh, [placement]).requires_grad_()


def check_elementwise(rank, mesh):
    """Placements are kept, and values, gradients and second derivatives are right."""
    from torch.distributed.tensor import Replicate, Shard

    X, Y = torch.rand(3, 4, dtype=D), torch.rand(4, dtype=D)
    for of_x, of_y, of_result in (
        (Shard(0), Replicate(), Shard(0)),
        (Shard(0), Shard(0), Shard(0)),
        (Shard(1), Replicate(), Shard(1)),
        (Shard(1), Shard(0), Shard(1)),
        (Replicate(), Shard(0), Shard(1)),
        (Replicate(), Replicate(), Replicate()),
    ):
        x, y = placed(X, mesh, of_x), placed(Y, mesh, of_y)
        a, b = X.clone().requires_grad_(), Y.clone().requires_grad_()
        got, want = wave(x, y), wave(a, b)
        assert got.placements == (of_result,)
        close(got.full_tensor(), want)
        if of_result.is_shard(0):  # three rows on two processes
            assert got.to_local().shape == ((2, 4) if rank == 0 else (1, 4))
        first = torch.autograd.grad(got.square().sum(), (x, y), create_graph=True)
        wanted = torch.autograd.grad(want.square().sum(), (a, b), create_graph=True)
        for g, w in zip(first, wanted, strict=True):
            close(g.full_tensor(), w)
        assert first[0].placements == (of_result,)
        second = torch.autograd.grad(sum(g.square().sum() for g in first), (x, y))
        wanted = torch.autograd.grad(sum(g.square().sum() for g in wanted), (a, b))
        for g, w in zip(second, wanted, strict=True):
            close(g.full_tensor(), w)


def check_broadcast(rank, mesh):
    """An argument of size 1 is replicated; numbers and numbers in tensors stand beside DTensors."""
    from torch.distributed.tensor import Shard

    X, Y = torch.rand(4, 1, dtype=D), torch.rand(1, 2, dtype=D)
    x, y = placed(X, mesh, Shard(1)), placed(Y, mesh, Shard(1))
    got = wave(x, y)
    assert got.placements == (Shard(1),)
    close(got.full_tensor().detach(), wave(X, Y))
    for number in (0.5, torch.tensor(0.5, dtype=D)):
        got = wave(placed(X, mesh, Shard(0)), number)
        assert got.placements == (Shard(0),)
        close(got.full_tensor().detach(), wave(X, number))


def check_other_layouts(rank, mesh):
    """Sums in parts are added up first, an empty shard stays one, and no gradient is needed."""
    from torch.distributed.tensor import DTensor, Partial, Replicate, Shard

    X = torch.rand(1, 2, dtype=D)
    parts = DTensor.from_local(X, mesh, [Partial()], run_check=False)
    got = special.gammaln(parts)
    assert got.placements == (Replicate(),)
    close(got.full_tensor(), special.gammaln(2 * X))
    x = placed(X, mesh, Shard(0))
    got = special.gammaln(x)
    assert got.to_local().shape == ((1, 2) if rank == 0 else (0, 2))
    close(torch.autograd.grad(got.sum(), x)[0].full_tensor(), special.psi(X))
    for context in (torch.no_grad, torch.inference_mode):
        with context():
            assert special.gammaln(x).placements == (Shard(0),)


def check_whole_arrays(rank, mesh):
    """Other ops, NumPy rules among them, run on what is replicated; objects are kept."""
    from torch.distributed.tensor import DTensor, Replicate

    A, B = torch.rand(3, 3, dtype=D) + 3 * torch.eye(3, dtype=D), torch.rand(3, dtype=D)
    a, b = placed(A, mesh, Replicate()), placed(B, mesh, Replicate())
    got = solve(a, b)
    assert got.placements == (Replicate(),)
    close(got.to_local().detach(), solve(A, B))
    single = A.clone().requires_grad_(), B.clone().requires_grad_()
    first = torch.autograd.grad(got.square().sum(), (a, b))
    wanted = torch.autograd.grad(solve(*single).square().sum(), single)
    for g, w in zip(first, wanted, strict=True):
        close(g.full_tensor(), w)
    doubled, rest = noted(b)
    assert rest["note"] == "done"
    assert isinstance(rest["sum"], DTensor)
    close(rest["sum"].full_tensor().detach(), B.sum())
    close(torch.autograd.grad(doubled.sum(), b)[0].full_tensor(), torch.full_like(B, 2.0))


def check_refusals(rank, mesh):
    """Another layout is an error that says which one is needed, in a backward too."""
    from torch.distributed.tensor import Replicate, Shard

    A, B = torch.eye(3, dtype=D), torch.rand(3, dtype=D)
    a, b = placed(A, mesh, Replicate()), placed(B, mesh, Replicate())
    with pytest.raises(TransformError) as caught:
        solve(placed(A, mesh, Shard(1)), b)
    assert str(caught.value) == (
        "solve needs its arguments replicated: NumPy works on whole arrays.\n"
        "  expected  [Replicate()]\n"
        "  got       [Shard(dim=1)] for argument 'a'\n"
        "Redistribute first: x.redistribute(placements=[Replicate()])."
    )
    weights = placed(torch.ones(3, dtype=D), mesh, Shard(0))
    with pytest.raises(TransformError, match="the vjp of solve needs its arguments replicated"):
        (solve(a, b) * weights).sum().backward()
    # What that message advises.
    (solve(a, b).redistribute(placements=[Replicate()]) * weights).sum().backward()
    close(b.grad.full_tensor(), torch.ones(3, dtype=D))
    for op, arguments in ((solve, (a, B)), (wave, (a, B))):
        with pytest.raises(TransformError, match="was given DTensors and plain tensors"):
            op(*arguments)


def check_part_of_the_processes(rank, mesh):
    """A process outside of the mesh knows the shapes, and computes nothing."""
    from torch.distributed.tensor import DeviceMesh, Replicate, Shard

    alone = DeviceMesh("cpu", [0])
    a, b = (placed(x, alone, Replicate()) for x in (torch.eye(3, dtype=D), torch.ones(3, dtype=D)))
    for y in (solve(a, b), special.gammaln(placed(torch.ones(3, dtype=D), alone, Shard(0)))):
        assert y.shape == (3,)
        assert y.to_local().shape == ((3,) if rank == 0 else (0,))
    with pytest.raises(TransformError, match="different meshes"):
        wave(b, placed(torch.ones(3, dtype=D), mesh, Replicate()))


def check_two_axes(rank, mesh):
    """A mesh of two dimensions, along one of which each argument is sharded."""
    from torch.distributed.tensor import Replicate, Shard, distribute_tensor, init_device_mesh

    square = init_device_mesh("cpu", (2, 1))
    X = torch.rand(4, 2, dtype=D)
    x = distribute_tensor(X, square, [Shard(0), Replicate()])
    y = distribute_tensor(X, square, [Replicate(), Shard(1)])
    got = wave(x, y)
    assert got.placements == (Shard(0), Shard(1))
    close(got.full_tensor(), wave(X, X))


def check_transforms(rank, mesh):
    """torch.func and torch.compile keep the layout too."""
    from torch.distributed.tensor import Shard

    X = torch.rand(3, 4, dtype=D) + 1
    x = placed(X, mesh, Shard(0))
    got = torch.func.grad(lambda z: special.gammaln(z).sum())(x.detach())
    assert got.placements == (Shard(0),)
    close(got.full_tensor(), special.psi(X))
    y = torch.compile(lambda z: 2 * special.gammaln(z), backend="aot_eager", fullgraph=True)(x)
    assert y.placements == (Shard(0),)
    y.sum().backward()
    close(x.grad.full_tensor(), 2 * special.psi(X))


CHECKS = {
    name.removeprefix("check_"): check
    for name, check in list(globals().items())
    if name.startswith("check_")
}


def run_checks(rank, directory):
    """All checks in one of two processes; what went wrong is left in `directory`."""
    from torch.distributed.tensor import init_device_mesh

    dist.init_process_group(
        "gloo",
        init_method=f"file://{directory}/store",
        rank=rank,
        world_size=2,
        timeout=timedelta(seconds=20),  # where the other one has failed and does not come
    )
    mesh = init_device_mesh("cpu", (2,))
    for name, check in CHECKS.items():
        torch.manual_seed(1)
        try:
            check(rank, mesh)
            said = ""
        except Exception:  # noqa: BLE001  # a test shows it
            said = traceback.format_exc()
        Path(directory, f"{name}_{rank}").write_text(said)
    dist.destroy_process_group()


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """The directory where a pair of processes has left what came of the checks."""
    directory = str(tmp_path_factory.mktemp("pair"))
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=run_checks, args=(rank, directory)) for rank in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(80)
        if process.is_alive():
            process.kill()
    return directory


@pytest.mark.parametrize("rank", [0, 1])
@pytest.mark.parametrize("name", CHECKS)
def test_in_a_pair_of_processes(pair, name, rank):
    """What the check says, in both of them."""
    assert Path(pair, f"{name}_{rank}").read_text() == ""


MODULE = """
import numpy as np
import torch
from npbridge import numpy_op, special

quad = numpy_op(lambda x: x**2, name="quad", vjp=lambda grad, x: 2 * grad * x)


def work(value, compiled=False):
    x = torch.full((3,), value, dtype=torch.float64, requires_grad=True)
    y = quad(special.j0(x))
    y.sum().backward()
    z = x.detach()
    first = torch.func.grad(lambda t: quad(special.j0(t)).sum())(z)
    second = torch.vmap(torch.func.grad(torch.func.grad(special.j0)))(z)
    if compiled:
        torch.compile(special.j0, backend="aot_eager", fullgraph=True)(z)
    return [t.tolist() for t in (x.grad, first, second)]


def put(queue, value, compiled):
    queue.put(work(value, compiled))
"""

SCRIPT = """
import sys
import torch
import torch.multiprocessing as multiprocessing
from ops import put, quad, special, work

if __name__ == "__main__":
    used = sys.argv[2] == "used"
    if used:
        work(0.25, compiled=True)
    context = multiprocessing.get_context(sys.argv[1])
    queue = context.SimpleQueue()
    process = context.Process(target=put, args=(queue, 0.5, used))
    process.start()
    got = queue.get()
    process.join()
    assert process.exitcode == 0
    with context.Pool(1) as pool:
        both = pool.map(work, [0.5, 0.75])
        tensors = pool.map(quad, [torch.ones(2), torch.full((2,), 3.0)])
    assert got == both[0] == work(0.5)
    assert both[1] == work(0.75)
    assert [t.tolist() for t in tensors] == [[1.0, 1.0], [9.0, 9.0]]
"""


@pytest.mark.parametrize("parent", ["used", "fresh"])
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes(tmp_path, method, parent):
    """Ops work, and travel, in processes of either kind, whatever the parent did before."""
    (tmp_path / "ops.py").write_text(MODULE)
    script = tmp_path / "main.py"
    script.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, str(script), method, parent],
        capture_output=True,
        text=True,
        check=False,
        timeout=80,
    )
    assert done.returncode == 0, done.stderr


def test_distributed_tensors_are_imported_by_their_users_only():
    """Importing the library and differentiating twice does not load torch.distributed.tensor."""
    code = """
    import sys, torch
    from npbridge import special
    x = torch.tensor(0.5, requires_grad=True)
    (g,) = torch.autograd.grad(special.j0(x), x, create_graph=True)
    g.backward()
    assert "torch.distributed.tensor" not in sys.modules
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True)
