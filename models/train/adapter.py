"""Trains the LoRA adapter: `head | relation | tail`, newline, then a slot sentence. Writes a folder in
the PEFT layout, which convert.py turns into GGUF.

    python adapter.py --shared ../../../shared/data --base MODEL.gguf --out OUT
"""

import argparse
import json
import math
import random
import tempfile
import time
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import pre_tokenizers
from torch import distributed, multiprocessing, nn
from transformers import AutoModelForCausalLM, AutoTokenizer

import data
import literal

RANK, ALPHA, BATCH, WARM_UP, DROPOUT = 16, 32, 16, 0.06, 0.05
LAYERS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


class Lora(nn.Module):
    """A frozen linear layer and its low-rank addition."""

    def __init__(self, base: nn.Linear):
        super().__init__()
        self.base = base
        self.A = nn.Parameter(torch.empty(RANK, base.in_features))
        self.B = nn.Parameter(torch.zeros(base.out_features, RANK))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))

    def forward(self, x):
        flat = x.flatten(0, -2)
        low = nn.functional.dropout(flat @ self.A.T, DROPOUT, self.training)
        return torch.addmm(self.base(flat), low, self.B.T, alpha=ALPHA / RANK).unflatten(0, x.shape[:-1])


def load(base: Path, adapter: Path | None = None):
    """The base model with fresh or trained low-rank layers, and its tokenizer."""
    tokenizer = AutoTokenizer.from_pretrained(base.parent, gguf_file=base.name)
    # The GGUF's own rule (`smollm`): digits stand alone. transformers forgets it.
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    model = AutoModelForCausalLM.from_pretrained(base.parent, gguf_file=base.name, dtype=torch.float32)
    model.requires_grad_(False)
    for module in list(model.modules()):
        for child, layer in list(module.named_children()):
            if child in LAYERS:
                setattr(module, child, Lora(layer))
    if adapter:
        trained = load_file(adapter / "adapter_model.safetensors")
        for path, layer in low_rank(model):
            layer.A.data, layer.B.data = trained[f"{path}.lora_A.weight"], trained[f"{path}.lora_B.weight"]
    return model, tokenizer


def merged(model):
    """The same model with its low-rank layers added into the base's, for writing at speed."""
    for module in list(model.modules()):
        for child, layer in list(module.named_children()):
            if isinstance(layer, Lora):
                layer.base.weight.data = layer.base.weight.data + ALPHA / RANK * layer.B.data @ layer.A.data
                setattr(module, child, layer.base)
    return model


def narrow(model):
    """The frozen layers in bfloat16, and attention step by step: its fused way back is slow in bfloat16."""
    for module in model.modules():
        if isinstance(module, Lora):
            module.base.weight.data = module.base.weight.data.bfloat16()
    model.set_attn_implementation("eager")


def low_rank(model):
    for path, layer in model.named_modules():
        if isinstance(layer, Lora):
            yield f"base_model.model.{path}", layer


def save(model, out: Path):
    """The PEFT layout, which llama.cpp's converter reads."""
    out.mkdir(parents=True, exist_ok=True)
    weights = {}
    for path, layer in low_rank(model):
        weights[f"{path}.lora_A.weight"] = layer.A.detach().contiguous()
        weights[f"{path}.lora_B.weight"] = layer.B.detach().contiguous()
    save_file(weights, out / "adapter_model.safetensors")
    (out / "adapter_config.json").write_text(json.dumps(
        {"peft_type": "LORA", "r": RANK, "lora_alpha": ALPHA, "target_modules": LAYERS, "task_type": "CAUSAL_LM"}))


def prompt(example: data.Example) -> str:
    return f"{example.head} | {data.label(example.relation)} | {example.tail}\n"


def batches(examples, tokenizer, chance):
    """(tokens, where the sentence starts, weight) in batches of like length, in random order."""
    items = []
    for example in examples:
        start = tokenizer.encode(prompt(example), add_special_tokens=False)
        end = tokenizer.encode(example.sentence, add_special_tokens=False)
        if len(start) <= 48:
            items.append((start + end + [tokenizer.eos_token_id], len(start), example.weight))
    chance.shuffle(items)
    items.sort(key=lambda item: len(item[0]))
    grouped = [items[i:i + BATCH] for i in range(0, len(items), BATCH)]
    chance.shuffle(grouped)
    return grouped


def loss_of(model, batch):
    """Weighted cross-entropy on the sentences only; logits are computed for their places only."""
    width = max(len(tokens) for tokens, _, _ in batch)
    ids = torch.zeros(len(batch), width, dtype=torch.long)
    wanted = torch.full((len(batch), width), -100)
    for row, (tokens, start, _) in enumerate(batch):
        ids[row, :len(tokens)] = torch.tensor(tokens)
        wanted[row, start - 1:len(tokens) - 1] = torch.tensor(tokens[start:])
    # Right padding under a causal mask needs no attention mask.
    hidden = model.model(input_ids=ids, use_cache=False).last_hidden_state
    places = wanted != -100
    losses = nn.functional.cross_entropy(model.lm_head(hidden[places]), wanted[places], reduction="none")
    weights = torch.tensor([weight for _, _, weight in batch])[places.nonzero()[:, 0]]
    return (losses * weights).sum() / weights.sum().clamp(min=places.sum() / 2)


