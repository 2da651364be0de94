"""Trains the small T5 from scratch: a relation label (or types, label and gloss) in, a slot sentence out. Writes a
folder that transformers loads and convert.py turns into GGUF.

    python t5.py --shared ../../../shared/data --out OUT
"""

import argparse
import csv
import json
import math
import random
import time
from pathlib import Path

import sentencepiece
import torch
from transformers import T5Config, T5ForConditionalGeneration

import data
import literal

PIECES, RATE, BATCH, WARM_UP = 2500, 8e-3, 32, 0.04
PAD, EOS = 0, 1


def typed_input(relation: str, head: str, tail: str, gloss: str) -> str:
    text = f"{head or 'thing'} | {relation} | {tail or 'thing'}"
    return (f"{text} : {gloss}" if gloss else text).lower()


class Types:
    """What is known of a relation label: its types and its gloss, from the catalogue, else from the ontology."""

    def __init__(self, assets: Path, shared: Path):
        self.known = {}
        with open(shared / "dbo_properties.tsv", encoding="utf-8") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                ends = [label_of_class(row[end]) for end in ("domain", "range")]
                self.known.setdefault(data.label(row["property"].split("/")[-1]), (*ends, ""))
        for relation in data.catalogue(assets, shared):
            ends = [data.label(relation[end]) for end in ("head_type", "tail_type")]
            for spelling in data.spellings(relation, set()):
                self.known[spelling] = (*ends, relation["gloss"])

    def input(self, relation: str, chance: random.Random | None = None) -> str:
        """The typed input; with `chance`, at times without its gloss or a type, as a relation of one's own is."""
        head, tail, gloss = self.known.get(relation, ("", "", ""))
        if chance:
            head, tail, gloss = (part if chance.random() > share else ""
                                 for part, share in ((head, 0.15), (tail, 0.15), (gloss, 0.3)))
        return typed_input(relation, head, tail, gloss)


def label_of_class(iri: str) -> str:
    """`:PopulatedPlace` -> `populated place`; a datatype or `owl:Thing` is no type here."""
    return data.label(iri[1:]) if iri.startswith(":") else ""


def pairs(args, words, chance) -> list[tuple[str, str]]:
    """One epoch of (input, sentence): Rel2Text, the catalogue's templates under every spelling of a relation, and
    literal sentences for relations outside it and for labels of random words (from a model this small, a label that it
    has never seen comes out right only if it has learned to copy). Sentences with type words go with the typed input
    only."""
    types, kept_out, made = Types(args.assets, args.shared), data.held_out_labels(args.shared), []

    def add(relation, sentence, plain=True):
        if plain:
            made.append((relation, sentence))
        if not plain or chance.random() < 0.4:
            made.append((types.input(relation, chance), sentence))

    for example in data.rel2text(args.shared, held_out=False):
        if data.is_literal(example.sentence, example.relation) or chance.random() < 1 / 2:
            add(example.relation, example.sentence)
    covered = set()
    for relation in data.catalogue(args.assets, args.shared):
        sentences = [(data.slot_template(t, relation), "_type}" in t) for t in relation["templates"]]
        for spelling in data.spellings(relation, kept_out):
            covered.add(spelling)
            add(spelling, next(s for s, typed in sentences if not typed))
            sentence, typed = chance.choice(sentences)
            add(spelling, sentence, plain=False)
    # Of a label outside the catalogue only what says its words: a model this small learns from the others to make words up.
    own = set(covered)
    for example in data.written(args.written, args.shared) if args.written else []:
        if example.relation in own or data.is_literal(example.sentence, example.relation):
            covered.add(example.relation)
            add(example.relation, example.sentence)
    for example in literal.real(args.shared, args.literal, chance.randrange(1 << 30)):
        if example.relation not in covered:
            add(example.relation, example.sentence)
    for relation, sentence in literal.invented(words, args.invented, chance):
        add(relation, sentence)
    return made


def train_pieces(made, out: Path):
    """The vocabulary: unigram pieces of inputs and sentences."""
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=(text for pair in made for text in pair), model_prefix=str(out / "spiece"),
        vocab_size=PIECES, model_type="unigram", character_coverage=1.0, pad_id=PAD, eos_id=EOS, unk_id=2, bos_id=-1,
        user_defined_symbols=[data.HEAD, data.TAIL], num_threads=1, minloglevel=2)
    return sentencepiece.SentencePieceProcessor(model_file=str(out / "spiece.model"))


def new_model(pieces) -> T5ForConditionalGeneration:
    return T5ForConditionalGeneration(T5Config(
        vocab_size=pieces.vocab_size(), d_model=256, d_kv=64, num_heads=4, d_ff=1024, num_layers=4,
        num_decoder_layers=4, dropout_rate=0.0, feed_forward_proj="relu",
        pad_token_id=PAD, eos_token_id=EOS, decoder_start_token_id=PAD, n_positions=512))


