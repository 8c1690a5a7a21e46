# Written by tests/special/make_stub.py.
from collections.abc import Mapping
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from npbridge import ElementwiseOp, NumpyOp

_Array = NDArray[Any] | np.number[Any]
_Real = float | _Array
_Number = complex | _Array
_Whole = int | _Array
_RealTensor = _Real | Tensor
_NumberTensor = _Number | Tensor
_WholeTensor = _Whole | Tensor

class _x_lmbda(ElementwiseOp):
    @overload
    def __call__(self, x: _Real, lmbda: _Real) -> Any: ...
    @overload
    def __call__(self, x: _RealTensor, lmbda: _RealTensor) -> Tensor: ...

class _x(ElementwiseOp):
    @overload
    def __call__(self, x: _Real) -> Any: ...
    @overload
    def __call__(self, x: _RealTensor) -> Tensor: ...

class _x_n(ElementwiseOp):
    @overload
    def __call__(self, x: _Real, n: _Whole) -> Any: ...
    @overload
    def __call__(self, x: _RealTensor, n: _WholeTensor) -> Tensor: ...

class _x__2(ElementwiseOp):
    @overload
    def __call__(self, x: _Number) -> Any: ...
    @overload
    def __call__(self, x: _NumberTensor) -> Tensor: ...

class _delta_r(ElementwiseOp):
    @overload
    def __call__(self, delta: _Real, r: _Real) -> Any: ...
    @overload
    def __call__(self, delta: _RealTensor, r: _RealTensor) -> Tensor: ...

class _y_lmbda(ElementwiseOp):
    @overload
    def __call__(self, y: _Real, lmbda: _Real) -> Any: ...
    @overload
    def __call__(self, y: _RealTensor, lmbda: _RealTensor) -> Tensor: ...

class _x_y(ElementwiseOp):
    @overload
    def __call__(self, x: _Real, y: _Real) -> Any: ...
    @overload
    def __call__(self, x: _RealTensor, y: _RealTensor) -> Tensor: ...

class _x_axis(NumpyOp[..., Any]):
    @overload
    def __call__(self, x: _Number, axis: Any = None) -> Any: ...
    @overload
    def __call__(self, x: _NumberTensor, axis: Any = None) -> Any: ...

class _a_axis_b_keepdims_return_sign(NumpyOp[..., Any]):
    @overload
    def __call__(self, a: _Number, axis: Any = None, b: _Number | None = None, keepdims: bool = False, return_sign: bool = False) -> Any: ...
    @overload
    def __call__(self, a: _NumberTensor, axis: Any = None, b: _NumberTensor | None = None, keepdims: bool = False, return_sign: bool = False) -> Any: ...

class _d_m_s(ElementwiseOp):
    @overload
    def __call__(self, d: _Real, m: _Real, s: _Real) -> Any: ...
    @overload
    def __call__(self, d: _RealTensor, m: _RealTensor, s: _RealTensor) -> Tensor: ...

class _x_y__2(ElementwiseOp):
    @overload
    def __call__(self, x: _Number, y: _Number) -> Any: ...
    @overload
    def __call__(self, x: _NumberTensor, y: _NumberTensor) -> Tensor: ...

class _a_b(ElementwiseOp):
    @overload
    def __call__(self, a: _Real, b: _Real) -> Any: ...
    @overload
    def __call__(self, a: _RealTensor, b: _RealTensor) -> Tensor: ...

class _a_b_x(ElementwiseOp):
    @overload
    def __call__(self, a: _Real, b: _Real, x: _Real) -> Any: ...
    @overload
    def __call__(self, a: _RealTensor, b: _RealTensor, x: _RealTensor) -> Tensor: ...

class _a_b_y(ElementwiseOp):
    @overload
    def __call__(self, a: _Real, b: _Real, y: _Real) -> Any: ...
    @overload
    def __call__(self, a: _RealTensor, b: _RealTensor, y: _RealTensor) -> Tensor: ...

class _p_b_x(ElementwiseOp):
    @overload
    def __call__(self, p: _Real, b: _Real, x: _Real) -> Any: ...
    @overload
    def __call__(self, p: _RealTensor, b: _RealTensor, x: _RealTensor) -> Tensor: ...

class _a_p_x(ElementwiseOp):
    @overload
    def __call__(self, a: _Real, p: _Real, x: _Real) -> Any: ...
    @overload
    def __call__(self, a: _RealTensor, p: _RealTensor, x: _RealTensor) -> Tensor: ...

class _N_k_exact_repetition(ElementwiseOp):
    @overload
    def __call__(self, N: _Real, k: _Real, *, exact: bool = False, repetition: bool = False) -> Any: ...
    @overload
    def __call__(self, N: _RealTensor, k: _RealTensor, *, exact: bool = False, repetition: bool = False) -> Tensor: ...

class _z(ElementwiseOp):
    @overload
    def __call__(self, z: _Number) -> Any: ...
    @overload
    def __call__(self, z: _NumberTensor) -> Tensor: ...

class _n_exact_extend(ElementwiseOp):
    @overload
    def __call__(self, n: _Number, exact: bool = False, extend: str = 'zero') -> Any: ...
    @overload
    def __call__(self, n: _NumberTensor, exact: bool = False, extend: str = 'zero') -> Tensor: ...

class _n_k_exact_extend(ElementwiseOp):
    @overload
    def __call__(self, n: _Number, k: int, exact: bool = False, extend: str = 'zero') -> Any: ...
    @overload
    def __call__(self, n: _NumberTensor, k: int, exact: bool = False, extend: str = 'zero') -> Tensor: ...

class _a_x(ElementwiseOp):
    @overload
    def __call__(self, a: _Real, x: _Real) -> Any: ...
    @overload
    def __call__(self, a: _RealTensor, x: _RealTensor) -> Tensor: ...

class _a_y(ElementwiseOp):
    @overload
    def __call__(self, a: _Real, y: _Real) -> Any: ...
    @overload
    def __call__(self, a: _RealTensor, y: _RealTensor) -> Tensor: ...

class _a_d(ElementwiseOp):
    @overload
    def __call__(self, a: _Real, d: int) -> Any: ...
    @overload
    def __call__(self, a: _RealTensor, d: int) -> Tensor: ...

class _N_k_exact(ElementwiseOp):
    @overload
    def __call__(self, N: _Real, k: _Real, exact: bool = False) -> Any: ...
    @overload
    def __call__(self, N: _RealTensor, k: _RealTensor, exact: bool = False) -> Tensor: ...

class _z_m(ElementwiseOp):
    @overload
    def __call__(self, z: _Real, m: _Real) -> Any: ...
    @overload
    def __call__(self, z: _RealTensor, m: _RealTensor) -> Tensor: ...

class _n_x(ElementwiseOp):
    @overload
    def __call__(self, n: _Whole, x: _Real) -> Any: ...
    @overload
    def __call__(self, n: _WholeTensor, x: _RealTensor) -> Tensor: ...

class _x_q(ElementwiseOp):
    @overload
    def __call__(self, x: _Real, q: _Real) -> Any: ...
    @overload
    def __call__(self, x: _RealTensor, q: _RealTensor) -> Tensor: ...

class _z__2(ElementwiseOp):
    @overload
    def __call__(self, z: _Number) -> Any: ...
    @overload
    def __call__(self, z: _NumberTensor) -> tuple[Tensor, Tensor]: ...

