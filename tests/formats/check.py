"""Checks every format that `amalrec export` writes against the rules of those who read it.

Usage: python tests/formats/check.py AMALREC [FOLDER]

Makes a project of facts whose sentences people edited by hand (Unicode, repeated mentions, punctuation, several words),
exports it in every format, and reads it back as the reference loaders do: by their documented indices, and Parquet by
pyarrow where that is installed. With FOLDER it checks an export that is there already.
"""

import csv
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

FACTS = [
    ("Émile Zola", "Person", "notableWork", "Germinal", "Work", "{h} wrote {t}; of all he wrote, {t} is the most read."),
    ("Lima", "City", "country", "Peru", "Country", "In {h} (that is, {h} proper), {t}'s president lives."),
    ("Queen (band)", "Band", "bandMember", "Freddie Mercury", "Person", "\u201c{t}\u201d \u2013 the singer of Queen!"),
    ("東京", "City", "country", "日本", "Country", "{h}は{t}の首都です。"),
    ("naïve café", None, "location", "Málaga", "City", "The {h}, {t}'s own, isn't small."),
    ("AC/DC", "Band", "genre", "hard rock", None, "{t}: {h} (and only {h}) play it."),
    ("O'Neill & Sons", "Company", "foundedBy", "Shaun O'Neill", "Person", "{t} founded {h}, i.e. {h}."),
    ("King's College, Cambridge", "University", "location", "Cambridge", "City", "{h} is in {t}, says {t}."),
    ("e\u0301toile", None, "language", "French", None, "{h} is {t} for star."),
    ("-1,000.5", None, "unit", "m\u00b2", None, "A loss of {h}{t}."),
]
COPIES = 6
FORMATS = "jsonl,csv,tacred,fewrel,docred,webnlg,conll04"


def main():
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as home:
        if len(sys.argv) > 2:
            return check(sys.argv[2])
        make(program, home)
        for variant in ("raw", "hf"):
            folder = os.path.join(home, variant)
            export(program, home, folder, variant)
            check(folder, variant)
    print("formats: all checks passed")


def run(program, home, *arguments, refused=False):
    environment = dict(os.environ, AMALREC_CONFIG_DIR=home + "/config", AMALREC_DATA_DIR=home + "/data")
    command = [program, "--project", "p.db", "--annotator", "checker", "--quiet", *arguments]
    done = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True)
    if done.returncode != 0 and not refused:
        sys.exit(f"{' '.join(command)}: {done.returncode}\n{done.stderr}")
    return done


def make(program, home):
    with open(os.path.join(home, "facts.jsonl"), "w", encoding="utf-8") as out:
        for copy in range(COPIES):
            for head, head_type, relation, tail, tail_type, _ in FACTS:
                fact = {"head": numbered(head, copy), "head_type": head_type, "relation": relation,
                        "tail": numbered(tail, copy), "tail_type": tail_type}
                print(json.dumps(fact, ensure_ascii=False), file=out)
    run(program, home, "import", "facts.jsonl")
    number = 0
    for copy in range(COPIES):
        for head, _, _, tail, _, sentence in FACTS:
            number += 1
            said = sentence.replace("Queen", numbered("Queen", copy)).format(h=numbered(head, copy), t=numbered(tail, copy))
            run(program, home, "decide", str(number), "edit", "--confirm", said)


def numbered(name, copy):
    """The name, made another one for each copy so that splits share no entity pair."""
    if name.endswith(")"):
        return name.replace(" (", f" {copy} (") if copy else name
    return f"{name} {copy}" if copy else name


def export(program, home, folder, variant):
    plan = "test=12,dev=6,seed=3"
    formats = FORMATS + ",parquet"
    done = run(program, home, "export", "--out", folder, "--format", formats, "--split", plan, "--tacred", variant, refused=True)
    if "cannot write Parquet" in done.stderr:
        print("this build has no Parquet: not checked")
        done = run(program, home, "export", "--out", folder, "--format", FORMATS, "--split", plan, "--tacred", variant)
    assert done.returncode == 0, done.stderr


