"""Lets a trained adapter write sentences for real tuples and keeps the usual one of each: of eight samples the one
with the highest mean chrF to the others (minimum Bayes risk). The untuned base model is asked whether the sentence
is more likely than the same with its names exchanged; where it is clearly not, the next candidate is tried. Writes
JSON lines, which critic.py learns from (--distilled).

    python distil.py --shared ../../../shared/data --base MODEL.gguf --adapter FOLDER --out FILE
"""

import argparse
import json
import multiprocessing
import random
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import torch
from sacrebleu import sentence_chrf

import adapter
import data

SAMPLES, TEMPERATURE, LONGEST, BATCH = 8, 0.7, 28, 24


def chosen_tuples(shared: Path, size: int, chance) -> list[data.Example]:
    """One tuple of each of the labels with the most tuples."""
    known = data.tuples(shared)
    plain = [r for r in known if r.isascii() and len(r.split()) <= 6 and r.replace(" ", "").replace("-", "").isalpha()]
    examples = []
    for relation in sorted(plain, key=lambda r: (-len(known[r]), r)):
        short = [t for t in known[relation][:300] if len(t[0]) + len(t[2]) < 60 and t[0] != t[2]]
        if short and len(examples) < size:
            head, _, tail = chance.choice(short)
            examples.append(data.Example(head, relation, tail, ""))
    return examples


@torch.no_grad()
def samples(model, tokenizer, examples) -> list[Counter]:
    """How often each sentence was drawn for each example. Equal beginnings are computed once."""
    model.eval()
    tokenizer.padding_side, tokenizer.pad_token = "left", tokenizer.eos_token
    drawn = [Counter() for _ in examples]
    order = sorted(range(len(examples)), key=lambda i: len(adapter.prompt(examples[i])))
    for at in range(0, len(order), BATCH):
        part = order[at:at + BATCH]
        asked = tokenizer([adapter.prompt(examples[i]) for i in part], return_tensors="pt", padding=True,
                          add_special_tokens=False)
        mask = asked["attention_mask"]
        out = model.model(input_ids=asked["input_ids"], attention_mask=mask, use_cache=True,
                          position_ids=(mask.cumsum(1) - 1).clamp(min=0))
        cache, hidden = out.past_key_values, out.last_hidden_state[:, -1]
        open_ = [(i, SAMPLES, []) for i in part]
        for _ in range(LONGEST):
            odds = torch.softmax(model.lm_head(hidden) / TEMPERATURE, -1)
            grown, parents = [], []
            for row, (i, count, tokens) in enumerate(open_):
                drawn_tokens = torch.multinomial(odds[row], count, replacement=True).tolist()
                for token, times in Counter(drawn_tokens).items():
                    if token == tokenizer.eos_token_id:
                        drawn[i][tokenizer.decode(tokens).strip()] += times
                    else:
                        grown.append((i, times, tokens + [token]))
                        parents.append(row)
            if not grown:
                break
            cache.batch_select_indices(torch.tensor(parents))
            open_, mask = grown, torch.cat([mask[parents], torch.ones(len(parents), 1, dtype=mask.dtype)], 1)
            out = model.model(input_ids=torch.tensor([[tokens[-1]] for _, _, tokens in open_]), attention_mask=mask,
                              position_ids=mask.sum(1, keepdim=True) - 1, past_key_values=cache, use_cache=True)
            cache, hidden = out.past_key_values, out.last_hidden_state[:, -1]
        print(f"sampled {at + len(part)}/{len(order)}", flush=True)
    return drawn


def ranked(drawn: Counter, relation: str) -> list[tuple[float, str]]:
    """The drawn sentences that are whole and plain, by mean chrF to the others; the score first."""
    whole = {s: n for s, n in drawn.items()
             if s.count(data.HEAD) == 1 and s.count(data.TAIL) == 1 and data.is_plain(s, relation)}
    total = sum(whole.values())
    if total < SAMPLES / 2:
        return []
    score = {s: sum(n * sentence_chrf(s, [other]).score for other, n in whole.items()) / total for s in whole}
    return sorted(((v, s) for s, v in score.items()), reverse=True)


@torch.no_grad()
def likelihoods(base, tokenizer, texts) -> list[float]:
    """The log-likelihood of each text under the untuned model."""
    sums = []
    for at in range(0, len(texts), 32):
        ids = [[tokenizer.bos_token_id] + tokenizer.encode(t, add_special_tokens=False) for t in texts[at:at + 32]]
        width = max(map(len, ids))
        tokens = torch.tensor([i + [0] * (width - len(i)) for i in ids])
        hidden = base.model(input_ids=tokens[:, :-1], use_cache=False).last_hidden_state
        for row, i in enumerate(ids):
            logits = torch.log_softmax(base.lm_head(hidden[row, :len(i) - 1]), -1)
            sums.append(logits.gather(1, torch.tensor(i[1:])[:, None]).sum().item())
    return sums


def choose(base, tokenizer, examples, lists, worst: float) -> list[data.Example]:
    """For each example its first candidate (of two) that the base finds at most `-worst` less likely than its
    exchange. Sentences without one are left out."""
    chosen, waiting = {}, [(i, 0) for i, candidates in enumerate(lists) if candidates]
    while waiting:
        waiting.sort(key=lambda w: len(examples[w[0]].head) + len(examples[w[0]].tail))
        texts = []
        for i, k in waiting:
            e, s = examples[i], lists[i][k][1]
            texts += [data.fill(s, e.head, e.tail), data.fill(data.swapped(s), e.head, e.tail)]
        odds, later = likelihoods(base, tokenizer, texts), []
        for (i, k), right, wrong in zip(waiting, odds[::2], odds[1::2]):
            e, s = examples[i], lists[i][k][1]
            if right - wrong >= worst:
                chosen[i] = data.Example(e.head, e.relation, e.tail, s, 1.0)
            elif k == 0 and len(lists[i]) > 1:
                later.append((i, 1))
        print(f"asked the base about {len(waiting)}, kept {len(chosen)}", flush=True)
        waiting = later
    return [chosen[i] for i in sorted(chosen)]


def work(args, part: int) -> list[data.Example]:
    torch.manual_seed(args.seed + part)
    torch.set_num_threads(1)
    examples = chosen_tuples(args.shared, args.size, random.Random(args.seed))[part::args.processes]
    model, tokenizer = adapter.load(args.base, args.adapter)
    lists = [ranked(d, e.relation) for d, e in zip(samples(adapter.merged(model), tokenizer, examples), examples)]
    del model
    base, _ = adapter.load(args.base)
    return choose(adapter.merged(base), tokenizer, examples, lists, args.worst)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--adapter", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--size", type=int, default=1200, help="labels, one tuple of each")
    parser.add_argument("--worst", type=float, default=-1.0, help="log-odds against the exchanged sentence, at least")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--processes", type=int, default=2, help="of one thread each")
    args = parser.parse_args()

    with multiprocessing.get_context("spawn").Pool(args.processes) as pool:
        parts = pool.starmap(work, [(args, part) for part in range(args.processes)])
    kept = [e for part in parts for e in part]
    args.out.write_text("".join(json.dumps(asdict(e), ensure_ascii=False) + "\n" for e in kept), encoding="utf-8")


if __name__ == "__main__":
    main()
