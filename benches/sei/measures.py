"""Agreement with people: pair accuracy, best of N, AUC; each with a bootstrap interval over items."""

import random
from collections import defaultdict

import numpy as np
import sacrebleu

SAMPLES = 400
# Ratings that differ by less are not told apart: on scales of 1 to 3, and of 0 to 100.
APART = {"webnlg2017": 0.5, "webnlg2020": 10.0}


def interval(units: list, statistic) -> tuple[float, float, float]:
    """The statistic over all units, and its 2.5th and 97.5th percentile over resampled ones."""
    chance = random.Random(7)
    drawn = [statistic(chance.choices(units, k=len(units))) for _ in range(SAMPLES)]
    return (statistic(units), *np.percentile([d for d in drawn if d == d], [2.5, 97.5]))


def ratio(units) -> float:
    total = sum(unit[1] for unit in units)
    return sum(unit[0] for unit in units) / total if total else float("nan")


def by_item(texts):
    items = defaultdict(list)
    for text in texts:
        items[text.item].append(text)
    return list(items.values())


def pair_accuracy(texts, rating: str, worth) -> tuple:
    """How often `worth` orders two systems' texts on an item as people did; ties count half."""
    units = []
    for item in by_item(texts):
        won = seen = 0.0
        for i, a in enumerate(item):
            for b in item[i + 1:]:
                gap = a.ratings[rating] - b.ratings[rating]
                if abs(gap) >= APART[a.source]:
                    better, worse = (worth(a), worth(b)) if gap > 0 else (worth(b), worth(a))
                    won += 0.5 if better == worse else float(better > worse)
                    seen += 1
        if seen:
            units.append((won, seen))
    return interval(units, ratio)


def best_of_n(texts, worth) -> tuple:
    """What people gave to the text that `worth` puts first, in 0..=1; among equals the mean."""
    units = []
    for item in by_item(texts):
        top = max(worth(t) for t in item)
        first = [t.human() for t in item if worth(t) == top]
        units.append((sum(first) / len(first), 1))
    return interval(units, ratio)


def auc(texts, bad: str, worth) -> tuple:
    """How often an `ok` sentence is worth more than a `bad` one."""
    fine = [("ok", worth(t)) for t in texts if t.label == "ok"]
    poor = [("bad", worth(t)) for t in texts if t.label == bad]

    def area(units):
        a = np.array([w for kind, w in units if kind == "ok"])
        b = np.array([w for kind, w in units if kind == "bad"])
        if not len(a) or not len(b):
            return float("nan")
        return float(((a[:, None] > b[None, :]) + 0.5 * (a[:, None] == b[None, :])).mean())

    return interval(fine + poor, area)


def preferred(texts, worth) -> tuple:
    """Share of minimal pairs whose good sentence is worth more."""
    units = []
    for item in by_item(texts):
        good, bad = (next(worth(t) for t in item if t.label == label) for label in ("good", "bad"))
        units.append((0.5 if good == bad else float(good > bad), 1))
    return interval(units, ratio)


CHRF = sacrebleu.CHRF()
BLEU = sacrebleu.BLEU(effective_order=True)


def chrf(text) -> float:
    return CHRF.sentence_score(text.text, text.references).score


def bleu(text) -> float:
    return BLEU.sentence_score(text.text, text.references).score


def rouge_l(text) -> float:
    """The best F1 of the longest common subsequence of words (Lin 2004, section 2.1)."""
    return max(lcs_f1(text.text.lower().split(), reference.lower().split()) for reference in text.references)


def lcs_f1(a: list[str], b: list[str]) -> float:
    lengths = [0] * (len(b) + 1)
    for word in a:
        before = 0
        for j, other in enumerate(b, 1):
            before, lengths[j] = lengths[j], before + 1 if word == other else max(lengths[j], lengths[j - 1])
    return 2 * lengths[-1] / (len(a) + len(b)) if a and b else 0.0
