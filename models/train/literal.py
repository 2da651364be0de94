"""Literal sentences, which say a relation's label as it stands: over real tuples, and over labels made of random words,
from which a small model learns to copy words that it has never seen together."""

import random
import re
from pathlib import Path

import data

# A label that ends or begins so is no noun phrase, and does not fit "the ... of".
NOT_NOUN = re.compile(r"( (of|by|in|at|on|to|for|with|from|as|is|into)|^(has|is|was|in|of|used|located|owns|uses|made|built) .*|.*ed)$")
# A word that labels can be made of.
WORD = re.compile(r"[a-z]{3,13}")
# A word that ends so mostly names a person, who is the subject.
WHO = re.compile(r"(er|or|ist|ian|ant)$")


def forms(relation: str, tail: str) -> list[str]:
    """Plain sentences that say a noun label as it stands, in the right direction; none if it is no noun phrase."""
    words = relation.split()
    if len(words) > 5 or NOT_NOUN.search(relation) or words[0] in ("has", "is", "was") or not relation.isascii():
        return []
    verb = "are" if words[-1].endswith("s") and not words[-1].endswith(("ss", "us", "is", "series")) else "is"
    said = [f"The {relation} of [H] {verb} [T].", f"[H]'s {relation} {verb} [T]."]
    if re.match(r"[-+\d]", tail):
        article = "" if verb == "are" else "an " if relation[0] in "aeio" else "a "
        return said[:1] + [f"[H] has {article}{relation} of [T]."] * 2
    return said[:1] * 2 + ([f"[T] is the {relation} of [H]."] if verb == "is" else said[1:])


def real(folder: Path, size: int, seed: int) -> list[data.Example]:
    """Literal sentences over tuples of so many relations (one of each): they teach which end is which."""
    chance, examples = random.Random(seed), []
    known = data.tuples(folder)
    for relation in chance.sample(sorted(known), len(known)):
        head, _, tail = chance.choice(known[relation][:300])
        said = forms(relation, tail)
        if said and len(head) + len(tail) < 60 and len(examples) < size:
            examples.append(data.Example(head, relation, tail, chance.choice(said)))
    return examples


class Words:
    """The words of labels, and those of names: of what kind a word is, its ending must tell."""

    def __init__(self, folder: Path):
        known = data.tuples(folder)
        self.real = {*known, *data.held_out_labels(folder)}
        of_labels = {word for label in known for word in WORD.findall(label)}
        of_names = {word for facts in known.values() for head, _, tail in facts[:20]
                    for word in WORD.findall(f"{head} {tail}".lower())}
        self.nouns = [sorted(w for w in words if not w.endswith(("ed", "ing", "ly"))) for words in (of_labels, of_names)]
        self.participles = sorted(w for w in of_labels | of_names if len(w) > 5 and w.endswith("ed"))

    def label(self, chance: random.Random) -> tuple[str, str]:
        """A label of random words, and the sentence that says it."""
        noun = lambda: chance.choice(self.nouns[chance.random() < 0.5])
        phrase = " ".join(noun() for _ in range(chance.choice([1, 2, 2, 2, 3])))
        done, kind = chance.choice(self.participles), chance.random()
        if kind < 0.6:
            said = forms(phrase, "")
            return phrase, said[0] if said and not WHO.search(phrase) else f"[T] is the {phrase} of [H]."
        if kind < 0.75:
            label = f"{done} {chance.choice(['', '', f'as {noun()} '])}{chance.choice(['by', 'by', 'in', 'at', 'for', 'from', 'with'])}"
            return label, f"[H] was {label} [T]."
        if kind < 0.85:
            return f"{phrase} of", f"[H] is the {phrase} of [T]."
        if kind < 0.93:
            label = f"number of {phrase}s"
            return label, f"[H] has [T] {phrase}s."
        return f"has {phrase}", f"[H] has the {phrase} [T]."


def invented(words: Words, size: int, chance: random.Random) -> list[tuple[str, str]]:
    """Up to so many labels of random words, each with its sentence; none that a relation has."""
    return [made for made in (words.label(chance) for _ in range(size)) if made[0] not in words.real]
