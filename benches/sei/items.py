"""The development half as items to be scored, and their measurements by the real program.

Texts about one or two facts (WebNLG's human ratings of 2017 and 2020), Rel2Text's labelled sentences of relations
that the shipped adapter was not trained on, and a sample of grammatical minimal pairs.
"""

import hashlib
import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

RATED = {"webnlg2017": (1.0, 3.0), "webnlg2020": (0.0, 100.0)}


@dataclass
class Text:
    """One sentence; `item` is what it may be compared within."""

    key: str
    source: str
    item: str
    triples: list
    text: str
    label: str = ""
    ratings: dict = field(default_factory=dict)
    references: list = field(default_factory=list)
    raw: dict | None = None

    def content(self) -> str:
        """What names it in caches: the digest of its facts and its words."""
        return digest(json.dumps(self.triples), self.text)

    def human(self) -> float:
        """The mean of its ratings, in 0..=1."""
        low, high = RATED[self.source]
        return sum((value - low) / (high - low) for value in self.ratings.values()) / len(self.ratings)


def digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def held_out(relation: str) -> bool:
    """The relations that no shipped model was trained on (models/train/README.md)."""
    return hashlib.sha256(relation.strip().lower().encode()).digest()[0] % 5 == 0


def lines(path: Path):
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def rated(data: Path) -> list[Text]:
    """What systems wrote, with people's ratings; references and empty texts are left out."""
    found = []
    for n, row in enumerate(lines(data / "human_ratings.dev.jsonl")):
        said = row["text"].strip()
        if row["source"] not in RATED or row["n_triples"] > 2 or row["is_reference"] or said in ("", "null"):
            continue
        lower = row["source"] == "webnlg2017"
        references = [text.lower() if lower else text for text in row["references"]]
        found.append(Text(f"h{n}", row["source"], row["item_id"], row["triples"], row["text"],
                          ratings=row["ratings"], references=references))
    return found


def labelled(data: Path) -> list[Text]:
    """Rel2Text's sentences and what its readers said of them."""
    found = []
    for n, row in enumerate(lines(data / "single_triple_quality.dev.jsonl")):
        if held_out(row["property"]):
            triple = [row["subject"], row["property"], row["object"]]
            found.append(Text(f"r{n}", "rel2text", f"r{n}", [triple], row["text"], label=row["label"]))
    return found


def pairs(data: Path, count: int) -> list[Text]:
    """`count` minimal pairs, those of the smallest digests; `label` is good or bad, both share an item."""
    rows = sorted(lines(data / "minimal_pairs.dev.jsonl"), key=lambda row: digest(row["good"], row["bad"]))[:count]
    return [Text(f"p{n}{side[0]}", "pairs", f"p{n}", [], row[side], label=side)
            for n, row in enumerate(rows) for side in ("good", "bad")]


def measured(amalrec: Path, texts: list[Text], cache: Path) -> list[Text]:
    """The texts with `raw`, what the program measured; kept in `cache` by content, so that it goes on where it broke
    off. Texts of one fact stand together: the program evaluates its prompts once."""
    known = {row["id"]: row["measurements"] for row in lines(cache)} if cache.exists() else {}
    at = {text.key: text.content() for text in texts}
    missing = sorted((t for t in texts if at[t.key] not in known), key=lambda t: (t.source, json.dumps(t.triples), t.key))
    cache.parent.mkdir(parents=True, exist_ok=True)
    for start in range(0, len(missing), 64):
        part = missing[start:start + 64]
        asked = [{"id": at[t.key], "triples": t.triples, "text": t.text} for t in part]
        given = run(amalrec, ["sei", "-", "--measurements"], asked)
        with cache.open("a", encoding="utf-8") as file:
            for row in given:
                file.write(json.dumps({"id": row["id"], "measurements": row["measurements"]}) + "\n")
                known[row["id"]] = row["measurements"]
        print(f"measured {start + len(part)} of {len(missing)}", flush=True)
    for text in texts:
        text.raw = known[at[text.key]]
    return texts


def scored(amalrec: Path, raws: list[dict], config: Path | None = None) -> list[dict]:
    """Scores of measurements under the shipped policy, or under that of a configuration folder."""
    extra = ["--config", str(config)] if config else []
    return run(amalrec, [*extra, "sei", "-", "--no-model"], [{"id": n, "measurements": raw} for n, raw in enumerate(raws)])


def run(amalrec: Path, command: list[str], rows: list[dict]) -> list[dict]:
    given = subprocess.run([str(amalrec), "--quiet", *command], input="".join(json.dumps(row) + "\n" for row in rows),
                           capture_output=True, text=True, encoding="utf-8")
    answers = [json.loads(line) for line in given.stdout.splitlines()]
    if given.returncode != 0 or any("error" in answer for answer in answers):
        wrong = next((a["error"] for a in answers if "error" in a), given.stderr)
        raise SystemExit(f"amalrec {' '.join(command)}: {wrong}")
    return answers


def all_texts(data: Path, pair_count: int) -> list[Text]:
    return rated(data) + labelled(data) + pairs(data, pair_count)
