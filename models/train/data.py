"""Rows into slot form: reads Rel2Text and WebNLG rows, the catalogue and bare tuples, and says what a label,
a name and a slot sentence are. Everything else in this folder takes its examples from here."""

import csv
import hashlib
import json
import random
import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from sacrebleu import sentence_chrf

HEAD, TAIL = "[H]", "[T]"
# Capitalised words that a sentence may hold without saying anything that is not in its tuple.
COMMON = {"I", "A", "An", "The", "In", "On", "At", "It", "Its", "One"}


@dataclass(frozen=True)
class Example:
    """A tuple and one sentence of it in slot form; `weight` is how much it counts in training."""

    head: str
    relation: str
    tail: str
    sentence: str
    weight: float = 1.0


def label(relation: str) -> str:
    """`almaMater`, `alma_mater` -> `alma mater`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", relation.replace("_", " "))
    return " ".join(words.lower().split())


def name(raw: str) -> str:
    """The normal form of an entity: underscores as spaces, quotes and datatype off."""
    text = " ".join(raw.replace("_", " ").split())
    literal = re.fullmatch(r'"([^"]*)"(\^\^.*|@.*)?', text)
    return literal.group(1).strip() if literal else text


def surface(entity: str) -> str:
    """The name as a sentence says it: without a last parenthesis."""
    at = entity.rfind(" (")
    return entity[:at] if at > 0 and entity.endswith(")") else entity


def fill(sentence: str, head: str, tail: str) -> str:
    """A slot sentence with its names."""
    return re.sub(r"\[[HT]\]", lambda m: surface(head if m.group() == HEAD else tail), sentence)


def swapped(slotted: str) -> str:
    """The slots in each other's place."""
    return slotted.replace(HEAD, "\0").replace(TAIL, HEAD).replace("\0", TAIL)


def is_held_out(relation: str) -> bool:
    """The fixed rule that keeps a fifth of the relations out of everything the models learn from."""
    return hashlib.sha256(relation.strip().lower().encode()).digest()[0] % 5 == 0


def rows(folder: Path, source: str) -> list[dict]:
    """Rows of single_triple_refs.dev.jsonl whose source begins so; rows with human ratings stay out."""
    with open(folder / "single_triple_refs.dev.jsonl", encoding="utf-8") as file:
        read = [json.loads(line) for line in file]
    return [row for row in read if row["source"].startswith(source) and row["in_human_eval"] is None]


def held_out_labels(folder: Path) -> set[str]:
    """The labels of Rel2Text's relations that are kept out, of its references and of its rated sentences."""
    with open(folder / "single_triple_quality.dev.jsonl", encoding="utf-8") as file:
        rated = [json.loads(line)["property"] for line in file]
    return {label(name) for name in [row["property"] for row in rows(folder, "rel2text")] + rated if is_held_out(name)}


def to_slots(text: str, head: str, tail: str) -> str | None:
    """The sentence with each name, found once and whole, replaced by its slot."""
    text = " ".join(text.replace("’", "'").split())
    spans = []
    for slot, entity in sorted([(HEAD, head), (TAIL, tail)], key=lambda pair: -len(pair[1])):
        found = []
        for form in dict.fromkeys([entity, surface(entity)]):
            pattern = rf"(?<!\w){re.escape(form)}(?!\w)"
            found = [m.span() for m in re.finditer(pattern, text, re.IGNORECASE)]
            found = [f for f in found if all(f[1] <= s[0] or f[0] >= s[1] for s, _ in spans)]
            if found:
                break
        if len(found) != 1:
            return None
        spans.append((found[0], slot))
    for (start, end), slot in sorted(spans, reverse=True):
        text = text[:start] + slot + text[end:]
    return text


def is_plain(sentence: str, relation: str) -> bool:
    """Whether a slot sentence says nothing beside its tuple, as far as its surface tells: no numbers, no names,
    no odd characters that the relation does not hold, one sentence, not long."""
    words = re.findall(r"[^\s\[\]]+", re.sub(r"\[[HT]\]", " ", sentence))
    outside = " ".join(words)
    known = relation.lower()
    if not sentence.endswith(".") or len(words) > 16 or re.search(r"[^\x20-\x7e]|[\[\]();:\"]|\. ", outside):
        return False
    for index, word in enumerate(words):
        bare = word.strip(".,'").removesuffix("'s")
        first = index == 0 and not sentence.startswith("[")
        capital = bare[:1].isupper() and not first and bare not in COMMON
        if (capital or any(c.isdigit() for c in bare)) and bare.lower() not in known:
            return False
    return True


def rel2text(folder: Path, held_out: bool) -> list[Example]:
    """Rel2Text's sentences in slot form, of the relations kept out or of the others."""
    examples = []
    for row in rows(folder, "rel2text"):
        head, tail, relation = name(row["subject"]), name(row["object"]), label(row["property"])
        if is_held_out(row["property"]) != held_out:
            continue
        for text in row["references"]:
            sentence = to_slots(text, head, tail)
            if sentence and is_plain(sentence, relation):
                examples.append(Example(head, relation, tail, sentence))
    return examples


