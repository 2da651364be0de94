"""How well SEI orders candidates of the program's own methods, as a large language model judged them (candidates.tsv).

950 candidates that the methods of the paradigms wrote for 86 tuples (before the models that ship now: no model and no
weight of SEI learned from them or was chosen by them; two of the facts stand in judged.tsv or written.tsv with other
sentences). Each has how true to its fact and how good English it is, given as the last part of
`models/train/JUDGING.md` says. Shown: pairs of a tuple ordered as judged, and what the first choice got. The critic has learned from texts that such models judged, so that agreement with people will be lower.

    python benches/sei/candidates.py --amalrec target/release/amalrec
"""

import argparse
import csv
from collections import defaultdict
from pathlib import Path

import items

APART = 0.15


def read(file: Path, data: Path) -> list[tuple[items.Text, dict]]:
    """The candidates with what was said of them; a fact is a line of tuples.tsv, whose rows are not ours to copy."""
    with (data / "tuples.tsv").open(encoding="utf-8") as rows:
        facts = list(csv.reader(rows, delimiter="\t", quoting=csv.QUOTE_NONE))
    with file.open(encoding="utf-8") as rows:
        return [(items.Text(f"c{n}", "candidates", row["line"], [facts[int(row["line"]) - 1][:3]], row["text"]),
                 {"true": float(row["true"]), "english": float(row["english"])})
                for n, row in enumerate(csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE))]


def ordered(groups, score: str, judged: str) -> float:
    """The share of pairs of a tuple's candidates, judged apart, that the score orders so; ties count half."""
    right = seen = 0.0
    for group in groups:
        for better in group:
            for worse in group:
                if better[judged] - worse[judged] >= APART:
                    a, b = (-1.0 if c[score] is None else c[score] for c in (better, worse))
                    right, seen = right + (0.5 if a == b else float(a > b)), seen + 1
    return right / seen


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root = Path(__file__).parents[2]
    parser.add_argument("--amalrec", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=root / "../shared/data")
    parser.add_argument("--cache", type=Path, default=root / "target/bench-candidates.jsonl")
    args = parser.parse_args()
    if not args.data.exists():
        raise SystemExit(f"skipped: {args.data} is not here, and the facts are lines of its tuples.tsv")
    judged = read(Path(__file__).with_name("candidates.tsv"), args.data)
    texts = items.measured(args.amalrec, [text for text, _ in judged], args.cache)
    groups = defaultdict(list)
    for (text, said), score in zip(judged, items.scored(args.amalrec, [text.raw for text in texts])):
        groups[text.item].append({**said, **{name: score.get(name) for name in ("sei", "accuracy", "grammar", "fluency")}})
    groups = list(groups.values())
    print(f"{len(judged)} candidates of {len(groups)} tuples")
    for score, by in (("accuracy", "true"), ("grammar", "english"), ("fluency", "english"), ("sei", "true"), ("sei", "english")):
        print(f"pairs that {score} orders by `{by}`: {ordered(groups, score, by):.3f}")
    for by in ("true", "english"):
        first = sum(max(group, key=lambda c: c["sei"])[by] for group in groups) / len(groups)
        any_one = sum(c[by] for group in groups for c in group) / sum(map(len, groups))
        best = sum(max(c[by] for c in group) for group in groups) / len(groups)
        print(f"`{by}` of the first by SEI: {first:.3f} (any one {any_one:.3f}, the best there is {best:.3f})")


if __name__ == "__main__":
    main()
