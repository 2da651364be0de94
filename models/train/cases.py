"""What the critic learns from: sentences of one or two real facts, told as they are or broken on purpose, each with how
likely a reader is to call it true to its facts, and good English."""

import csv
import json
import random
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import data
import spoil

Fact = tuple[str, str, str]

# Relations that mean the same with their ends exchanged, by a word of their label.
SYMMETRIC = re.compile(r"spouse|sibling|related|twin|sister|neighbo|adjacent|border|partner|relative|friend|opponent|rival|"
                       r"associated|married|similar|same as|different|colleague|share|opposite|next to|connect")
# A number, with its place in the text.
NUMBER = re.compile(r"\d[\d.,]*")


@dataclass(frozen=True)
class Case:
    """A sentence of some facts (head, label, tail), and how likely it is true to them, and good English, 0 to 1;
    `None` is unknown."""

    facts: tuple[Fact, ...]
    sentence: str
    true: float | None
    english: float | None


def labelled(folder: Path) -> list[Case]:
    """Rel2Text's sentences with what its readers said of them, of the relations that are not kept out."""
    said = {"ok": (1.0, 1.0), "corrupted": (0.0, None), "noisy": (None, 0.0), "extra": (0.0, 1.0)}
    cases = []
    with open(folder / "single_triple_quality.dev.jsonl", encoding="utf-8") as file:
        for row in map(json.loads, file):
            if not data.is_held_out(row["property"]):
                fact = (data.name(row["subject"]), data.label(row["property"]), data.name(row["object"]))
                cases.append(Case((fact,), " ".join(row["text"].split()), *said[row["label"]]))
    return cases


def judged(file: Path, folder: Path) -> list[Case]:
    """The texts of judged.tsv, whose facts are lines of tuples.tsv, without those about a relation kept out."""
    kept_out, known = data.held_out_labels(folder), data.lines(folder)
    found = []
    with open(file, encoding="utf-8") as rows:
        for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
            read = [known[int(line) - 1] for line in row["lines"].split()]
            facts = tuple((data.name(head), data.label(relation), data.name(tail)) for head, relation, tail, _ in read)
            if not any(label in kept_out for _, label, _ in facts):
                found.append(Case(facts, row["text"], float(row["true"]), float(row["english"])))
    return found


def filled(slotted: str, fact: Fact) -> str:
    return data.fill(slotted, fact[0], fact[2])


class Sayings:
    """Good slot sentences by relation, and real tuples of those relations, found by either end."""

    def __init__(self, examples: list[data.Example], tuples: dict[str, list[Fact]], chance: random.Random):
        self.chance, self.sentences = chance, defaultdict(list)
        # A sentence in other words than its label's may fit its own tuple alone ("is a [T] film").
        literal = [example for example in examples if data.is_literal(example.sentence, example.relation)]
        settled = {example.relation for example in literal}
        for example in literal + [example for example in examples if example.relation not in settled]:
            self.sentences[example.relation].append(example.sentence)
        self.labels = sorted(self.sentences)
        self.facts = {label: [(h, label, t) for h, _, t in tuples[label] if len(h) + len(t) < 60]
                      for label in self.labels if label in tuples}
        self.facts = {label: found for label, found in self.facts.items() if found}
        self.known = list(self.facts)
        self.of_head = defaultdict(list)
        for found in self.facts.values():
            for fact in found:
                self.of_head[fact[0]].append(fact)

    def sentence(self, relation: str) -> str:
        return self.chance.choice(self.sentences[relation])

    def elsewhere(self, relation: str) -> str:
        """A sentence of another relation."""
        return self.sentence(next(r for r in iter(lambda: self.chance.choice(self.labels), None) if r != relation))

    def fact(self) -> Fact:
        """Each relation as likely as any other."""
        return self.chance.choice(self.facts[self.chance.choice(self.known)])

    def pair(self) -> tuple[Fact, Fact]:
        """Two facts of one head, or the second about the first's tail."""
        while True:
            first = self.fact()
            end = self.chance.choice([first[0], first[0], first[2]])
            more = [f for f in self.of_head.get(end, []) if f[1] != first[1]]
            if more:
                return first, self.chance.choice(more)


def misnamed(name: str, sayings: Sayings) -> tuple[str, float]:
    """A name that went wrong, and how true its sentence still is: a letter or a digit, a word, the whole."""
    chance, words = sayings.chance, name.split()
    if number := NUMBER.search(name):
        at = number.start() + chance.randrange(len(number.group()))
        if name[at].isdigit():
            return name[:at] + str((int(name[at]) + chance.randrange(1, 10)) % 10) + name[at + 1:], 0.0
    kind = chance.random()
    if kind < 0.3 and len(name) > 4:
        at = chance.randrange(1, len(name) - 1)
        return chance.choice([name[:at] + name[at + 1:], name[:at] + name[at + 1] + name[at] + name[at + 2:],
                              name[:at] + chance.choice("aeiorst") + name[at:]]), 0.4
    if kind < 0.7 and len(words) > 1:
        at = chance.randrange(len(words))
        words[at] = chance.choice(sayings.fact()[chance.choice([0, 2])].split() or ["the"])
        return " ".join(words), 0.0
    return sayings.fact()[chance.choice([0, 2])], 0.0


