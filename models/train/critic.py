"""Trains the critic: `head | relation | tail`, newline, a sentence, newline, then `yes` or `no` to whether it says this
fact and nothing else, and ` yes` or ` no` to whether it is good English. Learns from Rel2Text's quality labels and from
good sentences that it breaks on purpose. Writes a folder in the PEFT layout, which convert.py turns into GGUF.

    python critic.py --shared ../../../shared/data --base MODEL.gguf --out OUT
"""

import argparse
import json
import math
import random
import re
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import nn

import adapter
import data
import spoil

# Relations that mean the same with their ends exchanged, by a word of their label.
SYMMETRIC = re.compile(r"spouse|sibling|related|twin|sister|neighbo|adjacent|border|partner|relative|friend|opponent|rival|"
                       r"associated|married|similar|same as|different|colleague|share|opposite|next to|connect")


@dataclass(frozen=True)
class Case:
    """A sentence of some facts (head, label, tail), and whether it is true to them and good English; `None` is unknown."""

    facts: tuple[tuple[str, str, str], ...]
    sentence: str
    true: bool | None
    english: bool | None


def prompt(case: Case) -> str:
    return "; ".join(" | ".join(fact) for fact in case.facts) + "\n"


def labelled(folder: Path) -> list[Case]:
    """Rel2Text's sentences with what its readers said of them, of the relations that are not kept out."""
    said = {"ok": (True, True), "corrupted": (False, None), "noisy": (None, False), "extra": (False, True)}
    cases = []
    with open(folder / "single_triple_quality.dev.jsonl", encoding="utf-8") as file:
        for row in map(json.loads, file):
            if not data.is_held_out(row["property"]):
                fact = (data.name(row["subject"]), data.label(row["property"]), data.name(row["object"]))
                cases.append(Case((fact,), " ".join(row["text"].split()), *said[row["label"]]))
    return cases


def filled(slotted: str, fact) -> str:
    return data.fill(slotted, fact[0], fact[2])


def untrue(example: data.Example, fact, pool, tails, chance) -> Case:
    """Good English that does not say its fact: another relation, the ends exchanged, another tail, a fact too many."""
    slotted, kind = example.sentence, chance.random()
    if kind < 0.35 and not SYMMETRIC.search(example.relation):
        slotted = data.swapped(slotted)
    elif kind < 0.7:
        slotted = chance.choice([e for e in chance.choices(pool, k=8) if e.relation != example.relation]).sentence
    elif kind < 0.85:
        other = chance.choice(tails.get(example.relation) or [fact[2]])
        other = other if other != fact[2] else chance.choice(pool).tail
        return Case((fact,), filled(slotted, (fact[0], "", other)), False, True)
    else:
        more = chance.choice([e for e in chance.choices(pool, k=8) if e.relation != example.relation])
        text = filled(slotted, fact)
        added = filled(more.sentence, (fact[0], "", more.tail))
        return Case((fact,), chance.choice([f"{text} {added}", f"{text.rstrip('.')} and {added}"]), False, True)
    return Case((fact,), filled(slotted, fact), False, True)


def two_facts(a: data.Example, b: data.Example, chance) -> Case:
    """Two facts of one head, said both, or one of them only."""
    first, second = (a.head, a.relation, a.tail), (a.head, b.relation, b.tail)
    said = filled(a.sentence, first)
    then = filled(b.sentence, second)
    head = data.surface(a.head)
    if chance.random() < 0.3:
        return Case((first, second), chance.choice([said, then]), False, True)
    if then.startswith(f"{head} ") and said.startswith(f"{head} ") and chance.random() < 0.7:
        joined = f"{said.rstrip('.')} and {then[len(head) + 1:]}"
    else:
        joined = f"{said} {then}"
    return Case((first, second), joined, True, None)


def plainly_cased(case: Case, chance) -> Case:
    """Now and then all in small letters, or with its marks apart, which is no fault of the writer's."""
    text = case.sentence
    if chance.random() < 0.2:
        text = text.lower()
        if chance.random() < 0.5:
            text = re.sub(r"\s*([.,'])(?=\s|$|s )", r" \1", text)
    return replace(case, sentence=text)