class _z_k_tol(ElementwiseOp):
    @overload
    def __call__(self, z: _Number, k: _Whole = 0, tol: float = 1e-08) -> Any: ...
    @overload
    def __call__(self, z: _NumberTensor, k: _WholeTensor = 0, tol: float = 1e-08) -> Tensor: ...

class _x__3(ElementwiseOp):
    @overload
    def __call__(self, x: _Number) -> Any: ...
    @overload
    def __call__(self, x: _NumberTensor) -> tuple[Tensor, Tensor]: ...

class _y(ElementwiseOp):
    @overload
    def __call__(self, y: _Real) -> Any: ...
    @overload
    def __call__(self, y: _RealTensor) -> Tensor: ...

class _x__4(ElementwiseOp):
    @overload
    def __call__(self, x: _Real) -> Any: ...
    @overload
    def __call__(self, x: _RealTensor) -> tuple[Tensor, Tensor]: ...

class _p_std_x(ElementwiseOp):
    @overload
    def __call__(self, p: _Real, std: _Real, x: _Real) -> Any: ...
    @overload
    def __call__(self, p: _RealTensor, std: _RealTensor, x: _RealTensor) -> Tensor: ...

class _mn_p_x(ElementwiseOp):
    @overload
    def __call__(self, mn: _Real, p: _Real, x: _Real) -> Any: ...
    @overload
    def __call__(self, mn: _RealTensor, p: _RealTensor, x: _RealTensor) -> Tensor: ...

class _h_a(ElementwiseOp):
    @overload
    def __call__(self, h: _Real, a: _Real) -> Any: ...
    @overload
    def __call__(self, h: _RealTensor, a: _RealTensor) -> Tensor: ...

class _x_sigma_gamma(ElementwiseOp):
    @overload
    def __call__(self, x: _Real, sigma: _Real, gamma: _Real) -> Any: ...
    @overload
    def __call__(self, x: _RealTensor, sigma: _RealTensor, gamma: _RealTensor) -> Tensor: ...

class _z__3(ElementwiseOp):
    @overload
    def __call__(self, z: _Number) -> Any: ...
    @overload
    def __call__(self, z: _NumberTensor) -> tuple[Tensor, Tensor, Tensor, Tensor]: ...

class _z__4(ElementwiseOp):
    @overload
    def __call__(self, z: _Real) -> Any: ...
    @overload
    def __call__(self, z: _RealTensor) -> tuple[Tensor, Tensor, Tensor, Tensor]: ...

class _a_lmb_nu(ElementwiseOp):
    @overload
    def __call__(self, a: _Real, lmb: _Real, nu: _Real) -> Any: ...
    @overload
    def __call__(self, a: _RealTensor, lmb: _RealTensor, nu: _RealTensor) -> Tensor: ...

class _v_z_n(ElementwiseOp):
    @overload
    def __call__(self, v: _Real, z: _Number, n: _Whole = 1) -> Any: ...
    @overload
    def __call__(self, v: _RealTensor, z: _NumberTensor, n: _WholeTensor = 1) -> Tensor: ...

class _v_z(ElementwiseOp):
    @overload
    def __call__(self, v: _Real, z: _Number) -> Any: ...
    @overload
    def __call__(self, v: _RealTensor, z: _NumberTensor) -> Tensor: ...

class _x__5(ElementwiseOp):
    @overload
    def __call__(self, x: _Real) -> Any: ...
    @overload
    def __call__(self, x: _RealTensor) -> tuple[Tensor, Tensor, Tensor, Tensor]: ...

class _v_z__2(ElementwiseOp):
    @overload
    def __call__(self, v: _Real, z: _Real) -> Any: ...
    @overload
    def __call__(self, v: _RealTensor, z: _RealTensor) -> Tensor: ...

class _v_x(NumpyOp[..., Any]):
    @overload
    def __call__(self, v: Any, x: _Number) -> Any: ...
    @overload
    def __call__(self, v: Any, x: _NumberTensor) -> Any: ...

class _v_x__2(ElementwiseOp):
    @overload
    def __call__(self, v: _Real, x: _Real) -> Any: ...
    @overload
    def __call__(self, v: _RealTensor, x: _RealTensor) -> Tensor: ...

class _n_x__2(NumpyOp[..., Any]):
    @overload
    def __call__(self, n: Any, x: _Number) -> Any: ...
    @overload
    def __call__(self, n: Any, x: _NumberTensor) -> Any: ...

class _n_z_derivative(ElementwiseOp):
    @overload
    def __call__(self, n: _Whole, z: _Number, derivative: bool = False) -> Any: ...
    @overload
    def __call__(self, n: _WholeTensor, z: _NumberTensor, derivative: bool = False) -> Tensor: ...

class _a_b_x__2(ElementwiseOp):
    @overload
    def __call__(self, a: _Real, b: _Real, x: _Number) -> Any: ...
    @overload
    def __call__(self, a: _RealTensor, b: _RealTensor, x: _NumberTensor) -> Tensor: ...

class _a_b_c_z(ElementwiseOp):
    @overload
    def __call__(self, a: _Real, b: _Real, c: _Real, z: _Number) -> Any: ...
    @overload
    def __call__(self, a: _RealTensor, b: _RealTensor, c: _RealTensor, z: _NumberTensor) -> Tensor: ...

class _x_n_k(ElementwiseOp):
    @overload
    def __call__(self, x: _Number, n: _Real, k: _Real = 0.0) -> Any: ...
    @overload
    def __call__(self, x: _NumberTensor, n: _RealTensor, k: _RealTensor = 0.0) -> Tensor: ...

class _n_m_z_branch_cut_norm_diff_n(NumpyOp[..., Any]):
    @overload
    def __call__(self, n: Any, m: Any, z: _Number, *, branch_cut: Any = 2, norm: bool = False, diff_n: Any = 0) -> Any: ...
    @overload
    def __call__(self, n: Any, m: Any, z: _NumberTensor, *, branch_cut: Any = 2, norm: bool = False, diff_n: Any = 0) -> Any: ...

class _n_alpha_mu(NumpyOp[..., Any]):
    @overload
    def __call__(self, n: Any, alpha: _Number, mu: bool = False) -> Any: ...
    @overload
    def __call__(self, n: Any, alpha: _NumberTensor, mu: bool = False) -> Any: ...

class _n_x__3(ElementwiseOp):
    @overload
    def __call__(self, n: _Real, x: _Number) -> Any: ...
    @overload
    def __call__(self, n: _RealTensor, x: _NumberTensor) -> Tensor: ...

class _n_alpha_x(ElementwiseOp):
    @overload
    def __call__(self, n: _Real, alpha: _Real, x: _Number) -> Any: ...
    @overload
    def __call__(self, n: _RealTensor, alpha: _RealTensor, x: _NumberTensor) -> Tensor: ...

class _n_alpha_beta_x(ElementwiseOp):
    @overload
    def __call__(self, n: _Real, alpha: _Real, beta: _Real, x: _Number) -> Any: ...
    @overload
    def __call__(self, n: _RealTensor, alpha: _RealTensor, beta: _RealTensor, x: _NumberTensor) -> Tensor: ...

class _n_p_q_x(ElementwiseOp):
    @overload
    def __call__(self, n: _Real, p: _Real, q: _Real, x: _Number) -> Any: ...
    @overload
    def __call__(self, n: _RealTensor, p: _RealTensor, q: _RealTensor, x: _NumberTensor) -> Tensor: ...

class _n_alpha_beta_mu(NumpyOp[..., Any]):
    @overload
    def __call__(self, n: Any, alpha: _Number, beta: _Number, mu: bool = False) -> Any: ...
    @overload
    def __call__(self, n: Any, alpha: _NumberTensor, beta: _NumberTensor, mu: bool = False) -> Any: ...

