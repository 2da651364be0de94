#!/usr/bin/env bash
# A real llama-server on loopback writes for a real project, through `--engine`; then it is killed on the way.
# Built once, from the sources inside llama-cpp-python's source package (some ten minutes on two cores).
set -euo pipefail
cd "$(dirname "$0")/../.."
amalrec=${1:?usage: tests/server/run.sh AMALREC}
build=${CARGO_TARGET_DIR:-target}/llama-server
version=0.3.16
port=${PORT:-18080}
mkdir -p "$build"

if [ ! -x "$build/bin/llama-server" ]; then
  if [ ! -d "$build/llama_cpp_python-$version" ]; then
    python3 -m pip download -q --disable-pip-version-check --no-deps --no-binary llama-cpp-python -d "$build" "llama-cpp-python==$version"
    tar -C "$build" -xzf "$build/llama_cpp_python-$version.tar.gz"
  fi
  source=$build/llama_cpp_python-$version/vendor/llama.cpp
  cmake -S "$source" -B "$build" -DCMAKE_BUILD_TYPE=Release -DLLAMA_CURL=OFF -DBUILD_SHARED_LIBS=OFF \
    -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_NUMBER=1 -DLLAMA_BUILD_COMMIT=vendored >"$build/cmake.log"
  cmake --build "$build" --target llama-server -j "$(nproc)" >>"$build/cmake.log"
fi

model=$("$amalrec" models path)
folder=$(mktemp -d)
serve() { "$build/bin/llama-server" -m "$model" --host 127.0.0.1 --port "$port" -c 8192 -np 4 --threads 1 >"$folder/server.log" 2>&1 & server=$!; }
wait_for_it() {
  for _ in $(seq 120); do
    if python3 -c "import urllib.request as u; u.urlopen('http://127.0.0.1:$port/health')" 2>/dev/null; then return; fi
    sleep 0.5
  done
  echo "error: llama-server does not come up; its log is $folder/server.log" >&2
  exit 1
}
trap 'kill "$server" 2>/dev/null || true' EXIT
serve
wait_for_it

project=$folder/p.db
run=("$amalrec" --quiet --project "$project")
remote=(--engine "http://127.0.0.1:$port" --parallel 4)
"${run[@]}" init --demo
"${run[@]}" generate --limit 4 --methods llm-zero,llm-few,llm-cot,context "${remote[@]}"
made=$("${run[@]}" list candidates --json)
python3 - "$made" <<'P'
import json, sys
rows = [json.loads(line) for line in sys.argv[1].splitlines()]
assert len(rows) == 16, f"{len(rows)} candidates instead of 16"
for row in rows:
    assert row["error"] is None, row
    assert row["tuple"]["head"].split(" (")[0] in row["text"] and row["text"].endswith("."), row["text"]
    assert "llama-server at http://127.0.0.1" in json.dumps(row["provenance"]), row["provenance"]
    assert row["provenance"]["model_digest"] is None, "a server tells no digest"
print(f"{len(rows)} sentences by llama-server; the first: {rows[0]['text']}")
P

# Killed on the way: what is done is kept, and the same command goes on when the server is back.
"${run[@]}" generate --limit 12 --methods llm-few,llm-cot "${remote[@]}" 2>"$folder/killed.log" &
going=$!
sleep 4
kill -9 "$server"
if wait "$going"; then echo "error: a run without its server ended well" >&2; exit 1; fi
before=$("${run[@]}" list candidates --json | wc -l)
serve
wait_for_it
"${run[@]}" generate --limit 16 --methods llm-few,llm-cot "${remote[@]}"
"${run[@]}" list candidates --json | python3 -c "
import json, sys
rows = [json.loads(line) for line in sys.stdin]
keys = [(row['tuple_id'], row['method']) for row in rows]
assert len(keys) == len(set(keys)), 'duplicates'
assert len(rows) > $before, 'nothing was gone on with'
print(f'{len(rows)} candidates after the server came back, $before before; none twice')"