def made(pool, tails, chance) -> list[Case]:
    """Cases from good slot sentences: each once as it is, once untrue, once in bad English, and some with two facts."""
    cases = []
    for example in pool:
        fact = (example.head, example.relation, example.tail)
        good = filled(example.sentence, fact)
        cases.append(Case((fact,), good, True, True))
        cases.append(untrue(example, fact, pool, tails, chance))
        cases.append(Case((fact,), spoil.spoilt(example.sentence, fact, chance), None, False))
        if chance.random() < 0.25:
            cases.append(two_facts(example, chance.choice(pool), chance))
        if chance.random() < 0.15:
            fine = chance.random() < 0.5
            text = good if fine else spoil.spoilt(example.sentence, fact, chance)
            cases.append(Case((), text, None, fine))
    return cases


def batches(cases, tokenizer, chance):
    """(tokens, place of the first answer, wanted answers) in batches of like length, in random order."""
    newline, yes, no, then_yes, then_no = (tokenizer.encode(t, add_special_tokens=False)[0]
                                           for t in ("\n", "yes", "no", " yes", " no"))
    items = []
    for case in cases:
        start = tokenizer.encode(prompt(case), add_special_tokens=False)
        text = tokenizer.encode(case.sentence, add_special_tokens=False)
        if len(start) + len(text) <= 120:
            wanted = [-100 if v is None else (a if v else b)
                      for v, a, b in ((case.true, yes, no), (case.english, then_yes, then_no))]
            items.append((start + text + [newline, yes], len(start) + len(text), wanted))
    chance.shuffle(items)
    items.sort(key=lambda item: len(item[0]))
    grouped = [items[i:i + adapter.BATCH] for i in range(0, len(items), adapter.BATCH)]
    chance.shuffle(grouped)
    return grouped


def answers(model, batch):
    """The hidden states where the two answers are given, (texts, 2, width)."""
    width = max(len(tokens) for tokens, _, _ in batch)
    ids = torch.zeros(len(batch), width, dtype=torch.long)
    for row, (tokens, _, _) in enumerate(batch):
        ids[row, :len(tokens)] = torch.tensor(tokens)
    # Right padding under a causal mask needs no attention mask.
    hidden = model.model(input_ids=ids, use_cache=False).last_hidden_state
    at = torch.tensor([[place, place + 1] for _, place, _ in batch])
    return hidden[torch.arange(len(batch))[:, None], at]


def loss_of(model, batch):
    logits = model.lm_head(answers(model, batch)).flatten(0, 1)
    wanted = torch.tensor([w for _, _, w in batch]).flatten()
    return nn.functional.cross_entropy(logits, wanted, ignore_index=-100)


def cases_of(args, chance) -> list[Case]:
    people = labelled(args.shared)
    good = data.consensus(data.rel2text(args.shared, held_out=False))
    good += data.read(args.distilled) if args.distilled else []
    good += data.first_templates(args.assets, args.shared, chance.randrange(1 << 30))
    tails = {relation: [t for _, _, t in found[:200]] for relation, found in data.tuples(args.shared).items()}
    cases = [case for _ in range(args.epochs) for case in people]
    cases += made(good, tails, chance)
    return [plainly_cased(case, chance) for case in cases]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="the folder of Rel2Text rows and tuples")
    parser.add_argument("--assets", type=Path, default=Path(__file__).parents[2] / "assets")
    parser.add_argument("--base", type=Path, required=True, help="SmolLM2-135M-Instruct as GGUF")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--distilled", type=Path, help="sentences of distil.py to learn from too")
    parser.add_argument("--epochs", type=int, default=2, help="times that people's labels are seen")
    parser.add_argument("--minutes", type=float, default=math.inf)
    parser.add_argument("--rate", type=float, default=6e-4)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--processes", type=int, default=2, help="of one thread each, which share every batch")
    parser.add_argument("--show", type=int, default=0, help="print so many cases and stop")
    args = parser.parse_args()
    if args.show:
        chance = random.Random(args.seed)
        cases = cases_of(args, chance)
        print(len(cases))
        for case in chance.sample(cases, args.show):
            print(case.true, case.english, prompt(case).strip(), "=>", case.sentence)
    else:
        adapter.start(work, args)


def work(rank: int, args):
    adapter.meet(rank, args)
    chance = random.Random(args.seed)
    torch.manual_seed(args.seed)
    model, tokenizer = adapter.load(args.base)
    torch.manual_seed(args.seed + rank)
    model.train()
    adapter.train(model, batches(cases_of(args, chance), tokenizer, chance), loss_of, args, rank)
    if rank == 0:
        adapter.save(model, args.out)


if __name__ == "__main__":
    main()
