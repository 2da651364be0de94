"""Candidates a minute by amalrec's own engine, beside the same prompts put one at a time to llama.cpp's own server.

The server is the one that `make test-http` builds (the sources inside llama-cpp-python), with the same model, the same
number of threads and its own prompt cache; only the methods that ask the default model are compared. By hand:

    python3 benches/one_at_a_time.py --amalrec target/release/amalrec --server target/llama-server/bin/llama-server
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

PORT = 18081


def amalrec(args, project: Path, *command: str) -> str:
    given = subprocess.run([str(args.amalrec), "--quiet", "--project", str(project), *command], capture_output=True, text=True)
    if given.returncode not in (0, 1):
        raise SystemExit(f"amalrec {' '.join(command)}: {given.stderr}")
    return given.stdout


def generate(args, folder: Path, name: str, extra: list[str]) -> tuple[float, int]:
    """Seconds and candidates of a run over a fresh demo project."""
    project = folder / f"{name}.db"
    amalrec(args, project, "init", "--demo")
    methods = [json.loads(line) for line in amalrec(args, project, "list", "methods", "--json").splitlines()]
    asking = [m["name"] for m in methods if m["model"] == args.model and not m["name"].startswith(("fuse-top", "amalgam"))]
    begun = time.monotonic()
    amalrec(args, project, "generate", "--limit", str(args.tuples), "--methods", ",".join(asking), *extra)
    seconds = time.monotonic() - begun
    rows = [json.loads(line) for line in amalrec(args, project, "list", "candidates", "--json", "--limit", "100000").splitlines()]
    return seconds, sum(row["error"] is None and row["method"] in asking for row in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--amalrec", type=Path, required=True)
    parser.add_argument("--server", type=Path, required=True)
    parser.add_argument("--model", default="smollm2-135m-instruct")
    parser.add_argument("--tuples", type=int, default=20)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    path = subprocess.run([str(args.amalrec), "models", "path", args.model], capture_output=True, text=True, check=True).stdout.strip()
    with tempfile.TemporaryDirectory() as folder:
        ours = generate(args, Path(folder), "ours", ["--threads", str(args.threads)])
        server = subprocess.Popen([str(args.server), "-m", path, "--host", "127.0.0.1", "--port", str(PORT), "-c", "2048", "-np", "1",
                                   "--threads", str(args.threads)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            for _ in range(240):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health", timeout=1)
                    break
                except OSError:
                    time.sleep(0.5)
            theirs = generate(args, Path(folder), "theirs", ["--engine", f"http://127.0.0.1:{PORT}", "--parallel", "1"])
        finally:
            server.kill()
    for name, (seconds, candidates) in (("amalrec", ours), ("one at a time", theirs)):
        print(f"{name}: {candidates} candidates in {seconds:.0f} s, {60 * candidates / seconds:.0f} a minute")
    print(f"{(ours[1] / ours[0]) / (theirs[1] / theirs[0]):.2f} times as many")


if __name__ == "__main__":
    sys.exit(main())