def save(model, out: Path):
    """Output and input share their embedding. transformers then scales what the decoder hands to it by 1/sqrt(d_model),
    llama.cpp does not: the factor goes into the last norm, so that sampling means the same in both."""
    model.decoder.final_layer_norm.weight.data *= model.config.d_model ** -0.5
    model.config.scale_decoder_outputs = False
    model.save_pretrained(out)
    config = json.loads((out / "config.json").read_text())
    (out / "config.json").write_text(json.dumps(config | {"tie_word_embeddings": False}, indent=1))


def padded(lists, filler):
    width = max(map(len, lists))
    return torch.tensor([items + [filler] * (width - len(items)) for items in lists])


def rate_groups(model) -> list[dict]:
    """A rate for each weight in the proportion of its size, as T5's own recipe has it: queries start eight times
    smaller than keys, embeddings sixteen times larger, and at one rate for all the attention never learns to look."""
    return [{"params": [weight], "lr": 0.0, "full": RATE * min(max(weight.detach().pow(2).mean().sqrt().item(), 1e-3), 0.5)}
            for weight in model.parameters()]


def train(model, pieces, args, words, chance):
    optimiser = torch.optim.AdamW(rate_groups(model), betas=(0.9, 0.98), weight_decay=0.0)
    began, step, epoch, total = time.time(), 0, 0, 0
    while True:
        items = [(pieces.encode(a) + [EOS], pieces.encode(b) + [EOS]) for a, b in pairs(args, words, chance)]
        chance.shuffle(items)
        items.sort(key=lambda item: (len(item[0]), len(item[1])))
        grouped = [items[i:i + BATCH] for i in range(0, len(items), BATCH)]
        chance.shuffle(grouped)
        total = total or args.epochs * len(grouped)
        for batch in grouped:
            done = max(step / total, (time.time() - began) / 60 / args.minutes)
            if done >= 1:
                return
            for group in optimiser.param_groups:
                group["lr"] = group["full"] * min(max(done, 1e-3) / WARM_UP, 0.5 * (1 + math.cos(math.pi * done)))
            inputs = padded([a for a, _ in batch], PAD)
            wanted = padded([b for _, b in batch], -100)
            logits = model(input_ids=inputs, attention_mask=(inputs != PAD).long(), labels=wanted).logits
            loss = torch.nn.functional.cross_entropy(logits.transpose(1, 2), wanted, label_smoothing=0.05)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            optimiser.zero_grad()
            if step % 100 == 0:
                print(f"epoch {epoch} step {step}/{total} loss {loss.item():.3f} {time.time() - began:.0f} s", flush=True)
            step += 1
        epoch += 1


def load(folder: Path):
    """A trained model at the precision it ships in (weights rounded to f16), and its pieces."""
    model = T5ForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()
    for weight in model.parameters():
        if weight.dim() == 2:
            weight.data = weight.data.half().float()
    return model, sentencepiece.SentencePieceProcessor(model_file=str(folder / "spiece.model"))


@torch.no_grad()
def write(model, pieces, inputs, size=64) -> list[tuple[list[int], list[int], str]]:
    """For each input its ids, the greedy output's ids with end of sequence, and the text."""
    written = []
    for at in range(0, len(inputs), size):
        ids = [pieces.encode(text) + [EOS] for text in inputs[at:at + size]]
        batch = padded(ids, PAD)
        out = model.generate(input_ids=batch, attention_mask=(batch != PAD).long(), do_sample=False, max_new_tokens=40)
        for given, row in zip(ids, out.tolist()):
            row = row[1:row.index(EOS) + 1] if EOS in row else row[1:]
            written.append((given, row, pieces.decode([i for i in row if i != EOS])))
    return written


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="the folder of Rel2Text rows and tuples")
    parser.add_argument("--assets", type=Path, default=Path(__file__).parents[2] / "assets")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--written", type=Path, help="written.tsv, to learn from it too")
    parser.add_argument("--literal", type=int, default=2500, help="literal sentences an epoch, at most")
    parser.add_argument("--invented", type=int, default=5000, help="labels of random words an epoch")
    parser.add_argument("--epochs", type=int, default=16)
    parser.add_argument("--minutes", type=float, default=math.inf)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()

    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    args.out.mkdir(parents=True, exist_ok=True)
    words = literal.Words(args.shared)
    made = pairs(args, words, random.Random(args.seed))
    pieces = train_pieces(made, args.out)
    model = new_model(pieces)
    print(f"{len(made)} pairs an epoch, {pieces.vocab_size()} pieces", flush=True)
    model.train()
    train(model, pieces, args, words, random.Random(args.seed))
    save(model, args.out)


if __name__ == "__main__":
    main()