def check(folder, variant="raw"):
    manifest = load(folder, "manifest.json")
    for file in manifest["files"]:
        with open(os.path.join(folder, file["name"]), "rb") as data:
            content = data.read()
        assert hashlib.sha256(content).hexdigest() == file["sha256"] and len(content) == file["bytes"], file["name"]
    rows = {split: jsonl(folder, split) for split in manifest["splits"]["rows"]}
    for split, size in manifest["splits"]["plan"].items():
        assert len(rows[split]) == size, f"{split} has {len(rows[split])} rows, {size} were asked for"
    disjoint(rows)
    relations = sorted({row["relation"] for part in rows.values() for row in part})
    for split, part in rows.items():
        named = [row for row in part if apart(row)]
        comma_separated(folder, split, part)
        webnlg(folder, split, part)
        tacred(folder, split, named, variant)
        fewrel(folder, split, named)
        docred(folder, split, named)
        conll04(folder, split, named)
        if any(file["format"] == "parquet" for file in manifest["files"]):
            parquet(folder, split, part, relations)
    labels = load(folder, "tacred/label2id.json")
    assert labels["no_relation"] == 0 and sorted(labels.values()) == list(range(len(relations) + 1))
    assert sorted(load(folder, "fewrel/pid2name.json")) == relations
    assert sorted(load(folder, "docred/rel_info.json")) == relations
    numbers = load(folder, "docred/rel2id.json")
    assert numbers["Na"] == 0 and sorted(numbers.values()) == list(range(len(relations) + 1))
    assert sorted(load(folder, "conll04/types.json")["relations"]) == relations
    card(folder)


