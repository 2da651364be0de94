#!/usr/bin/env python3
"""How different the templates of each relation are: python3 assets/catalogue/variety.py [--all]

For each relation: self-chrF (the mean chrF of every template against every other of the same relation, slots as
they stand; lower is more varied), and which templates are passive, inverted (tail before head), or have an
apposition or use an entity type. Without --all: the shares over all templates, and the ten least varied relations.
chrF is that of Popovic (2015): character n-grams up to 6, beta 2, spaces left out.
"""
import pathlib
import re
import sys
import tomllib
from collections import Counter
from itertools import permutations

ROOT = pathlib.Path(__file__).resolve().parents[2]


def ngrams(text, n):
    return Counter(text[i : i + n] for i in range(len(text) - n + 1))


def chrf(hypothesis, reference, order=6, beta=2.0):
    hypothesis, reference = hypothesis.replace(" ", ""), reference.replace(" ", "")
    precisions, recalls = [], []
    for n in range(1, order + 1):
        h, r = ngrams(hypothesis, n), ngrams(reference, n)
        if not h or not r:
            continue
        same = sum((h & r).values())
        precisions.append(same / sum(h.values()))
        recalls.append(same / sum(r.values()))
    p, r = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    return 0.0 if p + r == 0 else (1 + beta**2) * p * r / (beta**2 * p + r)


BE = r"\b(?:is|are|was|were|been|being|be)\b"
IRREGULAR = "written|made|built|born|known|won|led|held|given|sung|drawn|taken|found|borne|run|set|spoken|cut|sent|put|flown|shown|worn|grown|thrown|driven|laid|fought|told|kept|begun|bought|sold|named|buried"
PASSIVE = re.compile(BE + r"(?:\s+\w+ly)?\s+(?:\w+ed|" + IRREGULAR + r")\b")


def main():
    relations = tomllib.loads((ROOT / "assets/relations.toml").read_text(encoding="utf-8"))["relation"]
    rows, shares, count = [], Counter(), 0
    for relation in relations:
        templates = relation["templates"]
        pairs = list(permutations(templates, 2))
        own = Counter()
        for template in templates:
            own["passive"] += bool(PASSIVE.search(template))
            own["inverted"] += template.index("{tail}") < template.index("{head}")
            own["apposition or type"] += ", the " in template or "_type}" in template
        self_chrf = sum(chrf(a, b) for a, b in pairs) / len(pairs)
        rows.append((self_chrf, relation["name"], len(templates), own))
        shares.update(own)
        count += len(templates)
    rows.sort(reverse=True)
    print(f"{len(rows)} relations, {count} templates, mean self-chrF {sum(r[0] for r in rows) / len(rows):.3f}")
    for what, n in shares.most_common():
        print(f"  {what:<20} {n:>4}  {n / count:.0%}")
    print(f"{'relation':<32} templates self-chrF passive inverted apposition/type")
    for self_chrf, name, n, own in rows if "--all" in sys.argv else rows[:10]:
        print(f"{name:<32} {n:>9} {self_chrf:>9.3f} {own['passive']:>7} {own['inverted']:>8} {own['apposition or type']:>15}")


main()
