"""Candidates a minute by amalrec's own engine, beside the same prompts put one at a time to llama-cpp-python, or to
llama.cpp's own server.

Same model, same number of threads, and whatever either keeps of the prompt before; only the methods that ask the default
model are compared. llama-cpp-python answers through its own server (`pip install llama-cpp-python[server]==0.3.36`); the
other server is the one that `make test-http` builds. By hand:

    python3 benches/one_at_a_time.py --amalrec target/release/amalrec --python VENV/bin/python
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


def generate(args, folder: Path, name: str, extra: list[str]) -> tuple[float, int, int]:
    """Seconds of a run over a fresh demo project, and its candidates; those that failed took their time as well (a
    server that knows no grammars leaves names out)."""
    project = folder / f"{name}.db"
    amalrec(args, project, "init", "--demo")
    methods = [json.loads(line) for line in amalrec(args, project, "list", "methods", "--json").splitlines()]
    asking = [m["name"] for m in methods if m["model"] == args.model and not m["name"].startswith(("fuse-top", "amalgam"))]
    begun = time.monotonic()
    amalrec(args, project, "generate", "--limit", str(args.tuples), "--methods", ",".join(asking), *extra)
    seconds = time.monotonic() - begun
    rows = [json.loads(line) for line in amalrec(args, project, "list", "candidates", "--json", "--limit", "100000").splitlines()]
    made = [row for row in rows if row["method"] in asking]
    return seconds, len(made), sum(row["error"] is not None for row in made)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--amalrec", type=Path, required=True)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--server", type=Path, help="llama-server")
    which.add_argument("--python", type=Path, help="a Python that has llama-cpp-python with its server")
    parser.add_argument("--model", default="smollm2-135m-instruct")
    parser.add_argument("--tuples", type=int, default=20)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    path = subprocess.run([str(args.amalrec), "models", "path", args.model], capture_output=True, text=True, check=True).stdout.strip()
    with tempfile.TemporaryDirectory() as folder:
        ours = generate(args, Path(folder), "ours", ["--threads", str(args.threads)])
        where, threads = ["--host", "127.0.0.1", "--port", str(PORT)], str(args.threads)
        if args.server:
            command = [str(args.server), "-m", path, *where, "-c", "2048", "-np", "1", "--threads", threads]
        else:
            command = [str(args.python), "-m", "llama_cpp.server", "--model", path, *where, "--n_ctx", "2048",
                       "--n_threads", threads, "--n_threads_batch", threads]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            for _ in range(240):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{PORT}/v1/models", timeout=1)
                    break
                except OSError:
                    time.sleep(0.5)
            theirs = generate(args, Path(folder), "theirs", ["--engine", f"http://127.0.0.1:{PORT}", "--parallel", "1"])
            if server.poll() is not None:
                raise SystemExit(f"the server ended by itself: {' '.join(command)}")
        finally:
            server.kill()
    for name, (seconds, candidates, failed) in (("amalrec", ours), ("one at a time", theirs)):
        print(f"{name}: {candidates} candidates, {failed} of them failed, in {seconds:.0f} s, {60 * candidates / seconds:.0f} a minute")
    print(f"{(ours[1] / ours[0]) / (theirs[1] / theirs[0]):.2f} times as many")


if __name__ == "__main__":
    sys.exit(main())