def load(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as data:
        return json.load(data)


def plain(text):
    """Letters without white space: tokens leave out how they were spaced."""
    return re.sub(r"\s+", "", text)


def apart(row):
    head, tail = row["head"], row["tail"]
    return head["text"] is not None and tail["text"] is not None and (head["end"] <= tail["start"] or tail["end"] <= head["start"])


def jsonl(folder, split):
    with open(os.path.join(folder, f"{split}.jsonl"), encoding="utf-8") as data:
        rows = [json.loads(line) for line in data]
    for row in rows:
        for end in (row["head"], row["tail"]):
            if end["text"] is not None:
                assert row["sentence"][end["start"]:end["end"]] == end["text"], row
    return rows


def disjoint(rows):
    seen = {}
    for split, part in rows.items():
        for row in part:
            pair = frozenset(row[end]["name"].lower() for end in ("head", "tail"))
            assert seen.setdefault(pair, split) == split, f"{pair} stands in {split} and {seen[pair]}"


def comma_separated(folder, split, rows):
    with open(os.path.join(folder, f"{split}.csv"), encoding="utf-8", newline="") as data:
        read = list(csv.DictReader(data))
    assert [row["sentence"] for row in read] == [row["sentence"] for row in rows]
    for ours, row in zip(read, rows):
        assert (ours["head"], ours["relation"], ours["tail"]) == (row["head"]["name"], row["relation"], row["tail"]["name"])
        if row["head"]["text"] is not None:
            assert row["sentence"][int(ours["head_start"]):int(ours["head_end"])] == ours["head_text"]


def webnlg(folder, split, rows):
    entries = ElementTree.parse(os.path.join(folder, f"webnlg/{split}.xml")).getroot().findall("entries/entry")
    assert len(entries) == len(rows)
    for entry, row in zip(entries, rows):
        assert set(entry.attrib) == {"category", "eid", "shape", "shape_type", "size"} and entry.get("size") == "1"
        parts = entry.findtext("modifiedtripleset/mtriple").split(" | ")
        assert [part.replace("_", " ") for part in parts[::2]] == [row["head"]["name"], row["tail"]["name"]]
        assert parts[1] == row["relation"].replace(" ", "_") and entry.findtext("lex") == row["sentence"]
        assert entry.findtext("originaltripleset/otriple") and entry.find("lex").get("lid") == "Id1"


def tacred(folder, split, rows, variant):
    """As data/loader.py of tacred-relation: ends count in the original, and not in the Hugging Face port."""
    read = load(folder, f"tacred/{split}.json")
    assert len(read) == len(rows)
    for instance, row in zip(read, rows):
        tokens = instance["token"]
        last = 1 if variant == "raw" else 0
        for name, end in (("subj", "head"), ("obj", "tail")):
            said = "".join(tokens[instance[f"{name}_start"]:instance[f"{name}_end"] + last])
            assert plain(said) == plain(row[end]["text"]), (said, row)
            assert isinstance(instance[f"{name}_type"], str)
        assert plain("".join(tokens)) == plain(row["sentence"]) and instance["relation"] == row["relation"]
        for key in ("stanford_pos", "stanford_ner", "stanford_head", "stanford_deprel"):
            assert len(instance[key]) == len(tokens), key
        heads = instance["stanford_head"]
        assert all(isinstance(head, str if variant == "raw" else int) for head in heads)


def fewrel(folder, split, rows):
    """As the FewRel toolkit: it reads item['h'][2][0], every token index of the first mention."""
    read = load(folder, f"fewrel/{split}.json")
    assert sum(map(len, read.values())) == len(rows)
    by_relation = {}
    for row in rows:
        by_relation.setdefault(row["relation"], []).append(row)
    assert sorted(read) == sorted(by_relation)
    for relation, part in by_relation.items():
        for item, row in zip(read[relation], part):
            assert set(item) == {"tokens", "h", "t"}
            for end, key in (("head", "h"), ("tail", "t")):
                name, identifier, mentions = item[key]
                assert name == row[end]["name"] and isinstance(identifier, str)
                said = "".join(item["tokens"][index] for index in mentions[0])
                assert plain(said) == plain(row[end]["text"]), (said, row)
                repeats = row["sentence"].count(row[end]["text"])
                assert 1 <= len(mentions) <= repeats, (mentions, row)


def docred(folder, split, rows):
    name = "train_annotated" if split == "train" else split
    read = load(folder, f"docred/{name}.json")
    assert len(read) == len(rows)
    for document, row in zip(read, rows):
        assert document["labels"] == [{"h": 0, "t": 1, "r": row["relation"], "evidence": [0]}]
        for vertex, end in zip(document["vertexSet"], ("head", "tail")):
            first = vertex[0]
            start, stop = first["pos"]
            assert plain("".join(document["sents"][first["sent_id"]][start:stop])) == plain(row[end]["text"])
            assert all(set(mention) == {"name", "sent_id", "pos", "type"} for mention in vertex)


def conll04(folder, split, rows):
    read = load(folder, f"conll04/{split}.json")
    types = load(folder, "conll04/types.json")
    assert len(read) == len(rows)
    for document, row in zip(read, rows):
        relation = document["relations"][0]
        for key in ("head", "tail"):
            entity = document["entities"][relation[key]]
            said = "".join(document["tokens"][entity["start"]:entity["end"]])
            assert plain(said) == plain(row[key]["text"]), (said, row)
            assert entity["type"] in types["entities"] and relation["type"] in types["relations"]
        assert isinstance(document["orig_id"], int)


def parquet(folder, split, rows, relations):
    path = os.path.join(folder, f"data/{split.replace('-', '_')}-00000-of-00001.parquet")
    try:
        from pyarrow import parquet as reader
    except ImportError:
        with open(path, "rb") as data:
            content = data.read()
        assert content.startswith(b"PAR1") and content.endswith(b"PAR1")
        print(f"pyarrow is not installed: {path} only looked at")
        return
    table = reader.read_table(path)
    features = json.loads(table.schema.metadata[b"huggingface"])["info"]["features"]
    assert features["relation"] == {"names": relations, "_type": "ClassLabel"}
    assert list(features) == table.schema.names
    read = table.to_pylist()
    for row in read:
        row["relation"] = relations[row["relation"]]
    assert read == rows, "Parquet and JSONL differ"


def card(folder):
    with open(os.path.join(folder, "README.md"), encoding="utf-8") as data:
        front = data.read().split("---\n")[1]
    try:
        import yaml
    except ImportError:
        return
    read = yaml.safe_load(front)
    for entry in read["configs"][0]["data_files"]:
        assert os.path.exists(os.path.join(folder, entry["path"])), entry
    names = next(f for f in read["dataset_info"]["features"] if f["name"] == "relation")["dtype"]["class_label"]["names"]
    assert list(names) == [str(i) for i in range(len(names))]


if __name__ == "__main__":
    main()
