"""What import and export cost, beside what the sqlite3 shell and pandas need for the same on this machine.

Usage: python benches/io.py --amalrec PROGRAM [--tuples FILE] [--rows 165000] [--methods 15]

Imports FILE (default: ../shared/data/tuples.tsv; skipped where it is absent), then `rows` facts with a sentence of each
of `methods` methods, and exports one sentence a fact in every format. Times are of the wall, memory is the peak of the
process; each line is one measurement. Scores are written by SQL, since scoring is not what is measured here.
"""

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

FORMATS = ["jsonl", "csv", "parquet", "tacred", "fewrel", "docred", "webnlg", "conll04"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--amalrec", required=True)
    parser.add_argument("--tuples", default=os.path.join(os.path.dirname(__file__), "../../shared/data/tuples.tsv"))
    parser.add_argument("--rows", type=int, default=165_000)
    parser.add_argument("--methods", type=int, default=15)
    options = parser.parse_args()
    program = os.path.abspath(options.amalrec)
    with tempfile.TemporaryDirectory() as home:
        if os.path.exists(options.tuples):
            tuples(program, home, os.path.abspath(options.tuples))
        else:
            print(f"skipped: {options.tuples} is not there")
        candidates(program, home, options.rows, options.methods)
        score(home)
        for format in FORMATS:
            command = [program, "--project", "c.db", "--quiet", "export", "--out", f"out-{format}", "--format", format,
                       "--split", f"test={options.rows // 11},seed=1"]
            report(f"export {format}", options.rows, *timed(command, home, may_fail=format == "parquet"))


def tuples(program, home, path):
    with open(path, encoding="utf-8") as data:
        rows = sum(1 for _ in data) - 1
    columns = "head=subject,relation=property,tail=object"
    report("import tuples", rows, *timed([program, "--project", "t.db", "--quiet", "import", path, "--columns", columns], home))
    report("import tuples again", rows,
           *timed([program, "--project", "t.db", "--quiet", "import", path, "--columns", columns], home))
    if shutil.which("sqlite3"):
        made = "CREATE TABLE t (s, p, o, source); CREATE UNIQUE INDEX u ON t (s, p, o);"
        script = f"{made}\nCREATE INDEX h ON t (s); CREATE INDEX r ON t (p); CREATE INDEX o ON t (o);\n.mode tabs\n.import --skip 1 '{path}' t\n"
        report("sqlite3 shell, 4 indexes", rows, *timed(["sqlite3", "shell.db"], home, input=script))
    reads = f"import pandas, csv; pandas.read_csv({path!r}, sep='\\t', quoting=csv.QUOTE_NONE, dtype=str)"
    writes = ".drop_duplicates().to_sql('t', __import__('sqlite3').connect('pandas.db'), index=False)"
    try:
        __import__("pandas")
    except ImportError:
        print("pandas is not installed: not measured")
        return
    report("pandas to sqlite", rows, *timed([sys.executable, "-c", reads + writes], home))


def candidates(program, home, rows, methods):
    path = os.path.join(home, "candidates.jsonl")
    with open(path, "w", encoding="utf-8") as out:
        for row in range(rows):
            fact = {"head": f"Person {row}", "head_type": "Person", "relation": f"relation{row % 255}", "tail": f"City {row}"}
            for method in range(methods):
                text = f"{fact['head']} is known ({method}) in the {row % 977}th place, which is {fact['tail']}."
                out.write(json.dumps({**fact, "method": f"method-{method}", "text": text}) + "\n")
    command = [program, "--project", "c.db", "--quiet", "import", path, "--format", "candidates"]
    report("import candidates", rows * methods, *timed(command, home))


def score(home):
    """One sentence a fact is ranked first; what a run of the pipeline would say, without the run."""
    project = sqlite3.connect(os.path.join(home, "c.db"))
    project.executescript("""
        INSERT INTO score (candidate_id, version, sei, place)
        SELECT id, 'bench', 0.5, 1 FROM candidate WHERE method = 'method-0';
        INSERT INTO measurement (candidate_id, raw, evidence) SELECT candidate_id, '{}', '{}' FROM score;
        DELETE FROM candidate WHERE method <> 'method-0';
        UPDATE tuple SET stage = 3, status = 3, candidates = 1, best_sei = 0.5, first_method = 'method-0';
    """)
    project.close()


def timed(command, home, input=None, may_fail=False):
    """Seconds and peak megabytes of a command."""
    begun = time.monotonic()
    child = subprocess.Popen(command, cwd=home, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                             env=dict(os.environ, AMALREC_CONFIG_DIR=home + "/config", AMALREC_DATA_DIR=home + "/data"))
    if input:
        child.stdin.write(input)
    child.stdin.close()
    error = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        if may_fail:
            return None, error.strip()
        sys.exit(f"{' '.join(command)}\n{error}")
    return time.monotonic() - begun, usage.ru_maxrss / 1024


def report(what, rows, seconds, memory):
    if seconds is None:
        print(f"{what:<26} {memory}")
        return
    print(f"{what:<26} {rows:>9,} rows {seconds:8.2f} s {rows / seconds:>11,.0f} rows/s {memory:7.0f} MB", flush=True)


if __name__ == "__main__":
    main()
