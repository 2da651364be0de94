"""Fits the formulas of assets/sei.toml to what people said, and prints them with their agreement.

A formula is a weighted sum of measurements, learned from pairs that people told apart: pairwise logistic loss, all
sets weighing the same, weights held to the sign of what they mean. The sum's scale is doubled (which changes no
order) and its bias set so that the median sentence that people labelled `ok` scores .85. Shown for each formula:
agreement in sample, cross-validated by item, and on each set when fitted on the others.

    python benches/sei/fit.py --amalrec target/release/amalrec
"""

import argparse
import hashlib
from pathlib import Path

import numpy as np

import items
import measures

# Measurement, the sign that it must have, and where it is cut off.
NAMES = [("name_recall", 1, None), ("unexplained", -1, (0, 8)), ("strange_names", -1, (0, 4)),
         ("relation_words", 1, None), ("no_verb", -1, None)]
TUNED = [("tuned", 1, None), ("tuned_worst", 1, (-15, 0))]
ACCURATE, ENGLISH = ("critic_accurate", 1, (-8, 8)), ("critic_english", 1, (-8, 8))
MODEL = [("lm_fact_all", 1, None), ("lm_fact", 1, None), ("lm_worst", 1, (-15, 0))]
FAULTS = [("distinct_bigrams", 1, None), ("no_verb", -1, None), ("no_stop", -1, None), ("misspelt", -1, (0, 4)),
          ("repeats", -1, (0, 4)), ("disagreements", -1, (0, 3)), ("lints", -1, (0, 3)), ("small_start", -1, None),
          ("leaks", -1, (0, 2)), ("leftovers", -1, None)]
WRITING = [("lm_fact", 1, None), ("lm_worst", 1, (-15, 0))]
PLAIN = [("lm_plain", 1, None)]

ACCURACY_SETS = [("webnlg2017", "semantics"), ("webnlg2020", "correctness"), ("rel2text", "corrupted"), ("rel2text", "extra")]
GRAMMAR_SETS = [("webnlg2017", "grammar"), ("webnlg2020", "fluency"), ("rel2text", "noisy")]
FLUENCY_SETS = [("webnlg2017", "fluency"), ("webnlg2020", "fluency"), ("rel2text", "noisy")]
PAIRS = [("pairs", "preferred")]

FORMULAS = {
    ("accuracy", "critic"): (NAMES + MODEL + TUNED + [ACCURATE], ACCURACY_SETS),
    ("accuracy", "model"): (NAMES + MODEL, ACCURACY_SETS),
    ("accuracy", "surface"): (NAMES, ACCURACY_SETS),
    ("grammar", "critic"): (FAULTS + WRITING + [ENGLISH], GRAMMAR_SETS),
    ("grammar", "model"): (FAULTS + WRITING, GRAMMAR_SETS),
    ("grammar", "plain"): (FAULTS + PLAIN, PAIRS),
    ("grammar", "surface"): (FAULTS, GRAMMAR_SETS),
    ("fluency", "critic"): (FAULTS[:2] + FAULTS[3:5] + WRITING + [ENGLISH, ACCURATE], FLUENCY_SETS),
    ("fluency", "model"): (FAULTS[:2] + WRITING, FLUENCY_SETS),
    ("fluency", "plain"): (FAULTS[:2] + PLAIN, PAIRS),
}
RIDGE = 0.02
OK_SCORE = 0.85


def vector(text, terms) -> np.ndarray:
    """The measurements of a text, cut off; what is absent is 0, as for one that no model was asked about."""
    values = [text.raw["m"].get(name, 0.0) for name, _, _ in terms]
    return np.array([np.clip(v, *cut) if cut else v for v, (_, _, cut) in zip(values, terms)])


def told_apart(texts, source: str, question: str):
    """(better, worse) pairs of texts of a set; at most 3,000, the same every time."""
    kept = [text for text in texts if text.source == source]
    found = []
    if source == "rel2text":
        found = [(a, b) for a in kept if a.label == "ok" for b in kept if b.label == question]
    elif source == "pairs":
        for item in measures.by_item(kept):
            good, bad = (next(t for t in item if t.label == label) for label in ("good", "bad"))
            found.append((good, bad))
    else:
        for item in measures.by_item(kept):
            for a in item:
                found += [(a, b) for b in item if a.ratings[question] - b.ratings[question] >= measures.APART[source]]
    found.sort(key=lambda pair: hashlib.sha256(f"{pair[0].key}|{pair[1].key}".encode()).digest())
    return found[:3000]


