"""Turns an adapter that ships back into a folder that adapter.py, critic.py and average.py go on from (--start): the
opposite of convert.py. The factors are what the file holds, A rounded to 8 bits.

    python restore.py --file ../rel2text-smollm2-135m.lora.gguf --base MODEL.gguf --out FOLDER
"""

import argparse
from pathlib import Path

import torch
from gguf import GGUFReader
from gguf.quants import dequantize

import adapter

# llama.cpp's names of the layers.
LAYERS = {"attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
          "attn_output": "self_attn.o_proj", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj",
          "ffn_down": "mlp.down_proj"}


def unpermuted(rows: torch.Tensor, heads: int) -> torch.Tensor:
    """Rows of queries and keys in the order of transformers: llama.cpp lays the two halves of a head side by side."""
    return rows.reshape(heads, -1, 2, rows.shape[1]).swapaxes(1, 2).reshape(rows.shape)


def factors(file: Path) -> dict[tuple[str, str], torch.Tensor]:
    """Each factor by its layer's path and its letter."""
    found = {}
    for tensor in GGUFReader(file).tensors:
        _, block, layer, _, factor = tensor.name.split(".")
        values = torch.from_numpy(dequantize(tensor.data, tensor.tensor_type)).float()
        found[f"base_model.model.model.layers.{block}.{LAYERS[layer]}", factor[-1].upper()] = values
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()

    model, _ = adapter.load(args.base)
    found, config = factors(args.file), model.config
    heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}
    for path, layer in adapter.low_rank(model):
        kind = path.rsplit(".", 1)[1]
        layer.A.data, layer.B.data = found[path, "A"], found[path, "B"]
        if kind in heads:
            layer.B.data = unpermuted(layer.B.data, heads[kind])
    adapter.save(model, args.out)


if __name__ == "__main__":
    main()
