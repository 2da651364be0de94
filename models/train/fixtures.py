"""Writes the references that the Rust tests compare with: greedy output of both models for fixed inputs.

    python fixtures.py --base MODEL.gguf --adapter OUT --t5 OUT --folder ../../tests/fixtures
"""

import argparse
import json
from pathlib import Path

import torch

import adapter
import data
import t5

T5_INPUTS = [
    "alma mater", "birth place", "record label", "runway length", "mouth of river", "doctoral advisor", "genre",
    "shares border with", "voice of the machine", "isbn number",
    "person | alma mater | university : the school at which someone studied",
    "river | tributary | river", "thing | licence plate | thing", "film | director | person : who directed a film",
    "city | twin town | city", "thing | number of tentacles | thing : how many tentacles an animal has",
    "settlement | mayor | person", "book | author | person", "species | conservation status | thing",
    "company | subsidiary | company",
]
ADAPTER_TUPLES = [
    ("Alan Turing", "almaMater", "King's College, Cambridge"), ("Queen (band)", "genre", "Rock music"),
    ("Aarhus Airport", "runwayLength", "2702.0"), ("Zürich", "country", "Switzerland"),
    ("The Hobbit", "author", "J. R. R. Tolkien"), ("Rhine", "tributary", "Aare"), ("Oslo", "mayor", "Marianne Borgen"),
    ("Nokia", "subsidiary", "Bell Labs"), ("Grizzly", "screenwriter", "Harvey Flaxman"),
    ("Pakistan", "leaderName", "Mamnoon Hussain"),
]


def dump(path: Path, rows: list[dict]):
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@torch.no_grad()
def likelihood(model, tokenizer, prompt: str, text: str) -> float:
    """Mean log-probability of the text's tokens after the prompt, in nats."""
    start, end = (tokenizer.encode(part, add_special_tokens=False) for part in (prompt, text))
    logits = torch.log_softmax(model(torch.tensor([start + end])).logits[0, len(start) - 1:-1], -1)
    return round(logits.gather(1, torch.tensor(end)[:, None]).mean().item(), 4)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("base", "adapter", "t5", "folder"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    args.folder.mkdir(parents=True, exist_ok=True)
    model, pieces = t5.load(args.t5)
    dump(args.folder / "t5_reference.json", [
        {"input": text, "input_ids": given, "output_ids": output, "text": sentence}
        for text, (given, output, sentence) in zip(T5_INPUTS, t5.write(model, pieces, T5_INPUTS))])
    model, tokenizer = adapter.load(args.base, args.adapter)
    asked = [data.Example(head, relation, tail, "") for head, relation, tail in ADAPTER_TUPLES]
    dump(args.folder / "lora_reference.json", [
        {"prompt": adapter.prompt(e), "text": s, "nats": likelihood(model, tokenizer, adapter.prompt(e), s)}
        for e, s in zip(asked, adapter.write(model, tokenizer, asked))])


if __name__ == "__main__":
    main()
