"""The NCCTG lung cancer data, as tensors.

228 patients with advanced lung cancer: C. L. Loprinzi et al., "Prospective evaluation of prognostic
variables from patient-completed questionnaires", Journal of Clinical Oncology 12(3), 601-607, 1994.
One patient has no ECOG status and is left out.
"""

from __future__ import annotations

import csv
from importlib import resources
from typing import NamedTuple

import torch
from torch import Tensor

CITATION = "Loprinzi et al. 1994, J Clin Oncol 12(3):601-607"
COVARIATES = ("intercept", "age (years)", "sex (female)", "ECOG status")
_NEEDED = ("time", "status", "age", "sex", "ph.ecog")


class SurvivalData(NamedTuple):
    """Right-censored survival times with covariates.

    Attributes
    ----------
    time : torch.Tensor
        Days until death or until the patient was last seen, float64, shape ``(n,)``.
    died : torch.Tensor
        True for a death, False for a censored time, shape ``(n,)``.
    design : torch.Tensor
        Covariates, the intercept's column of ones first, float64, shape ``(n, k)``.
    """

    time: Tensor
    died: Tensor
    design: Tensor

    def subset(self, rows: Tensor) -> SurvivalData:
        """Keep the rows where the mask `rows` is True."""
        return SurvivalData(self.time[rows], self.died[rows], self.design[rows])


def load() -> SurvivalData:
    """Read the complete rows of the file that comes with the package.

    Returns
    -------
    SurvivalData
        227 rows, 164 deaths; the columns of the design are those of `COVARIATES`.
    """
    text = resources.files(__package__).joinpath("ncctg_lung.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.DictReader(text.splitlines()) if all(row[key] for key in _NEEDED)]
    # In this file status is 1 for a death and 0 for a censored time (R's survival package writes 2
    # and 1), and sex is 1 for male and 2 for female.
    return SurvivalData(
        time=torch.tensor([float(row["time"]) for row in rows], dtype=torch.float64),
        died=torch.tensor([row["status"] == "1" for row in rows]),
        design=torch.tensor(
            [
                [1.0, float(row["age"]), float(row["sex"] == "2"), float(row["ph.ecog"])]
                for row in rows
            ],
            dtype=torch.float64,
        ),
    )


def standardise(data: SurvivalData) -> tuple[SurvivalData, Tensor]:
    """Centre and scale the covariates, so that all coefficients have similar uncertainty.

    Parameters
    ----------
    data : SurvivalData
        Data in natural units.

    Returns
    -------
    standardised : SurvivalData
        The same data with columns of mean 0 and deviation 1 after the intercept.
    to_natural : torch.Tensor
        The matrix that takes coefficients of the standardised data to natural units.
    """
    centre, scale = data.design.mean(0), data.design.std(0)
    to_natural = torch.eye(data.design.shape[1], dtype=data.design.dtype)
    to_natural[1:, 1:] = torch.diag(1 / scale[1:])
    to_natural[0, 1:] = -centre[1:] / scale[1:]
    return data._replace(design=data.design @ to_natural), to_natural
