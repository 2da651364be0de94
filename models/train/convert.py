"""Turns a trained folder into the GGUF file that ships, with llama.cpp's own converters (their folder comes in the
source package of llama-cpp-python, vendor/llama.cpp).

    python convert.py adapter --llama-cpp DIR --base MODEL.gguf --trained OUT --file ../NAME.gguf
    python convert.py t5 --llama-cpp DIR --trained OUT --file ../NAME.gguf
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from transformers import AutoConfig


def base_config(base: Path, folder: Path):
    """The adapter's converter needs the base's configuration only, as a plain Llama one."""
    config = AutoConfig.from_pretrained(base.parent, gguf_file=base.name).to_dict()
    config.pop("quantization_config", None)
    config["architectures"] = ["LlamaForCausalLM"]
    (folder / "config.json").write_text(json.dumps(config, default=str))


def run(script: Path, *arguments):
    subprocess.run([sys.executable, script, *map(str, arguments)], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["adapter", "t5"])
    parser.add_argument("--llama-cpp", type=Path, required=True, help="the folder of convert_hf_to_gguf.py")
    parser.add_argument("--trained", type=Path, required=True)
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--base", type=Path, help="the adapter's base model as GGUF")
    args = parser.parse_args()

    if args.what == "t5":
        run(args.llama_cpp / "convert_hf_to_gguf.py", args.trained, "--outtype", "f16", "--outfile", args.file)
        return
    with tempfile.TemporaryDirectory() as folder:
        base_config(args.base, Path(folder))
        run(args.llama_cpp / "convert_lora_to_gguf.py", args.trained, "--base", folder, "--outtype", "q8_0",
            "--outfile", args.file)


if __name__ == "__main__":
    main()