class _n_p1_q1_mu(NumpyOp[..., Any]):
    @overload
    def __call__(self, n: Any, p1: _Number, q1: _Number, mu: bool = False) -> Any: ...
    @overload
    def __call__(self, n: Any, p1: _NumberTensor, q1: _NumberTensor, mu: bool = False) -> Any: ...

class _n_z_diff_n(NumpyOp[..., Any]):
    @overload
    def __call__(self, n: Any, z: _Number, *, diff_n: Any = 0) -> Any: ...
    @overload
    def __call__(self, n: Any, z: _NumberTensor, *, diff_n: Any = 0) -> Any: ...

class _m_v_x(ElementwiseOp):
    @overload
    def __call__(self, m: _Whole, v: _Real, x: _Real) -> Any: ...
    @overload
    def __call__(self, m: _WholeTensor, v: _RealTensor, x: _RealTensor) -> Tensor: ...

class _m_n_z(NumpyOp[..., Any]):
    @overload
    def __call__(self, m: Any, n: Any, z: _Number) -> Any: ...
    @overload
    def __call__(self, m: Any, n: Any, z: _NumberTensor) -> Any: ...

class _n_z(NumpyOp[..., Any]):
    @overload
    def __call__(self, n: Any, z: _Number) -> Any: ...
    @overload
    def __call__(self, n: Any, z: _NumberTensor) -> Any: ...

class _n_m_theta_phi_diff_n(ElementwiseOp):
    @overload
    def __call__(self, n: _Whole, m: _Whole, theta: _Real, phi: _Real, *, diff_n: int = 0) -> Any: ...
    @overload
    def __call__(self, n: _WholeTensor, m: _WholeTensor, theta: _RealTensor, phi: _RealTensor, *, diff_n: int = 0) -> Tensor: ...

class _n_m_theta_phi_diff_n__2(NumpyOp[..., Any]):
    @overload
    def __call__(self, n: Any, m: Any, theta: _Number, phi: _Number, *, diff_n: Any = 0) -> Any: ...
    @overload
    def __call__(self, n: Any, m: Any, theta: _NumberTensor, phi: _NumberTensor, *, diff_n: Any = 0) -> Any: ...

class _n_m_theta_diff_n(NumpyOp[..., Any]):
    @overload
    def __call__(self, n: Any, m: Any, theta: _Number, *, diff_n: Any = 0) -> Any: ...
    @overload
    def __call__(self, n: Any, m: Any, theta: _NumberTensor, *, diff_n: Any = 0) -> Any: ...

class _m_q(ElementwiseOp):
    @overload
    def __call__(self, m: _Whole, q: _Real) -> Any: ...
    @overload
    def __call__(self, m: _WholeTensor, q: _RealTensor) -> Tensor: ...

class _m_q_x(ElementwiseOp):
    @overload
    def __call__(self, m: _Whole, q: _Real, x: _Real) -> Any: ...
    @overload
    def __call__(self, m: _WholeTensor, q: _RealTensor, x: _RealTensor) -> tuple[Tensor, Tensor]: ...

class _m_q__2(NumpyOp[..., Any]):
    @overload
    def __call__(self, m: Any, q: _Number) -> Any: ...
    @overload
    def __call__(self, m: Any, q: _NumberTensor) -> Any: ...

class _m_n_c_x(ElementwiseOp):
    @overload
    def __call__(self, m: _Whole, n: _Whole, c: _Real, x: _Real) -> Any: ...
    @overload
    def __call__(self, m: _WholeTensor, n: _WholeTensor, c: _RealTensor, x: _RealTensor) -> tuple[Tensor, Tensor]: ...

class _m_n_c(ElementwiseOp):
    @overload
    def __call__(self, m: _Whole, n: _Whole, c: _Real) -> Any: ...
    @overload
    def __call__(self, m: _WholeTensor, n: _WholeTensor, c: _RealTensor) -> Tensor: ...

class _m_n_c__2(NumpyOp[..., Any]):
    @overload
    def __call__(self, m: Any, n: Any, c: _Number) -> Any: ...
    @overload
    def __call__(self, m: Any, n: Any, c: _NumberTensor) -> Any: ...

class _v_x__3(ElementwiseOp):
    @overload
    def __call__(self, v: _Real, x: _Real) -> Any: ...
    @overload
    def __call__(self, v: _RealTensor, x: _RealTensor) -> tuple[Tensor, Tensor]: ...

class _a_x__2(ElementwiseOp):
    @overload
    def __call__(self, a: _Real, x: _Real) -> Any: ...
    @overload
    def __call__(self, a: _RealTensor, x: _RealTensor) -> tuple[Tensor, Tensor]: ...

class _h2_k2_n_p_s_signm_signn(ElementwiseOp):
    @overload
    def __call__(self, h2: _Real, k2: _Real, n: _Whole, p: _Whole, s: _Real, signm: _Whole = 1, signn: _Whole = 1) -> Any: ...
    @overload
    def __call__(self, h2: _RealTensor, k2: _RealTensor, n: _WholeTensor, p: _WholeTensor, s: _RealTensor, signm: _WholeTensor = 1, signn: _WholeTensor = 1) -> Tensor: ...

class _h2_k2_n_p_s(ElementwiseOp):
    @overload
    def __call__(self, h2: _Real, k2: _Real, n: _Whole, p: _Whole, s: _Real) -> Any: ...
    @overload
    def __call__(self, h2: _RealTensor, k2: _RealTensor, n: _WholeTensor, p: _WholeTensor, s: _RealTensor) -> Tensor: ...

class _m(ElementwiseOp):
    @overload
    def __call__(self, m: _Real) -> Any: ...
    @overload
    def __call__(self, m: _RealTensor) -> Tensor: ...

class _phi_m(ElementwiseOp):
    @overload
    def __call__(self, phi: _Real, m: _Real) -> Any: ...
    @overload
    def __call__(self, phi: _RealTensor, m: _RealTensor) -> Tensor: ...

class _u_m(ElementwiseOp):
    @overload
    def __call__(self, u: _Real, m: _Real) -> Any: ...
    @overload
    def __call__(self, u: _RealTensor, m: _RealTensor) -> tuple[Tensor, Tensor, Tensor, Tensor]: ...

class _p(ElementwiseOp):
    @overload
    def __call__(self, p: _Real) -> Any: ...
    @overload
    def __call__(self, p: _RealTensor) -> Tensor: ...

class _x_y_z(ElementwiseOp):
    @overload
    def __call__(self, x: _Real, y: _Real, z: _Real) -> Any: ...
    @overload
    def __call__(self, x: _RealTensor, y: _RealTensor, z: _RealTensor) -> Tensor: ...

class _x_y_z_p(ElementwiseOp):
    @overload
    def __call__(self, x: _Real, y: _Real, z: _Real, p: _Real) -> Any: ...
    @overload
    def __call__(self, x: _RealTensor, y: _RealTensor, z: _RealTensor, p: _RealTensor) -> Tensor: ...

class _k_n_p(ElementwiseOp):
    @overload
    def __call__(self, k: _Whole, n: _Whole, p: _Real) -> Any: ...
    @overload
    def __call__(self, k: _WholeTensor, n: _WholeTensor, p: _RealTensor) -> Tensor: ...

