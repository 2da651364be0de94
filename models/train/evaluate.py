"""Measures what was trained: 200 held-out tuples of Rel2Text and 200 single triples of WebNLG, first output,
greedy, names filled in, against the human references (sacreBLEU's defaults). Prints a table.

    python evaluate.py --shared ../../../shared/data --adapter OUT --base MODEL.gguf --t5 OUT
"""

import argparse
import hashlib
import json
from pathlib import Path

import sacrebleu
import torch

import adapter
import data
import t5


def sample(folder: Path, source: str, size: int) -> list[dict]:
    """The first rows in the order of their digests: the same on every machine. Rel2Text's are of held-out relations."""
    kept = [row for row in data.rows(folder, source) if source == "webnlg" or data.is_held_out(row["property"])]
    key = lambda row: hashlib.sha256("|".join([row["subject"], row["property"], row["object"]]).encode()).digest()
    return sorted(kept, key=key)[:size]


def as_examples(rows):
    return [data.Example(data.name(r["subject"]), r["property"], data.name(r["object"]), "") for r in rows]


def loaded(base, folder):
    model, tokenizer = adapter.load(base, folder)
    return adapter.merged(model), tokenizer


def measure(rows, sentences) -> dict:
    """BLEU and chrF over several references, and the share that names both entities exactly, once each."""
    widest = max(len(row["references"]) for row in rows)
    references = [[row["references"][k] if k < len(row["references"]) else None for row in rows]
                  for k in range(widest)]
    filled = [data.fill(s, data.name(r["subject"]), data.name(r["object"])) for r, s in zip(rows, sentences)]
    named = [s.count(data.HEAD) == 1 and s.count(data.TAIL) == 1 for s in sentences]
    return {"bleu": sacrebleu.corpus_bleu(filled, references).score,
            "chrf": sacrebleu.corpus_chrf(filled, references).score, "named": 100 * sum(named) / len(named)}


def systems(args, rows, types):
    """(name, slot sentences, input tokens) of each system over the rows."""
    labels = [data.label(row["property"]) for row in rows]
    yield "template \"The R of H is T.\"", [f"The {text} of [H] is [T]." for text in labels], 0
    if args.adapter:
        model, tokenizer = args.loaded
        asked = as_examples(rows)
        tokens = sum(len(tokenizer.encode(adapter.prompt(e), add_special_tokens=False)) for e in asked) / len(asked)
        yield "adapter", adapter.write(model, tokenizer, asked), tokens
    if args.t5:
        model, pieces = t5.load(args.t5)
        for form, inputs in (("plain", labels), ("typed", [types.input(text) for text in labels])):
            written = t5.write(model, pieces, inputs)
            yield f"t5 {form}", [text for _, _, text in written], sum(len(ids) for ids, _, _ in written) / len(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--assets", type=Path, default=Path(__file__).parents[2] / "assets")
    parser.add_argument("--base", type=Path)
    parser.add_argument("--adapter", type=Path)
    parser.add_argument("--t5", type=Path)
    parser.add_argument("--size", type=int, default=200)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--sentences", type=Path, help="where to write every sentence, to be read")
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    args.loaded = loaded(args.base, args.adapter) if args.adapter else None
    types, written = t5.Types(args.assets, args.shared), []
    print("| set | system | BLEU | chrF | named exactly | input tokens |\n|---|---|---|---|---|---|")
    for source in ("rel2text", "webnlg"):
        rows = sample(args.shared, source, args.size)
        for system, sentences, tokens in systems(args, rows, types):
            m = measure(rows, sentences)
            print(f"| {source} | {system} | {m['bleu']:.1f} | {m['chrf']:.1f} | {m['named']:.1f}% | {tokens:.1f} |",
                  flush=True)
            written += [{"set": source, "system": system, "head": r["subject"], "relation": r["property"],
                         "tail": r["object"], "sentence": s, "references": r["references"]}
                        for r, s in zip(rows, sentences)]
    if args.sentences:
        args.sentences.write_text("".join(json.dumps(w, ensure_ascii=False) + "\n" for w in written), encoding="utf-8")


if __name__ == "__main__":
    main()
