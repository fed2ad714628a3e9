"""The mean of several trainings' weights, which errs less than each (Wortsman et al. 2022, arXiv:2203.05482).

python -m training.average OUT.safetensors ONE.safetensors OTHER.safetensors ...
"""

from __future__ import annotations

import sys

import numpy as np
from safetensors.numpy import load_file, save_file


def main() -> None:
    """Write the mean of the weights named."""
    out, *paths = sys.argv[1:]
    held = [load_file(path) for path in paths]
    save_file({name: np.mean([weights[name] for weights in held], axis=0, dtype=np.float32) for name in held[0]}, out)


if __name__ == "__main__":
    main()