class _k_n_y(ElementwiseOp):
    @overload
    def __call__(self, k: _Whole, n: _Whole, y: _Real) -> Any: ...
    @overload
    def __call__(self, k: _WholeTensor, n: _WholeTensor, y: _RealTensor) -> Tensor: ...

class _y_n_p(ElementwiseOp):
    @overload
    def __call__(self, y: _Real, n: _Real, p: _Real) -> Any: ...
    @overload
    def __call__(self, y: _RealTensor, n: _RealTensor, p: _RealTensor) -> Tensor: ...

class _k_y_p(ElementwiseOp):
    @overload
    def __call__(self, k: _Real, y: _Real, p: _Real) -> Any: ...
    @overload
    def __call__(self, k: _RealTensor, y: _RealTensor, p: _RealTensor) -> Tensor: ...

class _v_p(ElementwiseOp):
    @overload
    def __call__(self, v: _Real, p: _Real) -> Any: ...
    @overload
    def __call__(self, v: _RealTensor, p: _RealTensor) -> Tensor: ...

class _p_x(ElementwiseOp):
    @overload
    def __call__(self, p: _Real, x: _Real) -> Any: ...
    @overload
    def __call__(self, p: _RealTensor, x: _RealTensor) -> Tensor: ...

class _x_df_nc(ElementwiseOp):
    @overload
    def __call__(self, x: _Real, df: _Real, nc: _Real) -> Any: ...
    @overload
    def __call__(self, x: _RealTensor, df: _RealTensor, nc: _RealTensor) -> Tensor: ...

class _x_p_nc(ElementwiseOp):
    @overload
    def __call__(self, x: _Real, p: _Real, nc: _Real) -> Any: ...
    @overload
    def __call__(self, x: _RealTensor, p: _RealTensor, nc: _RealTensor) -> Tensor: ...

class _x_df_p(ElementwiseOp):
    @overload
    def __call__(self, x: _Real, df: _Real, p: _Real) -> Any: ...
    @overload
    def __call__(self, x: _RealTensor, df: _RealTensor, p: _RealTensor) -> Tensor: ...

class _p_df_nc(ElementwiseOp):
    @overload
    def __call__(self, p: _Real, df: _Real, nc: _Real) -> Any: ...
    @overload
    def __call__(self, p: _RealTensor, df: _RealTensor, nc: _RealTensor) -> Tensor: ...

class _dfn_dfd_x(ElementwiseOp):
    @overload
    def __call__(self, dfn: _Real, dfd: _Real, x: _Real) -> Any: ...
    @overload
    def __call__(self, dfn: _RealTensor, dfd: _RealTensor, x: _RealTensor) -> Tensor: ...

class _dfn_dfd_p(ElementwiseOp):
    @overload
    def __call__(self, dfn: _Real, dfd: _Real, p: _Real) -> Any: ...
    @overload
    def __call__(self, dfn: _RealTensor, dfd: _RealTensor, p: _RealTensor) -> Tensor: ...

class _dfn_p_x(ElementwiseOp):
    @overload
    def __call__(self, dfn: _Real, p: _Real, x: _Real) -> Any: ...
    @overload
    def __call__(self, dfn: _RealTensor, p: _RealTensor, x: _RealTensor) -> Tensor: ...

class _a_b_p(ElementwiseOp):
    @overload
    def __call__(self, a: _Real, b: _Real, p: _Real) -> Any: ...
    @overload
    def __call__(self, a: _RealTensor, b: _RealTensor, p: _RealTensor) -> Tensor: ...

class _dfn_dfd_nc_f(ElementwiseOp):
    @overload
    def __call__(self, dfn: _Real, dfd: _Real, nc: _Real, f: _Real) -> Any: ...
    @overload
    def __call__(self, dfn: _RealTensor, dfd: _RealTensor, nc: _RealTensor, f: _RealTensor) -> Tensor: ...

class _dfn_dfd_nc_p(ElementwiseOp):
    @overload
    def __call__(self, dfn: _Real, dfd: _Real, nc: _Real, p: _Real) -> Any: ...
    @overload
    def __call__(self, dfn: _RealTensor, dfd: _RealTensor, nc: _RealTensor, p: _RealTensor) -> Tensor: ...

class _dfn_p_nc_f(ElementwiseOp):
    @overload
    def __call__(self, dfn: _Real, p: _Real, nc: _Real, f: _Real) -> Any: ...
    @overload
    def __call__(self, dfn: _RealTensor, p: _RealTensor, nc: _RealTensor, f: _RealTensor) -> Tensor: ...

class _p_dfd_nc_f(ElementwiseOp):
    @overload
    def __call__(self, p: _Real, dfd: _Real, nc: _Real, f: _Real) -> Any: ...
    @overload
    def __call__(self, p: _RealTensor, dfd: _RealTensor, nc: _RealTensor, f: _RealTensor) -> Tensor: ...

class _dfn_dfd_p_f(ElementwiseOp):
    @overload
    def __call__(self, dfn: _Real, dfd: _Real, p: _Real, f: _Real) -> Any: ...
    @overload
    def __call__(self, dfn: _RealTensor, dfd: _RealTensor, p: _RealTensor, f: _RealTensor) -> Tensor: ...

class _df_nc_t(ElementwiseOp):
    @overload
    def __call__(self, df: _Real, nc: _Real, t: _Real) -> Any: ...
    @overload
    def __call__(self, df: _RealTensor, nc: _RealTensor, t: _RealTensor) -> Tensor: ...

class _p_nc_t(ElementwiseOp):
    @overload
    def __call__(self, p: _Real, nc: _Real, t: _Real) -> Any: ...
    @overload
    def __call__(self, p: _RealTensor, nc: _RealTensor, t: _RealTensor) -> Tensor: ...

class _df_p_t(ElementwiseOp):
    @overload
    def __call__(self, df: _Real, p: _Real, t: _Real) -> Any: ...
    @overload
    def __call__(self, df: _RealTensor, p: _RealTensor, t: _RealTensor) -> Tensor: ...

class _df_nc_p(ElementwiseOp):
    @overload
    def __call__(self, df: _Real, nc: _Real, p: _Real) -> Any: ...
    @overload
    def __call__(self, df: _RealTensor, nc: _RealTensor, p: _RealTensor) -> Tensor: ...

class _k_m(ElementwiseOp):
    @overload
    def __call__(self, k: _Whole, m: _Real) -> Any: ...
    @overload
    def __call__(self, k: _WholeTensor, m: _RealTensor) -> Tensor: ...

class _k_y(ElementwiseOp):
    @overload
    def __call__(self, k: _Whole, y: _Real) -> Any: ...
    @overload
    def __call__(self, k: _WholeTensor, y: _RealTensor) -> Tensor: ...

class _p_m(ElementwiseOp):
    @overload
    def __call__(self, p: _Real, m: _Real) -> Any: ...
    @overload
    def __call__(self, p: _RealTensor, m: _RealTensor) -> Tensor: ...

class _n_d(ElementwiseOp):
    @overload
    def __call__(self, n: _Whole, d: _Real) -> Any: ...
    @overload
    def __call__(self, n: _WholeTensor, d: _RealTensor) -> Tensor: ...

class _n_p(ElementwiseOp):
    @overload
    def __call__(self, n: _Whole, p: _Real) -> Any: ...
    @overload
    def __call__(self, n: _WholeTensor, p: _RealTensor) -> Tensor: ...

class _df_t(ElementwiseOp):
    @overload
    def __call__(self, df: _Real, t: _Real) -> Any: ...
    @overload
    def __call__(self, df: _RealTensor, t: _RealTensor) -> Tensor: ...

