"""Rows into slot form: reads Rel2Text and WebNLG rows, the catalogue and bare tuples, and says what a label,
a name and a slot sentence are. Everything else in this folder takes its examples from here."""

import csv
import hashlib
import json
import random
import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

HEAD, TAIL = "[H]", "[T]"
# Capitalised words that a sentence may hold without saying anything that is not in its tuple.
COMMON = {"I", "A", "An", "The", "In", "On", "At", "It", "Its", "One"}


@dataclass(frozen=True)
class Example:
    """A tuple and one sentence of it in slot form; `style` is a control word or empty."""

    head: str
    relation: str
    tail: str
    sentence: str
    style: str = ""


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


def is_held_out(relation: str) -> bool:
    """The fixed rule that keeps a fifth of the relations out of everything the models learn from."""
    return hashlib.sha256(relation.strip().lower().encode()).digest()[0] % 5 == 0


def rows(folder: Path, source: str) -> list[dict]:
    """Rows of single_triple_refs.dev.jsonl whose source begins so; rows with human ratings stay out."""
    with open(folder / "single_triple_refs.dev.jsonl", encoding="utf-8") as file:
        read = [json.loads(line) for line in file]
    return [row for row in read if row["source"].startswith(source) and row["in_human_eval"] is None]


def held_out_labels(folder: Path) -> set[str]:
    return {label(row["property"]) for row in rows(folder, "rel2text") if is_held_out(row["property"])}


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


def order(sentence: str) -> str:
    """The control word that a sentence's order of slots answers to."""
    return "direct" if sentence.index(HEAD) < sentence.index(TAIL) else "inverted"


def tuples(folder: Path) -> dict[str, list[tuple[str, str, str]]]:
    """Real tuples by relation label, without the relations kept out and without WebNLG's; (head, raw relation, tail)."""
    kept_out, by_label = held_out_labels(folder), defaultdict(list)
    with open(folder / "tuples.tsv", encoding="utf-8") as file:
        next(file)
        for head, relation, tail, source in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
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


def template_style(template: str) -> str:
    return "typed" if "_type}" in template else order(template.replace("{head}", HEAD).replace("{tail}", TAIL))


def from_templates(assets: Path, folder: Path, each: int, seed: int) -> list[Example]:
    """Every template of the catalogue over `each` real tuples of its relation, under its control word."""
    chance, known, kept_out, examples = random.Random(seed), tuples(folder), held_out_labels(folder), []
    for relation in catalogue(assets, folder):
        pool = [(h, s, t) for s in spellings(relation, kept_out) for h, _, t in known.get(s, [])[:200]]
        for template in relation["templates"]:
            sentence = slot_template(template, relation)
            for head, spelling, tail in chance.sample(pool, min(each, len(pool))):
                examples.append(Example(head, spelling, tail, sentence, template_style(template)))
    return examples


# A label that ends or begins so is no noun phrase, and does not fit "the ... of".
NOT_NOUN = re.compile(r"( (of|by|in|at|on|to|for|with|from|as|is|into)|^(has|is|was|in|of|used|located|owns|uses|made|built) .*|.*ed)$")


def literal_forms(relation: str, tail: str) -> list[str]:
    """Plain sentences that say a noun label as it stands, in the right direction; none if it is no noun phrase."""
    words = relation.split()
    if len(words) > 5 or NOT_NOUN.search(relation) or words[0] in ("has", "is", "was") or not relation.isascii():
        return []
    verb = "are" if words[-1].endswith("s") and not words[-1].endswith(("ss", "us", "is", "series")) else "is"
    forms = [f"The {relation} of [H] {verb} [T].", f"[H]'s {relation} {verb} [T]."]
    if re.match(r"[-+\d]", tail):
        article = "" if verb == "are" else "an " if relation[0] in "aeio" else "a "
        return forms[:1] + [f"[H] has {article}{relation} of [T]."] * 2
    return forms[:1] * 2 + ([f"[T] is the {relation} of [H]."] if verb == "is" else forms[1:])


def literal(folder: Path, size: int, seed: int) -> list[Example]:
    """Literal sentences over tuples of so many relations (one of each): they teach which end is which."""
    chance, examples = random.Random(seed), []
    known = tuples(folder)
    for relation in chance.sample(sorted(known), len(known)):
        head, _, tail = chance.choice(known[relation][:300])
        forms = literal_forms(relation, tail)
        if forms and len(head) + len(tail) < 60 and len(examples) < size:
            examples.append(Example(head, relation, tail, chance.choice(forms)))
    return examples