def epoch_examples(human, written, args, chance):
    """One epoch: the human sentences, those of written.tsv, a few literal ones."""
    return human + written + literal.real(args.shared, args.literal, chance.randrange(1 << 30))


def share(weights, processes: int):
    """Every process ends with the mean of all processes' gradients."""
    if processes > 1:
        flat = torch.cat([w.grad.flatten() for w in weights])
        distributed.all_reduce(flat)
        for weight, part in zip(weights, flat.div_(processes).split([w.numel() for w in weights])):
            weight.grad.copy_(part.view_as(weight))


def train(model, steps, loss_of, args, rank: int):
    """One pass over the batches, or as much as the minutes allow: the rate falls with whichever is further on. Each
    process takes its part of every batch."""
    weights = [w for w in model.parameters() if w.requires_grad]
    if args.bfloat16:
        narrow(model)
    optimiser = torch.optim.AdamW(weights, lr=args.rate, weight_decay=0.01)
    began = time.time()
    for step, batch in enumerate(steps):
        done = torch.tensor(max(step / len(steps), (time.time() - began) / 60 / args.minutes))
        if args.processes > 1:
            distributed.broadcast(done, 0)
        if done >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = args.rate * min(max(done.item(), 1e-3) / WARM_UP, 0.5 * (1 + math.cos(math.pi * done.item())))
        with torch.autocast("cpu", torch.bfloat16, enabled=args.bfloat16):
            loss = loss_of(model, batch[rank::args.processes] or batch)
        loss.backward()
        share(weights, args.processes)
        nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        optimiser.zero_grad()
        if step % 10 == 0 and rank == 0:
            print(f"step {step}/{len(steps)} loss {loss.item():.3f} {time.time() - began:.0f} s", flush=True)


@torch.no_grad()
def write(model, tokenizer, examples, size=64) -> list[str]:
    """One slot sentence for each example, greedy."""
    model.eval()
    tokenizer.padding_side, tokenizer.pad_token = "left", tokenizer.eos_token
    order = sorted(range(len(examples)), key=lambda i: len(prompt(examples[i])))
    sentences = [""] * len(examples)
    for at in range(0, len(order), size):
        part = order[at:at + size]
        ids = tokenizer([prompt(examples[i]) for i in part], return_tensors="pt", padding=True,
                        add_special_tokens=False)
        out = model.generate(input_ids=ids["input_ids"], attention_mask=ids["attention_mask"], max_new_tokens=40,
                             eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.eos_token_id,
                             do_sample=False)
        for i, text in zip(part, tokenizer.batch_decode(out[:, ids["input_ids"].shape[1]:],
                                                        skip_special_tokens=True)):
            sentences[i] = text.strip()
    return sentences


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="the folder of Rel2Text rows and tuples")
    parser.add_argument("--base", type=Path, required=True, help="SmolLM2-135M-Instruct as GGUF")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="an adapter to go on from")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=math.inf)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--literal", type=int, default=80, help="literal sentences an epoch")
    parser.add_argument("--written", type=Path, help="written.tsv, to learn from it too")
    parser.add_argument("--seed", type=int, default=7)
    hardware(parser)
    start(work, parser.parse_args())


def hardware(parser):
    """What does not change what is learned, but for rounding."""
    parser.add_argument("--processes", type=int, default=2, help="of one thread each, which share every batch")
    parser.add_argument("--bfloat16", action="store_true", help="twice as fast where the processor has AMX, far slower without AVX-512")


def start(work, args):
    """Runs `work(rank, args)` in as many processes as asked for."""
    with tempfile.TemporaryDirectory() as folder:
        args.meet = f"file://{folder}/meet"
        if args.processes == 1:
            work(0, args)
        else:
            multiprocessing.spawn(work, (args,), args.processes)


def meet(rank: int, args):
    """One thread for this process, and the others found."""
    torch.set_num_threads(1)
    if args.processes > 1:
        distributed.init_process_group("gloo", init_method=args.meet, rank=rank, world_size=args.processes)


def work(rank: int, args):
    meet(rank, args)
    chance = random.Random(args.seed)
    human = data.consensus(data.rel2text(args.shared, held_out=False))
    written = data.written(args.written, args.shared) if args.written else []
    torch.manual_seed(args.seed)
    model, tokenizer = load(args.base, args.start)
    torch.manual_seed(args.seed + rank)
    model.train()
    epochs = [epoch_examples(human, written, args, chance) for _ in range(args.epochs)]
    train(model, [batch for epoch in epochs for batch in batches(epoch, tokenizer, chance)], loss_of, args, rank)
    if rank == 0:
        save(model, args.out)


if __name__ == "__main__":
    main()