def fit(pairs_by_set, terms) -> np.ndarray:
    """Weights by projected gradient on standardised differences."""
    sets = [np.array([vector(a, terms) - vector(b, terms) for a, b in pairs]) for pairs in pairs_by_set if pairs]
    scale = np.sqrt(np.mean(np.concatenate(sets) ** 2, axis=0)) + 1e-9
    sets = [differences / scale for differences in sets]
    signs = np.array([sign for _, sign, _ in terms], dtype=float)
    weights, rate = np.zeros(len(terms)), 0.5
    for _ in range(1500):
        slope = RIDGE * weights
        for differences in sets:
            wrong = 1 / (1 + np.exp(np.clip(differences @ weights, -30, 30)))
            slope -= (differences * wrong[:, None]).mean(axis=0) / len(sets)
        weights -= rate * slope
        weights = np.where(weights * signs < 0, 0.0, weights)
    return weights / scale


def agreement(texts, source, question, worth) -> float:
    kept = [t for t in texts if t.source == source]
    if source == "rel2text":
        fine, poor = ([worth(t) for t in kept if t.label == label] for label in ("ok", question))
        return float(np.mean([[0.5 if a == b else a > b for b in poor] for a in fine])) if fine and poor else float("nan")
    pairs = told_apart(kept, source, question)
    return float(np.mean([0.5 if worth(a) == worth(b) else worth(a) > worth(b) for a, b in pairs])) if pairs else float("nan")


def fold(text, folds: int = 5) -> int:
    """By item, and for Rel2Text by relation: nothing of what is tested was fitted."""
    key = text.triples[0][1] if text.source == "rel2text" else text.item
    return hashlib.sha256(str(key).encode()).digest()[0] % folds


def cross_validated(texts, terms, sets) -> list[float]:
    scores = {}
    for held in range(5):
        inside = [t for t in texts if fold(t) != held]
        weights = fit([told_apart(inside, *s) for s in sets], terms)
        scores |= {t.key: float(vector(t, terms) @ weights) for t in texts if fold(t) == held}
    # Pairs within an item lie within a fold; Rel2Text's cross folds, whose weights differ little.
    return [agreement(texts, *s, lambda t: scores[t.key]) for s in sets]


def across(texts, terms, sets) -> list[float]:
    """On each set, fitted without any set of its source."""
    found = []
    for source, question in sets:
        others = [s for s in sets if s[0] != source]
        if not others:
            found.append(float("nan"))
            continue
        weights = fit([told_apart(texts, *s) for s in others], terms)
        found.append(agreement(texts, source, question, lambda t: float(vector(t, terms) @ weights)))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root = Path(__file__).parents[2]
    parser.add_argument("--amalrec", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=root / "../shared/data")
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--cache", type=Path, default=root / "target/bench-sei.jsonl")
    args = parser.parse_args()
    texts = items.measured(args.amalrec, items.all_texts(args.data, args.pairs), args.cache)
    show = lambda values: " ".join(f"{v:.3f}" for v in values)
    for (dimension, name), (terms, sets) in FORMULAS.items():
        weights = fit([told_apart(texts, *s) for s in sets], terms)
        worth = lambda t: float(vector(t, terms) @ weights)
        fine = [2 * worth(t) for t in texts if t.label in ("ok", "good") and t.source == sets[-1][0]]
        bias = np.log(OK_SCORE / (1 - OK_SCORE)) - np.median(fine)
        print(f"\n# {' '.join(f'{s}:{q}' for s, q in sets)}")
        print(f"# in sample {show(agreement(texts, *s, worth) for s in sets)}")
        print(f"# by item   {show(cross_validated(texts, terms, sets))}")
        print(f"# across    {show(across(texts, terms, sets))}")
        print(f'[[formulas.{dimension}]]\nname = "{name}"\nshape = "logistic"\nbias = {bias:.2f}\nterms = [')
        for (of, _, cut), weight in zip(terms, 2 * weights):
            if abs(weight) >= 0.005:
                at = f", map = [[{cut[0]}, {cut[0]}], [{cut[1]}, {cut[1]}]]" if cut else ""
                print(f'  {{ of = "{of}", weight = {weight:.2f}{at} }},')
        print("]", flush=True)


if __name__ == "__main__":
    main()
