#!/usr/bin/env bash
# Runs the browser tests against the real binary and a simulated Aircall, both on loopback with data of their own.
set -euo pipefail
cd "$(dirname "$0")/.."
tmp=$(mktemp -d)
pids=()
finish() { for p in "${pids[@]}"; do kill "$p" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$tmp"; }
trap finish EXIT

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
answers() { for _ in $(seq 200); do curl -sf -o /dev/null "$1" && return 0; sleep 0.1; done; echo "$1 does not answer" >&2; cat "$tmp"/*.log >&2; return 1; }

aircall=$(free_port); port=$(free_port)
export EARSHOT_DATA_DIR="$tmp/data" EARSHOT_MODELS_DIR="${EARSHOT_MODELS_DIR:-$PWD/.cache/earshot}" EARSHOT_LOG_LEVEL=warn
bin/earshot simulate aircall --listen "127.0.0.1:$aircall" > "$tmp/simulate.log" 2>&1 & pids+=($!)
EARSHOT_PUBLIC_URL="http://127.0.0.1:$port" bin/earshot serve --addr "127.0.0.1:$port" > "$tmp/serve.log" 2>&1 & pids+=($!)
answers "http://127.0.0.1:$port/readyz"
for _ in $(seq 100); do grep -q first-run "$tmp/serve.log" && grep -q simulated "$tmp/simulate.log" && break; sleep 0.1; done

export EARSHOT_E2E_URL="http://127.0.0.1:$port" EARSHOT_E2E_FIRST_RUN="$(grep -o 'http://[^ ]*first-run[^ ]*' "$tmp/serve.log")"
export EARSHOT_E2E_AIRCALL_URL="http://127.0.0.1:$aircall" EARSHOT_E2E_AIRCALL_ID=fake-id EARSHOT_E2E_AIRCALL_TOKEN=fake-token EARSHOT_E2E_PLACE_URL="http://127.0.0.1:$aircall/_simulate/place"
(cd ui && node --test --test-concurrency 1 --test-timeout 600000 --test-reporter spec e2e/*.test.mjs) || { echo "server log:" >&2; tail -n 30 "$tmp/serve.log" >&2; exit 1; }