def is_literal(sentence: str, relation: str) -> bool:
    """Whether a sentence says at least half of its label's words, as far as their first four letters tell."""
    words = [word[:4] for word in label(relation).split() if len(word) > 2]
    said = [word[:4] for word in re.findall(r"[a-z]+", re.sub(r"\[[HT]\]", " ", sentence).lower())]
    return 2 * sum(word in said for word in words) >= len(words)


def consensus(examples: list[Example]) -> list[Example]:
    """The examples with the outlying ones of each relation left out and the others weighted: people say a relation
    in many ways, and the first output should be the usual one. A sentence counts by its mean chrF (slot form) to the
    other sentences of its relation, and less where it alone puts the label in other words."""
    by_relation, kept = defaultdict(list), []
    for example in examples:
        by_relation[example.relation].append(example)
    for group in by_relation.values():
        near = [sum(sentence_chrf(a.sentence, [b.sentence]).score for b in group if b is not a) for a in group]
        mean = sum(near) / len(near)
        for example, score in zip(group, near):
            usual = score / mean if mean else 1.0
            if len(group) >= 3 and usual < 0.75:
                continue
            settled = len(group) >= 3 and usual >= 1
            free = 1.0 if settled or is_literal(example.sentence, example.relation) else 0.6
            kept.append(replace(example, weight=min(max(usual, 0.5), 1.3) * free))
    return kept


def tuples(folder: Path) -> dict[str, list[tuple[str, str, str]]]:
    """Real tuples by relation label, without the relations kept out and without WebNLG's; (head, raw relation, tail)."""
    kept_out, by_label = held_out_labels(folder), defaultdict(list)
    for head, relation, tail, source in lines(folder)[1:]:
        out = label(relation) in kept_out or (source == "rel2text" and is_held_out(relation))
        if not out and source != "webnlg":
            by_label[label(relation)].append((name(head), relation, name(tail)))
    return by_label


def catalogue(assets: Path, folder: Path) -> list[dict]:
    """The catalogue's relations that are not kept out, by name or by label."""
    with open(assets / "relations.toml", "rb") as file:
        relations = tomllib.load(file)["relation"]
    kept_out = held_out_labels(folder)
    return [r for r in relations if not {label(r["name"]), label(r["label"])} & kept_out]


def spellings(relation: dict, folder_labels: set[str]) -> list[str]:
    """The labels under which a catalogue relation may come, those kept out excluded; its own label first."""
    names = dict.fromkeys(label(n) for n in [relation["label"], relation["name"], *relation["aliases"]])
    return [n for n in names if n not in folder_labels]


def slot_template(template: str, relation: dict) -> str:
    return template.format(head=HEAD, tail=TAIL, head_type=label(relation["head_type"]),
                           tail_type=label(relation["tail_type"]))


def first_templates(assets: Path, folder: Path, seed: int) -> list[Example]:
    """The catalogue's first plain template of each relation under each of its spellings, over a real tuple: they
    teach what a label means where its words do not say it (`ground` of a club, `tenant` of a building)."""
    chance, known, kept_out, examples = random.Random(seed), tuples(folder), held_out_labels(folder), []
    for relation in catalogue(assets, folder):
        plain = next((t for t in relation["templates"] if "_type}" not in t), None)
        for spelling in spellings(relation, kept_out) if plain else []:
            if pool := known.get(spelling, [])[:200]:
                head, _, tail = chance.choice(pool)
                examples.append(Example(head, spelling, tail, slot_template(plain, relation)))
    return examples


def lines(folder: Path) -> list[list[str]]:
    """Every line of tuples.tsv, the heading first: head, relation, tail, source."""
    with open(folder / "tuples.tsv", encoding="utf-8") as file:
        return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def written(file: Path, folder: Path) -> list[Example]:
    """The sentences of written.tsv that are about relations not kept out. A row names its tuple by its line in
    tuples.tsv, whose rows are not ours to copy, or has names of its own."""
    kept_out, known, examples = held_out_labels(folder), lines(folder), []
    with open(file, encoding="utf-8") as rows:
        for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
            head, tail = row["head"], row["tail"]
            if row["line"]:
                head, relation, tail, _ = known[int(row["line"]) - 1]
                if label(relation) != row["label"]:
                    raise SystemExit(f"{file}: line {row['line']} of tuples.tsv is about {relation}, not {row['label']}")
            if row["label"] not in kept_out:
                examples.append(Example(name(head), row["label"], name(tail), row["sentence"]))
    return examples


def read(file: Path) -> list[Example]:
    """The examples of a file of JSON lines, as distil.py writes them."""
    return [Example(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]