def untrue(slotted: str, fact: Fact, sayings: Sayings) -> tuple[str, float]:
    """Good English that does not say its fact: the ends exchanged, another relation, another name, a fact too many, a
    sentence about something else; with how true it still is."""
    chance, kind = sayings.chance, sayings.chance.random()
    if kind < 0.3 and not SYMMETRIC.search(fact[1]):
        return filled(data.swapped(slotted), fact), 0.0
    if kind < 0.55:
        return filled(sayings.elsewhere(fact[1]), fact), 0.0
    if kind < 0.8:
        at_head = chance.random() < 0.3
        wrong, still = misnamed(data.surface(fact[0 if at_head else 2]), sayings)
        return filled(slotted, (wrong, "", fact[2]) if at_head else (fact[0], "", wrong)), still
    if kind < 0.95:
        other = sayings.fact()
        text, added = filled(slotted, fact), filled(sayings.sentence(other[1]), (fact[0], "", other[2]))
        return chance.choice([f"{text} {added}", f"{text.rstrip('.')} and {added}"]), 0.05
    other = sayings.fact()
    return filled(sayings.sentence(other[1]), other), 0.0


def broken(slotted: str, fact: Fact, chance) -> Case:
    """The same in bad English; small faults leave it true."""
    text, faults, harmless = spoil.spoilt(slotted, fact, chance)
    return Case((fact,), text, 0.95 if harmless else None, 0.1 if faults == 1 else 0.0)


def lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:] if re.match(r"(The|A|An|It|In|At|On) ", sentence) else sentence


def joined(first: str, second: str, facts: tuple[Fact, Fact], chance) -> tuple[str, float | None]:
    """Two filled sentences as one, or side by side; with how good the English is, where that is known."""
    head, other = data.surface(facts[0][0]), data.surface(facts[1][0])
    rest = second[len(other):] if second.startswith(f"{other} ") else ""
    if rest and head == other and first.startswith(f"{head} "):
        return chance.choice([(f"{first.rstrip('.')} and{rest}", 1.0), (f"{first} It{rest}", None),
                              (f"{head},{' which' + rest.rstrip('.')},{first[len(head):]}", None),
                              (f"{first} {second}", 0.8)])
    if rest and first.rstrip(".").endswith(f" {other}"):
        return chance.choice([(f"{first.rstrip('.')}, {chance.choice(['which', 'who'])}{rest}", None),
                              (f"{first} {second}", 0.8)])
    return chance.choice([(f"{first} {second}", 0.9), (f"{first.rstrip('.')} and {lowered(second)}", 0.9),
                          (f"{first.rstrip('.')}, while {lowered(second)}", None)])


def two_facts(sayings: Sayings) -> Case:
    """Two facts that share an end: both told, or something of them left out, wrong, or in bad English."""
    chance, facts = sayings.chance, sayings.pair()
    if chance.random() < 0.5:
        facts = facts[::-1]
    slotted = [sayings.sentence(fact[1]) for fact in facts]
    said, kind = [filled(s, f) for s, f in zip(slotted, facts)], chance.random()
    if kind < 0.45:
        text, english = joined(*said, facts, chance)
        return Case(facts, text, 1.0, english)
    if kind < 0.6:
        return Case(facts, chance.choice(said), 0.15, 1.0)
    wrong = chance.randrange(2)
    if kind < 0.8:
        said[wrong], still = untrue(slotted[wrong], facts[wrong], sayings)
        text, english = joined(*said, facts, chance)
        return Case(facts, text, max(0.1, still), english)
    if kind < 0.85:
        said = [untrue(s, f, sayings)[0] for s, f in zip(slotted, facts)]
        text, english = joined(*said, facts, chance)
        return Case(facts, text, 0.0, english)
    if kind < 0.88:
        return Case(facts, f"{said[wrong]} {said[wrong]}", 0.15, 0.1)
    if kind < 0.91:
        # The second fact begun with both names, its own words gone: "English Without Tears Anatole was born in ...".
        return Case(facts, f"{data.surface(facts[1 - wrong][0])} {said[wrong]}", 0.1, 0.0)
    spoilt = broken(slotted[wrong], facts[wrong], chance)
    said[wrong] = spoilt.sentence
    text, _ = joined(*said, facts, chance)
    return Case(facts, text, spoilt.true, spoilt.english)


def plainly_cased(case: Case, chance) -> Case:
    """Now and then all in small letters, with its marks apart, in quotes or without a full stop, which is no fault of
    what it says."""
    text, kind = case.sentence, chance.random()
    if kind < 0.2:
        text = text.lower()
        if chance.random() < 0.5:
            text = re.sub(r"\s*([.,'])(?=\s|$|s )", r" \1", text)
    elif kind < 0.23:
        text = f'"{text}"'
    return replace(case, sentence=text)


def made(pool: list[data.Example], sayings: Sayings) -> list[Case]:
    """Cases from good slot sentences: each as it is, untrue, and in bad English, of its own tuple or, where it
    says half of its label's words, of another; and as many of two facts."""
    cases, chance = [], sayings.chance
    for example in pool:
        fact = (example.head, example.relation, example.tail)
        free = data.is_literal(example.sentence, example.relation) and example.relation in sayings.facts
        if free and chance.random() < 0.5:
            fact = chance.choice(sayings.facts[example.relation])
        cases.append(Case((fact,), filled(example.sentence, fact), 1.0, 1.0))
        text, still = untrue(example.sentence, fact, sayings)
        cases.append(Case((fact,), text, still, None))
        cases.append(broken(example.sentence, fact, chance))
        cases.append(two_facts(sayings))
        if chance.random() < 0.5:
            cases.append(two_facts(sayings))
    return cases
