"""Trains the critic: `head | relation | tail`, newline, a sentence, newline, then `yes` or `no` to whether it says this
fact and nothing else, and ` yes` or ` no` to whether it is good English. Learns from Rel2Text's quality labels and from
good sentences that it breaks on purpose. Writes a folder in the PEFT layout, which convert.py turns into GGUF.

    python critic.py --shared ../../../shared/data --base MODEL.gguf --out OUT
"""

import argparse
import math
import random
from pathlib import Path

import torch
from torch import nn

import adapter
import cases
import data


def prompt(case: cases.Case) -> str:
    return "; ".join(" | ".join(fact) for fact in case.facts) + "\n"


def batches(learned, tokenizer, chance):
    """(tokens, place of the first answer, how likely each answer is yes) in batches of like length, in random order."""
    newline, yes = (tokenizer.encode(t, add_special_tokens=False)[0] for t in ("\n", "yes"))
    items = []
    for case in learned:
        start = tokenizer.encode(prompt(case), add_special_tokens=False)
        text = tokenizer.encode(case.sentence, add_special_tokens=False)
        if len(start) + len(text) <= 120:
            wanted = [math.nan if v is None else v for v in (case.true, case.english)]
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


def loss_of(words):
    """The mean cross-entropy of the answers that are known; `words` are the tokens of yes and no, of each answer."""
    def loss(model, batch):
        logs = torch.log_softmax(model.lm_head(answers(model, batch)), -1)
        wanted = torch.tensor([w for _, _, w in batch])
        known, wanted = ~wanted.isnan(), wanted.nan_to_num(0.0)
        losses = [-(wanted[:, i] * logs[:, i, yes] + (1 - wanted[:, i]) * logs[:, i, no]) for i, (yes, no) in enumerate(words)]
        return (torch.stack(losses, 1) * known).sum() / known.sum().clamp(min=1)
    return loss


def cases_of(args, chance) -> list[cases.Case]:
    people = cases.labelled(args.shared)
    people += cases.judged(args.judged, args.shared) if args.judged else []
    good = data.consensus(data.rel2text(args.shared, held_out=False))
    good += data.written(args.written, args.shared) if args.written else []
    good += data.read(args.distilled) if args.distilled else []
    good += data.first_templates(args.assets, args.shared, chance.randrange(1 << 30))
    sayings = cases.Sayings(good, data.tuples(args.shared), chance)
    some = lambda: chance.sample(good, min(args.good, len(good)))
    learned = [case for _ in range(args.epochs) for case in people + cases.made(some(), sayings)]
    return [cases.plainly_cased(case, chance) for case in learned]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="the folder of Rel2Text rows and tuples")
    parser.add_argument("--assets", type=Path, default=Path(__file__).parents[2] / "assets")
    parser.add_argument("--base", type=Path, required=True, help="SmolLM2-135M-Instruct as GGUF")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--distilled", type=Path, help="sentences of distil.py to learn from too")
    parser.add_argument("--written", type=Path, help="written.tsv, to break its sentences too")
    parser.add_argument("--judged", type=Path, help="judged.tsv, to learn from it too")
    parser.add_argument("--start", type=Path, help="a critic to go on from")
    parser.add_argument("--good", type=int, default=2500, help="good sentences to break an epoch, by lot")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=math.inf)
    parser.add_argument("--rate", type=float, default=6e-4)
    parser.add_argument("--seed", type=int, default=7)
    adapter.hardware(parser)
    parser.add_argument("--show", type=int, default=0, help="print so many cases and stop")
    args = parser.parse_args()
    if args.show:
        chance = random.Random(args.seed)
        learned = cases_of(args, chance)
        print(len(learned))
        for case in chance.sample(learned, args.show):
            print(case.true, case.english, prompt(case).strip(), "=>", case.sentence)
    else:
        adapter.start(work, args)


def work(rank: int, args):
    adapter.meet(rank, args)
    chance = random.Random(args.seed)
    torch.manual_seed(args.seed)
    model, tokenizer = adapter.load(args.base, args.start)
    torch.manual_seed(args.seed + rank)
    model.train()
    words = [[tokenizer.encode(w, add_special_tokens=False)[0] for w in pair] for pair in (("yes", "no"), (" yes", " no"))]
    adapter.train(model, batches(cases_of(args, chance), tokenizer, chance), loss_of(words), args, rank)
    if rank == 0:
        adapter.save(model, args.out)


if __name__ == "__main__":
    main()
