"""How well SEI agrees with people on the development half, beside baselines, with ablations, as tables.

SEI sees no references. See `make bench-sei`; measuring takes about a second a text on a core, and is kept.
"""

import argparse
import csv
import math
import tempfile
import tomllib
from pathlib import Path

import items
import measures

# Row of the table, source, what is asked, the dimension that answers, the aim (shared/design/sei.md).
ROWS = [
    ("WebNLG 2017 semantics, by accuracy", "webnlg2017", "semantics", "accuracy", 0.87),
    ("WebNLG 2017 grammar, by grammar", "webnlg2017", "grammar", "grammar", 0.80),
    ("WebNLG 2017 fluency, by fluency", "webnlg2017", "fluency", "fluency", 0.80),
    ("WebNLG 2020 correctness, by accuracy", "webnlg2020", "correctness", "accuracy", 0.79),
    ("WebNLG 2020 fluency, by fluency", "webnlg2020", "fluency", "fluency", 0.75),
    ("best of N by SEI 2017", "webnlg2017", "best", "sei", 0.90),
    ("best of N by SEI 2020", "webnlg2020", "best", "sei", 0.96),
    ("Rel2Text, ok against corrupted, by accuracy", "rel2text", "corrupted", "accuracy", 0.85),
    ("Rel2Text, ok against noisy, by SEI", "rel2text", "noisy", "sei", 0.80),
    ("Rel2Text, ok against extra, by accuracy", "rel2text", "extra", "accuracy", 0.95),
    ("minimal pairs, by grammar and fluency", "pairs", "preferred", "writing", 0.80),
]
DIMENSIONS = ("grammar", "fluency", "sentiment", "accuracy", "complexity")


def ask(texts, source: str, question: str, worth) -> tuple:
    kept = [text for text in texts if text.source == source]
    if question == "best":
        return measures.best_of_n(kept, worth)
    if question == "preferred":
        return measures.preferred(kept, worth)
    if source == "rel2text":
        return measures.auc(kept, question, worth)
    return measures.pair_accuracy(kept, question, worth)


def worths(texts, scores) -> dict:
    """By name, a function from a text to its worth; what is absent counts least."""
    by_key = {text.key: score for text, score in zip(texts, scores)}

    def of(name):
        if name == "writing":
            return lambda text: of("grammar")(text) + of("fluency")(text)
        return lambda text: -1.0 if by_key[text.key].get(name) is None else by_key[text.key][name]

    return {name: of(name) for name in ("sei", "writing", *DIMENSIONS)}


def readings(file: Path) -> dict[str, dict[str, float]]:
    """What a large language model gave to texts on reading their facts and words, seeing no reference, by dimension;
    `sei` is the mean of the three. It is for comparison: nobody may learn from it. See READER.md."""
    with file.open(encoding="utf-8") as rows:
        found = {row.pop("text"): {name: float(value) for name, value in row.items()}
                 for row in csv.DictReader(rows, delimiter="\t")}
    return {text: {**given, "sei": sum(given.values()) / len(given)} for text, given in found.items()}


def measurement(name: str):
    return lambda text: text.raw["m"].get(name, -math.inf)


def show(value: tuple) -> str:
    return f"{value[0]:.3f} [{value[1]:.2f}, {value[2]:.2f}]"


def main_table(texts, scores):
    worth, read = worths(texts, scores), readings(Path(__file__).with_name("reader.tsv"))
    print("| | n | SEI, by its dimension | entity coverage | trial A alone | chrF | BLEU | ROUGE-L | a large model, reading | aim |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name, source, question, dimension, aim in ROWS:
        n = sum(text.source == source for text in texts)
        alone = "lm_plain" if source == "pairs" else "lm_fact_all"
        cells = [show(ask(texts, source, question, worth[dimension]))]
        cells.append("" if source == "pairs" else f"{ask(texts, source, question, measurement('coverage'))[0]:.2f}")
        cells.append(f"{ask(texts, source, question, measurement(alone))[0]:.2f}")
        for metric in (measures.chrf, measures.bleu, measures.rouge_l):
            rated = source in items.RATED
            cells.append(f"{ask(texts, source, question, metric)[0]:.2f}" if rated else "")
        # Only where all texts were read: minimal pairs were not, nor are texts that are new in the data.
        all_read = all(text.content()[:16] in read for text in texts if text.source == source)
        given = lambda text: read[text.content()[:16]][dimension]
        cells.append(f"{ask(texts, source, question, given)[0]:.3f}" if all_read else "")
        print(f"| {name} | {n} | {' | '.join(cells)} | {aim:.2f} |", flush=True)


def ablations(amalrec, texts, policy: str):
    """Best of N and Rel2Text by SEI: without a dimension, with equal weights, without the models."""
    rows = [row for row in ROWS if row[2] in ("best", "corrupted", "noisy", "extra")]
    print("\n| SEI | " + " | ".join(row[0].split(", by")[0].replace(" by SEI", "") for row in rows) + " |")
    print("|---|" + "---|" * len(rows))
    raws = [text.raw for text in texts]
    models = ("lm_", "tuned", "critic")
    without = [{**raw, "m": {k: v for k, v in raw["m"].items() if not k.startswith(models)}} for raw in raws]
    alone = [{**raw, "m": {k: v for k, v in raw["m"].items() if not k.startswith(models[1:])}} for raw in raws]
    weights = tomllib.loads(policy)["weights"]
    variants = [("as shipped", weights, raws)]
    variants += [(f"without {d}", {**weights, d: 0.0}, raws) for d in DIMENSIONS]
    variants += [("equal weights", dict.fromkeys(DIMENSIONS, 1.0), raws), ("without the adapters", weights, alone),
                 ("without any model", weights, without)]
    for name, weighed, measured in variants:
        with tempfile.TemporaryDirectory() as folder:
            lines = ["[weights]", *(f"{d} = {w}" for d, w in weighed.items())]
            before, _, rest = policy.partition("[weights]")
            after = rest[rest.index("\n["):]
            (Path(folder) / "sei.toml").write_text(before + "\n".join(lines) + "\n" + after, encoding="utf-8")
            scores = items.scored(amalrec, measured, Path(folder))
        worth = worths(texts, scores)["sei"]
        cells = [f"{ask(texts, row[1], row[2], worth)[0]:.3f}" for row in rows]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root = Path(__file__).parents[2]
    parser.add_argument("--amalrec", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=root / "../shared/data")
    parser.add_argument("--pairs", type=int, default=1000, help="minimal pairs to look at")
    parser.add_argument("--cache", type=Path, default=root / "target/bench-sei.jsonl")
    parser.add_argument("--policy", type=Path, default=root / "assets/sei.toml")
    args = parser.parse_args()
    if not args.data.exists():
        raise SystemExit(f"skipped: {args.data} is not here, and nothing else says what people think of a sentence")
    texts = items.measured(args.amalrec, items.all_texts(args.data, args.pairs), args.cache)
    main_table(texts, items.scored(args.amalrec, [text.raw for text in texts]))
    ablations(args.amalrec, texts, args.policy.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
