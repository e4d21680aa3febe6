#!/usr/bin/env bash
# Builds the fuzz target with a stable compiler and runs it: ./fuzz/run.sh [SECONDS]
# With a nightly compiler, `cargo +nightly fuzz run query` from this folder does the same under AddressSanitizer.
set -euo pipefail
cd "$(dirname "$0")"
host=$(rustc -vV | sed -n 's/^host: //p')
RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares" \
  cargo build --release --target "$host"
mkdir -p corpus/query artifacts/query
# Beginnings: every recorded query.
if [[ -z $(ls -A corpus/query) ]]; then
  cat ../tests/fixtures/pql/*.jsonl | python3 -c '
import hashlib, json, pathlib, sys
for line in sys.stdin:
    query = json.loads(line)["query"].encode()
    pathlib.Path("corpus/query", hashlib.sha1(query).hexdigest()).write_bytes(query)'
fi
exec "target/$host/release/query" corpus/query -dict=query.dict -artifact_prefix=artifacts/query/ \
  -timeout=5 -rss_limit_mb=2048 -max_len=4096 -max_total_time="${1:-900}" -print_final_stats=1
