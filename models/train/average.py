"""Averages the factors of adapters that began alike: one adapter, at times better than either.

    python average.py --adapters FIRST SECOND --out OUT

The factors are averaged, not their products: that is sound only for adapters of one line (one was the start of the
other, or both have the same seed), whose factors point the same way.
"""

import argparse
import shutil
from pathlib import Path

from safetensors.torch import load_file, save_file
from torch.nn.functional import cosine_similarity

WEIGHTS = "adapter_model.safetensors"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--adapters", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()

    all_weights = [load_file(folder / WEIGHTS) for folder in args.adapters]
    first = all_weights[0]
    alike = min(cosine_similarity(first[name].flatten(), other[name].flatten(), 0).item()
                for other in all_weights for name in first)
    print(f"least cosine of a factor to the first adapter's: {alike:.3f}")
    args.out.mkdir(parents=True, exist_ok=True)
    save_file({name: sum(weights[name] for weights in all_weights) / len(all_weights) for name in first},
              args.out / WEIGHTS)
    shutil.copy(args.adapters[0] / "adapter_config.json", args.out)


if __name__ == "__main__":
    main()
