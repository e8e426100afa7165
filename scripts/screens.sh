#!/usr/bin/env bash
# Makes the pictures in docs/screens from a running demo.
set -euo pipefail
cd "$(dirname "$0")/.."
tmp=$(mktemp -d)
finish() { kill "$pid" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$tmp"; }
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
EARSHOT_DATA_DIR="$tmp" EARSHOT_MODELS_DIR="${EARSHOT_MODELS_DIR:-$PWD/.cache/earshot}" EARSHOT_LOG_LEVEL=warn bin/earshot demo --addr "127.0.0.1:$port" > "$tmp/demo.log" 2>&1 &
pid=$!
trap finish EXIT
for _ in $(seq 1800); do grep -q 'All calls have arrived' "$tmp/demo.log" && break; kill -0 "$pid" || { cat "$tmp/demo.log"; exit 1; }; sleep 0.1; done
export EARSHOT_E2E_URL="http://127.0.0.1:$port" EARSHOT_E2E_EMAIL=admin@earshot.example EARSHOT_E2E_PASSWORD="$(awk '/^password/{print $2}' "$tmp/demo.log")"
(cd ui && node e2e/screens.mjs "$PWD/../docs/screens")
