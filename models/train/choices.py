"""How much a better choice among an adapter's own samples would gain: sixteen of each of evaluate.py's tuples, chosen by
their likelihood, by their likeness to the others, by what the critic says of them, and (as the limit) by the references.
What distillation could teach lies below these figures. Prints a table.

    python choices.py --shared ../../../shared/data --base MODEL.gguf --adapter FOLDER --critic FOLDER
"""

import argparse
from pathlib import Path

import torch
from sacrebleu import sentence_chrf

import adapter
import critic
import data
import distil
import evaluate

SAMPLES, TEMPERATURE, BATCH = 16, 0.8, 32


def padded(texts):
    width = max(map(len, texts))
    return torch.tensor([tokens + [0] * (width - len(tokens)) for tokens in texts])


@torch.no_grad()
def truths(model, tokenizer, asked) -> list[float]:
    """The critic's log-odds, within 4, that each (example, slot sentence) says its fact and no more."""
    newline, yes, no = (tokenizer.encode(t, add_special_tokens=False)[0] for t in ("\n", "yes", "no"))
    odds = []
    for at in range(0, len(asked), BATCH):
        batch = []
        for e, s in asked[at:at + BATCH]:
            tokens = tokenizer.encode(adapter.prompt(e), add_special_tokens=False)
            tokens += tokenizer.encode(data.fill(s, e.head, e.tail), add_special_tokens=False)
            batch.append((tokens + [newline, yes], len(tokens), None))
        logits = model.lm_head(critic.answers(model, batch))[:, 0]
        odds += (logits[:, yes] - logits[:, no]).clamp(-4, 4).tolist()
    return odds


@torch.no_grad()
def likelihoods(model, tokenizer, asked) -> list[float]:
    """The log-likelihood of each slot sentence, its end included, under the adapter that wrote it."""
    sums = []
    for at in range(0, len(asked), BATCH):
        parts = [(tokenizer.encode(adapter.prompt(e), add_special_tokens=False),
                  tokenizer.encode(s, add_special_tokens=False) + [tokenizer.eos_token_id])
                 for e, s in asked[at:at + BATCH]]
        hidden = model.model(input_ids=padded([a + b for a, b in parts]), use_cache=False).last_hidden_state
        for row, (a, b) in enumerate(parts):
            logits = torch.log_softmax(model.lm_head(hidden[row, len(a) - 1:len(a) + len(b) - 1]), -1)
            sums.append(logits.gather(1, torch.tensor(b)[:, None]).sum().item())
    return sums


def usual(drawn) -> dict[str, float]:
    """The mean chrF of each sentence to all that were drawn."""
    total = sum(drawn.values()) or 1
    return {s: sum(n * sentence_chrf(s, [other]).score for other, n in drawn.items()) / total for s in drawn}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("shared", "base", "adapter", "critic"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--size", type=int, default=200)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    distil.SAMPLES, distil.TEMPERATURE = SAMPLES, TEMPERATURE
    writer, tokenizer = evaluate.loaded(args.base, args.adapter)
    judge, _ = evaluate.loaded(args.base, args.critic)
    print("| set | chosen by | BLEU | chrF | true, says the critic |\n|---|---|---|---|---|")
    for source in ("rel2text", "webnlg"):
        rows = evaluate.sample(args.shared, source, args.size)
        examples = evaluate.as_examples(rows)
        greedy = adapter.write(writer, tokenizer, examples)
        drawn = distil.samples(writer, tokenizer, examples)
        whole = [{s: n for s, n in d.items() if s.count(data.HEAD) == s.count(data.TAIL) == 1} | {g: d.get(g, 0)}
                 for d, g in zip(drawn, greedy)]
        asked = [(e, s) for e, sentences in zip(examples, whole) for s in sentences]
        keys = [(k, s) for k, sentences in enumerate(whole) for s in sentences]
        true = dict(zip(keys, truths(judge, tokenizer, asked)))
        likely = dict(zip(keys, likelihoods(writer, tokenizer, asked)))
        alike = {(k, s): v for k, sentences in enumerate(whole) for s, v in usual(sentences).items()}
        said = {(k, s): data.fill(s, e.head, e.tail) for k, (e, sentences) in enumerate(zip(examples, whole))
                for s in sentences}
        ways = {"greedy": lambda key: key[1] == greedy[key[0]], "likelihood": likely.get, "likeness": alike.get,
                "truth": true.get, "likelihood and truth": lambda key: likely[key] + true[key],
                "all three": lambda key: likely[key] + true[key] + alike[key] / 5,
                "the references": lambda key: sentence_chrf(said[key], rows[key[0]]["references"]).score}
        for name, worth in ways.items():
            chosen = [max(((k, s) for s in sentences), key=worth) for k, sentences in enumerate(whole)]
            m = evaluate.measure(rows, [s for _, s in chosen])
            share = sum(true[key] > 0 for key in chosen) / len(chosen)
            print(f"| {source} | {name} | {m['bleu']:.1f} | {m['chrf']:.1f} | {share:.0%} |", flush=True)


if __name__ == "__main__":
    main()