class _p_t(ElementwiseOp):
    @overload
    def __call__(self, p: _Real, t: _Real) -> Any: ...
    @overload
    def __call__(self, p: _RealTensor, t: _RealTensor) -> Tensor: ...

class _df_p(ElementwiseOp):
    @overload
    def __call__(self, df: _Real, p: _Real) -> Any: ...
    @overload
    def __call__(self, df: _RealTensor, p: _RealTensor) -> Tensor: ...

boxcox: _x_lmbda
"""(x^λ - 1) / λ, and log x at λ = 0."""
boxcox1p: _x_lmbda
"""((1 + x)^λ - 1) / λ, and log(1 + x) at λ = 0."""
cbrt: _x
"""∛x, the real cube root."""
cosdg: _x
"""cos(πx/180), the cosine of an angle in degrees."""
cosm1: _x
"""cos x - 1."""
cotdg: _x
"""cot(πx/180), the cotangent of an angle in degrees."""
diric: _x_n
"""sin(nx/2) / (n sin(x/2)), the Dirichlet kernel."""
entr: _x
"""-x log x, and 0 at x = 0."""
exp10: _x
"""10^x."""
exp2: _x
"""2^x."""
expit: _x
"""1 / (1 + exp(-x)), the logistic function."""
expm1: _x__2
"""exp x - 1."""
exprel: _x
"""(exp x - 1) / x, and 1 at x = 0."""
gammasgn: _x
"""The sign of the gamma function."""
huber: _delta_r
"""r²/2 where |r| ≤ δ, and δ(|r| - δ/2) elsewhere, Huber's loss."""
inv_boxcox: _y_lmbda
"""(1 + λy)^(1/λ), and exp y at λ = 0."""
inv_boxcox1p: _y_lmbda
"""(1 + λy)^(1/λ) - 1, and exp y - 1 at λ = 0."""
kl_div: _x_y
"""x log(x/y) - x + y, the terms of the Kullback-Leibler divergence."""
log1p: _x__2
"""log(1 + x)."""
log_expit: _x
"""log(1 / (1 + exp(-x))), the logarithm of the logistic function."""
log_softmax: _x_axis
"""x - log S with S = sum of exp(x) along axes."""
logit: _x
"""log(x / (1 - x)), the inverse of the logistic function."""
logsumexp: _a_axis_b_keepdims_return_sign
"""log S with S = sum of b exp(a) along axes; with `return_sign` log |S| and S / |S|."""
powm1: _x_y
"""x^y - 1."""
pseudo_huber: _delta_r
"""δ² (√(1 + (r/δ)²) - 1), a smooth form of Huber's loss."""
radian: _d_m_s
"""d degrees, m minutes and s seconds in radians."""
rel_entr: _x_y
"""x log(x/y), the terms of the relative entropy."""
round: _x
"""The nearest integer, the even one of two."""
sinc: _x__2
"""sin(πx) / (πx), the normalised cardinal sine."""
sindg: _x
"""sin(πx/180), the sine of an angle in degrees."""
softmax: _x_axis
"""exp(x) / S with S = sum of exp(x) along axes."""
softplus: _x
"""log(1 + exp x)."""
tandg: _x
"""tan(πx/180), the tangent of an angle in degrees."""
xlog1py: _x_y__2
"""x log(1 + y), and 0 where x = 0."""
xlogy: _x_y__2
"""x log y, and 0 where x = 0."""
beta: _a_b
"""B(a, b), the beta function."""
betainc: _a_b_x
"""Iₓ(a, b), the regularised incomplete beta function."""
betaincc: _a_b_x
"""1 - Iₓ(a, b), the complement of the regularised incomplete beta function."""
betainccinv: _a_b_y
"""The x with 1 - Iₓ(a, b) = y, the inverse of the complement."""
betaincinv: _a_b_y
"""The x with Iₓ(a, b) = y, the inverse of the incomplete beta function."""
betaln: _a_b
"""log |B(a, b)|, the logarithm of the absolute value of the beta function."""
binom: _x_y
"""Γ(x+1) / (Γ(y+1) Γ(x-y+1)), the binomial coefficient of real numbers."""
btdtria: _p_b_x
"""The a with Iₓ(a, b) = p."""
btdtrib: _a_p_x
"""The b with Iₓ(a, b) = p."""
comb: _N_k_exact_repetition
"""Γ(N+1) / (Γ(k+1) Γ(N-k+1)), the number of combinations, of real numbers."""
digamma: _z
"""ψ(z), the digamma function."""
factorial: _n_exact_extend
"""n! = Γ(n + 1), the factorial of real and complex numbers."""
factorial2: _n_exact_extend
"""n!! = n (n - 2) (n - 4) ..., the double factorial."""
factorialk: _n_k_exact_extend
"""n (n - k) (n - 2k) ..., the multifactorial."""
gamma: _z
"""Γ(z), the gamma function."""
gammainc: _a_x
"""P(a, x), the regularised lower incomplete gamma function."""
gammaincc: _a_x
"""Q(a, x), the regularised upper incomplete gamma function."""
gammainccinv: _a_y
"""The x with Q(a, x) = y, the inverse of the upper incomplete gamma function."""
gammaincinv: _a_y
"""The x with P(a, x) = y, the inverse of the lower incomplete gamma function."""
gammaln: _x
"""log |Γ(x)|, the logarithm of the absolute value of the gamma function."""
loggamma: _z
"""log Γ(z), the principal branch of the logarithm of the gamma function."""
multigammaln: _a_d
"""log Γ_d(a), the logarithm of the multivariate gamma function."""
perm: _N_k_exact
"""Γ(N+1) / Γ(N-k+1), the number of permutations, of real numbers."""
poch: _z_m
"""(z)ₘ = Γ(z + m) / Γ(z), Pochhammer's symbol."""
polygamma: _n_x
"""ψ⁽ⁿ⁾(x), the n-th derivative of the digamma function."""
psi: _z
"""ψ(z), the digamma function."""
rgamma: _z
"""1 / Γ(z), the reciprocal gamma function, which is entire."""
spence: _z
"""Li₂(1 - z), Spence's function or dilogarithm."""
zeta: _x_q
"""ζ(x, q), the zeta function of Hurwitz."""
zetac: _x
"""ζ(x) - 1, the zeta function of Riemann less one."""
exp1: _z
"""E₁(z), the exponential integral."""
expi: _x__2
"""Ei(x), the exponential integral."""
expn: _n_x
"""Eₙ(x), the generalised exponential integral."""
fresnel: _z__2
"""S(z) and C(z), the Fresnel integrals."""
lambertw: _z_k_tol
"""Wₖ(z), the k-th branch of the Lambert W function: W exp W = z."""
log_wright_bessel: _a_b_x
"""log Φ(a, b; x), the logarithm of Wright's generalised Bessel function."""
shichi: _x__3
"""Shi(x) and Chi(x), the hyperbolic sine and cosine integrals."""
sici: _x__3
"""Si(x) and Ci(x), the sine and cosine integrals."""
wright_bessel: _a_b_x
"""Φ(a, b; x), Wright's generalised Bessel function."""
wrightomega: _z
"""ω(z), the Wright omega function: ω + log ω = z."""
dawsn: _x__2
"""F(x) = √π/2 exp(-x²) erfi x, Dawson's integral."""
erf: _z
"""erf z, the error function."""
erfc: _x__2
"""erfc x, the complementary error function."""
erfcinv: _y
"""erfc⁻¹(y), the inverse of the complementary error function."""
erfcx: _x__2
"""exp(x²) erfc x, the scaled complementary error function."""
erfi: _z
"""erfi z = -i erf(iz), the imaginary error function."""
erfinv: _y
"""erf⁻¹(y), the inverse of the error function."""
log_ndtr: _x
"""log Φ(x), the logarithm of the normal distribution function."""
modfresnelm: _x__4
"""F₋(x), the integral of exp(-it²) from x to ∞, and K₋(x) = exp(i(x² + π/4)) F₋(x) / √π."""
modfresnelp: _x__4
"""F₊(x), the integral of exp(it²) from x to ∞, and K₊(x) = exp(-i(x² + π/4)) F₊(x) / √π."""
ndtr: _x__2
"""Φ(x), the distribution function of the standard normal distribution."""
ndtri: _y
"""Φ⁻¹(y), the quantile function of the standard normal distribution."""
ndtri_exp: _y
"""Φ⁻¹(exp y), the inverse of log Φ."""
nrdtrimn: _p_std_x
"""x - σ Φ⁻¹(p), the mean of the normal distribution whose quantile of p is x."""
nrdtrisd: _mn_p_x
"""(x - μ) / Φ⁻¹(p), the standard deviation of the normal distribution with x at p."""
owens_t: _h_a
"""T(h, a), Owen's function: of two normal variables, X > h and 0 < Y < aX."""
voigt_profile: _x_sigma_gamma
"""V(x; σ, γ), the Voigt profile: a Gaussian convolved with a Lorentzian."""
wofz: _z
"""w(z) = exp(-z²) erfc(-iz), the Faddeeva function."""
airy: _z__3
"""Ai(z), Ai'(z), Bi(z), Bi'(z), the Airy functions."""
airye: _z__4
"""Airy functions times exp(±⅔ z√z), Ai(z) and Ai'(z) with plus, Bi(z) and Bi'(z) minus."""
bei: _x
"""bei x, the Kelvin function Im J₀(x exp(3πi/4))."""
beip: _x
"""bei' x, the derivative of bei x."""
ber: _x
"""ber x, the Kelvin function Re J₀(x exp(3πi/4))."""
berp: _x
"""ber' x, the derivative of ber x."""
besselpoly: _a_lmb_nu
"""The integral of x^λ Jᵥ(2 a x) from 0 to 1."""
h1vp: _v_z_n
"""The n-th derivative of Hᵥ⁽¹⁾(z)."""
h2vp: _v_z_n
"""The n-th derivative of Hᵥ⁽²⁾(z)."""
hankel1: _v_z
"""Hᵥ⁽¹⁾(z), the Hankel function of the first kind."""
hankel1e: _v_z
"""exp(-iz) Hᵥ⁽¹⁾(z), the scaled Hankel function of the first kind."""
hankel2: _v_z
"""Hᵥ⁽²⁾(z), the Hankel function of the second kind."""
hankel2e: _v_z
"""exp(iz) Hᵥ⁽²⁾(z), the scaled Hankel function of the second kind."""
i0: _x
"""I₀(x), the modified Bessel function of the first kind of order 0."""
i0e: _x
"""exp(-|x|) I₀(x), the scaled modified Bessel function of order 0."""
i1: _x
"""I₁(x), the modified Bessel function of the first kind of order 1."""
i1e: _x
"""exp(-|x|) I₁(x), the scaled modified Bessel function of order 1."""
it2i0k0: _x__4
"""The integrals of (I₀(t) - 1) / t from 0 to x and of K₀(t) / t from x to ∞."""
it2j0y0: _x__4
"""The integrals of (1 - J₀(t)) / t from 0 to x and of Y₀(t) / t from x to ∞."""
it2struve0: _x
"""The integral of H₀(t) / t from x to ∞."""
itairy: _x__5
"""∫₀ˣ Ai(t) dt, ∫₀ˣ Bi(t) dt, ∫₀ˣ Ai(-t) dt, ∫₀ˣ Bi(-t) dt, integrals of Airy functions."""
iti0k0: _x__4
"""The integrals of I₀ and of K₀ from 0 to x."""
itj0y0: _x__4
"""The integrals of J₀ and of Y₀ from 0 to x."""
itmodstruve0: _x
"""The integral of L₀ from 0 to x."""
itstruve0: _x
"""The integral of H₀ from 0 to x."""
iv: _v_z
"""Iᵥ(z), the modified Bessel function of the first kind of real order."""
ive: _v_z__2
"""exp(-|Re z|) Iᵥ(z), the scaled modified Bessel function of the first kind."""
ivp: _v_z_n
"""The n-th derivative of Iᵥ(z)."""
j0: _x
"""J₀(x), the Bessel function of the first kind of order 0."""
j1: _x
"""J₁(x), the Bessel function of the first kind of order 1."""
jn: _v_z
"""Jᵥ(z), the Bessel function of the first kind of real order."""
jv: _v_z
"""Jᵥ(z), the Bessel function of the first kind of real order."""
jve: _v_z__2
"""Jᵥ(z) exp(-|Im z|), the scaled Bessel function of the first kind."""
jvp: _v_z_n
"""The n-th derivative of Jᵥ(z)."""
k0: _x
"""K₀(x), the modified Bessel function of the second kind of order 0."""
k0e: _x
"""exp(x) K₀(x), the scaled modified Bessel function of the second kind of order 0."""
k1: _x
"""K₁(x), the modified Bessel function of the second kind of order 1."""
k1e: _x
"""exp(x) K₁(x), the scaled modified Bessel function of the second kind of order 1."""
kei: _x
"""kei x, the Kelvin function Im K₀(x exp(πi/4))."""
keip: _x
"""kei' x, the derivative of kei x."""
kelvin: _x__5
"""Be = ber x + i bei x, Ke = ker x + i kei x, and their derivatives Be' and Ke'."""
ker: _x
"""ker x, the Kelvin function Re K₀(x exp(πi/4))."""
kerp: _x
"""ker' x, the derivative of ker x."""
kn: _n_x
"""Kₙ(x), the modified Bessel function of the second kind of integer order."""
kv: _v_z
"""Kᵥ(z), the modified Bessel function of the second kind of real order."""
kve: _v_z
"""exp(z) Kᵥ(z), the scaled modified Bessel function of the second kind."""
kvp: _v_z_n
"""The n-th derivative of Kᵥ(z)."""
lmbda: _v_x
"""Γ(u+1) (2/x)ᵘ Jᵤ(x) for u = v - ⌊v⌋ ... v, and their derivatives."""
modstruve: _v_x__2
"""Lᵥ(x), the modified Struve function."""
riccati_jn: _n_x__2
"""x jₖ(x) for k = 0 ... n, the Riccati-Bessel functions, and their derivatives."""
riccati_yn: _n_x__2
"""x yₖ(x) for k = 0 ... n, Riccati-Bessel functions too, and their derivatives."""
spherical_in: _n_z_derivative
"""iₙ⁽¹⁾(z), the modified spherical Bessel function of the first kind, or its derivative."""
spherical_jn: _n_z_derivative
"""jₙ(z), the spherical Bessel function of the first kind, or its derivative."""
spherical_kn: _n_z_derivative
"""kₙ(z), the modified spherical Bessel function of the second kind, or its derivative."""
spherical_yn: _n_z_derivative
"""yₙ(z), the spherical Bessel function of the second kind, or its derivative."""
struve: _v_x__2
"""Hᵥ(x), the Struve function."""
y0: _x
"""Y₀(x), the Bessel function of the second kind of order 0."""
y1: _x
"""Y₁(x), the Bessel function of the second kind of order 1."""
yn: _n_x
"""Yₙ(x), the Bessel function of the second kind of integer order."""
yv: _v_z
"""Yᵥ(z), the Bessel function of the second kind of real order."""
yve: _v_z__2
"""Yᵥ(z) exp(-|Im z|), the scaled Bessel function of the second kind."""
yvp: _v_z_n
"""The n-th derivative of Yᵥ(z)."""
hyp0f1: _v_z
"""₀F₁(; v; z), the confluent hypergeometric limit function."""
hyp1f1: _a_b_x__2
"""₁F₁(a; b; x), Kummer's confluent hypergeometric function."""
hyp2f1: _a_b_c_z
"""F(a, b; c; z), Gauss's hypergeometric function."""
hyperu: _a_b_x
"""U(a, b, x), Tricomi's confluent hypergeometric function."""
assoc_laguerre: _x_n_k
"""Lₙ^(k)(x), the generalised Laguerre polynomial."""
assoc_legendre_p: _n_m_z_branch_cut_norm_diff_n
"""Pₙᵐ(z), the associated Legendre function, with derivatives in front."""
assoc_legendre_p_all: _n_m_z_branch_cut_norm_diff_n
"""Pⱼᵏ(z) for all degrees j to n and orders k to ±m, with derivatives in front."""
cg_roots: _n_alpha_mu
"""Nodes and weights of the Gauss rule for (1 - x^2)^(alpha - 1/2) on (-1, 1)."""
eval_chebyc: _n_x__3
"""Cₙ(x) = 2 Tₙ(x/2), the Chebyshev polynomial of the first kind on (-2, 2)."""
eval_chebys: _n_x__3
"""Sₙ(x) = Uₙ(x/2), the Chebyshev polynomial of the second kind on (-2, 2)."""
eval_chebyt: _n_x__3
"""Tₙ(x), the Chebyshev polynomial of the first kind."""
eval_chebyu: _n_x__3
"""Uₙ(x), the Chebyshev polynomial of the second kind."""
eval_gegenbauer: _n_alpha_x
"""Cₙ^(α)(x), the ultraspherical polynomial."""
eval_genlaguerre: _n_alpha_x
"""Lₙ^(α)(x), the generalised Laguerre polynomial."""
eval_hermite: _n_x
"""Hₙ(x), the Hermite polynomial."""
eval_hermitenorm: _n_x
"""Heₙ(x), the Hermite polynomial of the probabilists."""
eval_jacobi: _n_alpha_beta_x
"""Pₙ^(α,β)(x), the Jacobi polynomial."""
eval_laguerre: _n_x__3
"""Lₙ(x), the Laguerre polynomial."""
eval_legendre: _n_x__3
"""Pₙ(x), the Legendre polynomial, or the Legendre function of real degree."""
eval_sh_chebyt: _n_x__3
"""Tₙ(2x - 1), the shifted Chebyshev polynomial of the first kind."""
eval_sh_chebyu: _n_x__3
"""Uₙ(2x - 1), the shifted Chebyshev polynomial of the second kind."""
eval_sh_jacobi: _n_p_q_x
"""Gₙ^(p,q)(x), the shifted Jacobi polynomial."""
eval_sh_legendre: _n_x__3
"""Pₙ(2x - 1), the shifted Legendre polynomial."""
j_roots: _n_alpha_beta_mu
"""Nodes and weights of the Gauss rule for (1 - x)^alpha (1 + x)^beta on (-1, 1)."""
js_roots: _n_p1_q1_mu
"""Nodes and weights of the Gauss rule for (1 - x)^(p1 - q1) x^(q1 - 1) on (0, 1)."""
la_roots: _n_alpha_mu
"""Nodes and weights of the Gauss rule for x^alpha exp(-x) on (0, inf)."""
legendre_p: _n_z_diff_n
"""Pₙ(z), the Legendre polynomial, with its derivatives to order diff_n in front."""
legendre_p_all: _n_z_diff_n
"""Pⱼ(z) for j from 0 to n, with derivatives to order diff_n in front."""
lpmv: _m_v_x
"""Pᵥᵐ(x), the Ferrers function of the first kind, of whole order."""
lqmn: _m_n_z
"""Qⱼᵏ(z) for k from 0 to m and j from 0 to n, and the derivatives."""
lqn: _n_z
"""Qⱼ(z) for j from 0 to n, and the derivatives."""
roots_gegenbauer: _n_alpha_mu
"""Nodes and weights of the Gauss rule for (1 - x^2)^(alpha - 1/2) on (-1, 1)."""
roots_genlaguerre: _n_alpha_mu
"""Nodes and weights of the Gauss rule for x^alpha exp(-x) on (0, inf)."""
roots_jacobi: _n_alpha_beta_mu
"""Nodes and weights of the Gauss rule for (1 - x)^alpha (1 + x)^beta on (-1, 1)."""
roots_sh_jacobi: _n_p1_q1_mu
"""Nodes and weights of the Gauss rule for (1 - x)^(p1 - q1) x^(q1 - 1) on (0, 1)."""
sph_harm_y: _n_m_theta_phi_diff_n
"""Yₙᵐ(θ, φ), the spherical harmonic; θ is the polar angle."""
sph_harm_y_all: _n_m_theta_phi_diff_n__2
"""Yⱼᵏ(θ, φ) for all degrees j to n and orders k to ±m."""
sph_legendre_p: _n_m_theta_diff_n
"""The spherical Legendre function Yₙᵐ(θ, 0), with derivatives in front."""
sph_legendre_p_all: _n_m_theta_diff_n
"""Yⱼᵏ(θ, 0) for all degrees j to n and orders k to ±m, with derivatives in front."""
mathieu_a: _m_q
"""aₘ(q), the characteristic value of the even Mathieu function ceₘ."""
mathieu_b: _m_q
"""bₘ(q), the characteristic value of the odd Mathieu function seₘ."""
mathieu_cem: _m_q_x
"""ceₘ(x, q) and its derivative, the even Mathieu function."""
mathieu_even_coef: _m_q__2
"""The Fourier coefficients of the even Mathieu function ceₘ(x, q)."""
mathieu_modcem1: _m_q_x
"""Mcₘ⁽¹⁾(x, √q) and its derivative, the even modified function of the first kind."""
mathieu_modcem2: _m_q_x
"""Mcₘ⁽²⁾(x, √q) and its derivative, the even modified function of the second kind."""
mathieu_modsem1: _m_q_x
"""Msₘ⁽¹⁾(x, √q) and its derivative, the odd modified function of the first kind."""
mathieu_modsem2: _m_q_x
"""Msₘ⁽²⁾(x, √q) and its derivative, the odd modified function of the second kind."""
mathieu_odd_coef: _m_q__2
"""The Fourier coefficients of the odd Mathieu function seₘ(x, q)."""
mathieu_sem: _m_q_x
"""seₘ(x, q) and its derivative, the odd Mathieu function."""
obl_ang1: _m_n_c_x
"""S(x) and S'(x), the oblate angular function of the first kind."""
obl_cv: _m_n_c
"""The characteristic value λ of oblate spheroidal wave functions."""
obl_cv_seq: _m_n_c__2
"""The characteristic values λ of oblate functions of order m and degrees m ... n."""
obl_rad1: _m_n_c_x
"""R(x) and R'(x), the oblate radial function of the first kind, for x >= 0."""
pbdn_seq: _n_z
"""Dₖ(z) for k = 0 ... n, parabolic cylinder functions, and their derivatives."""
pbdv: _v_x__3
"""Dᵥ(x) and Dᵥ'(x), Whittaker's parabolic cylinder function, with Dᵥ(x) = U(-v-½, x)."""
pbdv_seq: _v_x
"""Dᵤ(x) for u = v - ⌊v⌋ ... v, parabolic cylinder functions, and their derivatives."""
pbvv: _v_x__3
"""Vᵥ(x) and Vᵥ'(x), a second parabolic cylinder function, with Vᵥ(x) = V(-v-½, x)."""
pbvv_seq: _v_x
"""Vᵤ(x) for u = v - ⌊v⌋ ... v, parabolic cylinder functions too, and their derivatives."""
pbwa: _a_x__2
"""W(a, x) and W'(a, x), the parabolic cylinder function of an inverted parabola."""
pro_ang1: _m_n_c_x
"""S(x) and S'(x), the prolate angular function of the first kind."""
pro_cv: _m_n_c
"""The characteristic value λ of prolate spheroidal wave functions."""
pro_cv_seq: _m_n_c__2
"""The characteristic values λ of prolate functions of order m and degrees m ... n."""
pro_rad1: _m_n_c_x
"""R(x) and R'(x), the prolate radial function of the first kind, for x > 1."""
agm: _a_b
"""M(a, b), the arithmetic-geometric mean."""
ellip_harm: _h2_k2_n_p_s_signm_signn
"""Eₙᵖ(s), an ellipsoidal harmonic: a Lamé function, of the first kind."""
ellip_harm_2: _h2_k2_n_p_s
"""Fₙᵖ(s), an ellipsoidal harmonic of the second kind, for s > k."""
ellipe: _m
"""E(m), the complete elliptic integral of the second kind, with m = k²."""
ellipeinc: _phi_m
"""E(φ | m), the incomplete elliptic integral of the second kind, with m = k²."""
ellipj: _u_m
"""sn(u | m), cn(u | m), dn(u | m) and am(u | m), Jacobi's elliptic functions."""
ellipk: _m
"""K(m), the complete elliptic integral of the first kind, with m = k²."""
ellipkinc: _phi_m
"""F(φ | m), the incomplete elliptic integral of the first kind, with m = k²."""
ellipkm1: _p
"""K(1 - p), the complete elliptic integral of the first kind near m = 1."""
elliprc: _x_y
"""R_C(x, y), the degenerate symmetric elliptic integral."""
elliprd: _x_y_z
"""R_D(x, y, z), the elliptic integral symmetric in two arguments only."""
elliprf: _x_y_z
"""R_F(x, y, z), the symmetric elliptic integral of the first kind."""
elliprg: _x_y_z
"""R_G(x, y, z), the symmetric elliptic integral of the second kind."""
elliprj: _x_y_z_p
"""R_J(x, y, z, p), the symmetric elliptic integral of the third kind."""
bdtr: _k_n_p
"""The probability of at most k events in n trials, each of probability p."""
bdtrc: _k_n_p
"""The probability of more than k events in n trials, each of probability p."""
bdtri: _k_n_y
"""The p at which at most k events in n trials have probability y."""
bdtrik: _y_n_p
"""The real k at which bdtr(k, n, p) is y."""
bdtrin: _k_y_p
"""The real n at which bdtr(k, n, p) is y."""
chdtr: _v_x__2
"""P(v/2, x/2), the chi-square distribution function."""
chdtrc: _v_x__2
"""Q(v/2, x/2), the survival function of the chi-square distribution."""
chdtri: _v_p
"""The x at which Q(v/2, x/2) = p."""
chdtriv: _p_x
"""The v at which P(v/2, x/2) = p."""
chndtr: _x_df_nc
"""The distribution function of the noncentral chi-square distribution."""
chndtridf: _x_p_nc
"""The degrees of freedom at which the noncentral chi-square distribution of x is p."""
chndtrinc: _x_df_p
"""The noncentrality at which the chi-square distribution function of x is p."""
chndtrix: _p_df_nc
"""The x at which the noncentral chi-square distribution function is p."""
fdtr: _dfn_dfd_x
"""The distribution function of the F distribution."""
fdtrc: _dfn_dfd_x
"""The survival function of the F distribution."""
fdtri: _dfn_dfd_p
"""The x at which the F distribution function is p."""
fdtridfd: _dfn_p_x
"""The second degrees of freedom at which the F distribution function of x is p."""
gdtr: _a_b_x
"""P(b, a x), the gamma distribution function."""
gdtrc: _a_b_x
"""Q(b, a x), the survival function of the gamma distribution."""
gdtria: _p_b_x
"""The a at which P(b, a x) = p."""
gdtrib: _a_p_x
"""The b at which P(b, a x) = p."""
gdtrix: _a_b_p
"""The x at which P(b, a x) = p."""
kolmogi: _p
"""The y at which Kolmogorov's survival function is p."""
kolmogorov: _y
"""2 Σ (-1)ᵏ⁻¹ exp(-2k²y²) over k ≥ 1, the survival function of Kolmogorov's distribution."""
nbdtr: _k_n_p
"""The probability of at most k failures before n successes, each of probability p."""
nbdtrc: _k_n_p
"""The probability of more than k failures before n successes, each of probability p."""
nbdtri: _k_n_y
"""The p at which at most k failures before n successes have probability y."""
nbdtrik: _y_n_p
"""The real k at which nbdtr(k, n, p) is y."""
nbdtrin: _k_y_p
"""The real n at which nbdtr(k, n, p) is y."""
ncfdtr: _dfn_dfd_nc_f
"""The distribution function of the noncentral F distribution."""
ncfdtri: _dfn_dfd_nc_p
"""The f at which the noncentral F distribution function is p."""
ncfdtridfd: _dfn_p_nc_f
"""The second degrees of freedom at which the noncentral F distribution of f is p."""
ncfdtridfn: _p_dfd_nc_f
"""The first degrees of freedom at which the noncentral F distribution of f is p."""
ncfdtrinc: _dfn_dfd_p_f
"""The noncentrality at which the F distribution function of f is p."""
nctdtr: _df_nc_t
"""The distribution function of the noncentral t distribution."""
nctdtridf: _p_nc_t
"""The degrees of freedom at which the noncentral t distribution of t is p."""
nctdtrinc: _df_p_t
"""The noncentrality at which the t distribution function of t is p."""
nctdtrit: _df_nc_p
"""The t at which the noncentral t distribution function is p."""
pdtr: _k_m
"""Q(k + 1, m), the Poisson distribution function."""
pdtrc: _k_m
"""P(k + 1, m), the survival function of the Poisson distribution."""
pdtri: _k_y
"""The m at which Q(k + 1, m) = y."""
pdtrik: _p_m
"""The real k at which Q(k + 1, m) = p, and 0 where there is none."""
smirnov: _n_d
"""The survival function of the one-sided Kolmogorov-Smirnov statistic of n numbers."""
smirnovi: _n_p
"""The d at which the survival function of the Kolmogorov-Smirnov statistic is p."""
stdtr: _df_t
"""The distribution function of Student's t distribution."""
stdtridf: _p_t
"""The degrees of freedom at which Student's distribution function of t is p."""
stdtrit: _df_p
"""The t at which Student's distribution function is p."""
tklmbda: _x_lmbda
"""The p with (p^λ - (1-p)^λ) / λ = x, Tukey's lambda distribution function."""

CATALOGUE: Mapping[str, NumpyOp[..., Any]]
