"""What the shipped models are worth: their first sentence for tuples with human references, as a table.

Drives the real program: a project of dev tuples, `generate` with each method, BLEU and chrF by sacreBLEU.
Needs ../shared/data (development half: WebNLG is for evaluation only) and a release build; see `make bench-models`.
"""

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import sacrebleu

METHODS = ["template", "t5", "t5-typed", "t5-diverse", "llm-tuned"]
SETS = ["rel2text", "webnlg"]


def digest(*parts: str) -> bytes:
    return hashlib.sha256("\x1f".join(parts).encode()).digest()


def held_out(relation: str) -> bool:
    """The relations that no shipped model was trained on (models/train/README.md)."""
    return digest(relation.strip().lower())[0] % 5 == 0


def normal(name: str) -> str:
    """As amalrec compares names: underscores and runs of spaces are one space."""
    return " ".join(name.replace("_", " ").split())


def rows(data: Path, count: int | None, every_relation: bool = False) -> dict[str, list[dict]]:
    """`count` tuples of each set, the same on every machine: those of the smallest digests. Rows of the same tuple
    are one, with the references of all."""
    found: dict[str, dict[tuple, dict]] = {name: {} for name in SETS}
    with (data / "single_triple_refs.dev.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            name = "rel2text" if row["source"] == "rel2text" else "webnlg"
            if row["in_human_eval"] or (name == "rel2text" and not (every_relation or held_out(row["property"]))):
                continue
            key = tuple(normal(row[part]) for part in ("subject", "property", "object"))
            known = found[name].setdefault(key, {**row, "references": []})
            known["references"] += [text for text in row["references"] if text not in known["references"]]
    return {
        name: [tuples[key] for key in sorted(tuples, key=lambda key: digest(*key))][:count] for name, tuples in found.items()
    }


def surface(name: str) -> str:
    """A name as a sentence has it: without the parenthesis that tells namesakes apart, and without outer quotes."""
    name = name.strip().strip('"').strip()
    return re.sub(r"\s*\([^()]*\)$", "", name) or name


def generate(amalrec: Path, folder: Path, rows: list[dict], methods: list[str]) -> list[dict]:
    tuples = folder / "tuples.jsonl"
    with tuples.open("w", encoding="utf-8") as out:
        for row in rows:
            fact = {"head": row["subject"], "relation": row["property"], "tail": row["object"]}
            out.write(json.dumps(fact, ensure_ascii=False) + "\n")
    base = [str(amalrec), "--quiet", "--project", str(folder / "bench.db")]
    subprocess.run([*base, "import", str(tuples)], check=True, stdout=subprocess.DEVNULL)
    there = json.loads(subprocess.run([*base, "report", "coverage", "--json"], check=True, stdout=subprocess.PIPE).stdout)
    if there["tuples"] != len(rows):
        sys.exit(f"{len(rows)} tuples became {there['tuples']}: their numbers would not fit the references")
    # Exit status 1 means that some candidates failed; they are counted below.
    done = subprocess.run([*base, "generate", "--methods", ",".join(methods)], check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"generate ended with {done.returncode}")
    listed = subprocess.run([*base, "list", "candidates", "--json"], check=True, stdout=subprocess.PIPE)
    return [json.loads(line) for line in listed.stdout.splitlines()]


def likeness(texts: list[str], references: list[list[str]]) -> tuple[float, float]:
    """BLEU and chrF of a corpus, each text against as many references as it has."""
    ranks = [[refs[i] if i < len(refs) else None for refs in references] for i in range(max(map(len, references)))]
    return sacrebleu.corpus_bleu(texts, ranks).score, sacrebleu.corpus_chrf(texts, ranks).score


def beside_people(rows: list[dict], written: dict[str, list[str]]) -> None:
    """What a person reaches, and each method on the same terms: for each reference of a tuple that has several, the
    person who wrote it, or the method's sentence, against all the others."""
    turns = [(i, n) for i, row in enumerate(rows) if len(row["references"]) > 1 for n in range(len(row["references"]))]
    if not turns:
        return
    others = [rows[i]["references"][:n] + rows[i]["references"][n + 1 :] for i, n in turns]
    print(f"against all references but one, in turn ({len({i for i, _ in turns})} tuples, {len(turns)} turns):")
    said = {"a person": [rows[i]["references"][n] for i, n in turns]}
    said |= {method: [texts[i] for i, _ in turns] for method, texts in written.items()}
    for who, texts in said.items():
        bleu, chrf = likeness(texts, others)
        print(f"{who:<12} {'':>10} {bleu:>6.1f} {chrf:>6.1f}")


def table(name: str, rows: list[dict], candidates: list[dict], methods: list[str]) -> None:
    references = [row["references"] for row in rows]
    written = {}
    print(f"\n{name}: {len(rows)} tuples, {len({row['property'] for row in rows})} relations")
    print(f"{'method':<12} {'both named':>10} {'BLEU':>6} {'chrF':>6} {'failed':>6} {'prompt tokens':>13} {'sentences':>9}")
    for method in methods:
        mine = {c["tuple_id"]: c for c in candidates if c["method"] == method}
        # Tuples are numbered from 1 in the order of the file.
        got = [mine.get(i + 1) for i in range(len(rows))]
        texts = [(c or {}).get("text") or "" for c in got]
        named = sum(
            bool(c and text and all(surface(c["tuple"][end]) in text for end in ("head", "tail")))
            for c, text in zip(got, texts)
        )
        failed = sum(not text for text in texts)
        prompt = sum((c or {}).get("provenance", {}).get("prompt_tokens") or 0 for c in got)
        bleu, chrf = likeness(texts, references)
        written[method] = texts
        forms = len({t.replace(c["tuple"]["head"], "[H]").replace(c["tuple"]["tail"], "[T]") for c, t in zip(got, texts) if c})
        share = 100 * named / len(rows)
        print(f"{method:<12} {share:>9.1f}% {bleu:>6.1f} {chrf:>6.1f} {failed:>6} {prompt / len(rows):>13.1f} {forms:>9}")
    beside_people(rows, written)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--amalrec", type=Path, default=Path("target/release/amalrec"))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--count", type=int, default=200, help="tuples of each set")
    parser.add_argument("--methods", default=",".join(METHODS))
    parser.add_argument("--people", action="store_true", help="what a person reaches, over all rows, and nothing else")
    parser.add_argument("--show", type=int, default=0, help="print so many sentences of each method and set")
    args = parser.parse_args()
    if not args.data.is_dir():
        sys.exit(f"{args.data} is not here: the figures need the development data")
    if args.people:
        for name, chosen in rows(args.data, None, every_relation=True).items():
            print(name, end=", ")
            beside_people(chosen, {})
        return
    methods = args.methods.split(",")
    for name, chosen in rows(args.data, args.count).items():
        with tempfile.TemporaryDirectory() as folder:
            candidates = generate(args.amalrec, Path(folder), chosen, methods)
        table(name, chosen, candidates, methods)
        for method in methods:
            for candidate in [c for c in candidates if c["method"] == method][: args.show]:
                fact = candidate["tuple"]
                print(f"  {method}: {fact['head']} | {fact['relation']} | {fact['tail']} -> {candidate['text']}")


if __name__ == "__main__":
    main()
