#!/usr/bin/env bash
# Lets Schemathesis call every operation of the API on a server of its own, as an admin, with made-up and broken input: no answer may be a
# server error, and each must be as openapi.yaml says. ARGS go to Schemathesis.
set -euo pipefail
cd "$(dirname "$0")/.."
tmp=$(mktemp -d)
finish() { kill "$pid" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$tmp"; }
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
venv=.cache/earshot/schemathesis
[ -x "$venv/bin/schemathesis" ] || { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --requirement scripts/schemathesis.txt; }

export EARSHOT_DATA_DIR="$tmp/data" EARSHOT_MODELS_DIR="$tmp/models" EARSHOT_LOG_LEVEL=error
password="correct horse battery"
bin/earshot admin create admin@company.example <<< "$password" > /dev/null
bin/earshot serve --addr "127.0.0.1:$port" > "$tmp/serve.log" 2>&1 &
pid=$!
trap finish EXIT
base="http://127.0.0.1:$port"
for _ in $(seq 200); do curl -sf -o /dev/null "$base/readyz" && break; sleep 0.1; done
curl -sf -c "$tmp/cookies" -o /dev/null -H 'Content-Type: application/json' -d "{\"email\":\"admin@company.example\",\"password\":\"$password\"}" "$base/api/v1/session"
token=$(curl -sf -b "$tmp/cookies" -H 'Content-Type: application/json' -d '{"name":"api-check"}' "$base/api/v1/account/tokens" | python3 -c 'import json, sys; print(json.load(sys.stdin)["token"])')

curl -sf -o /dev/null -X PUT -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d '{"for":"all"}' "$base/api/v1/package"

# Not called: what would take the caller's own token, or the right to call, away.
"$venv/bin/schemathesis" run internal/api/openapi.yaml --url "$base" --header "Authorization: Bearer $token" --workers 2 --no-color \
  --exclude-operation-id revoke-own-token --exclude-operation-id revoke-token --exclude-operation-id save-user --exclude-operation-id uninstall-package \
  --phases examples,coverage,fuzzing --generation-deterministic --max-examples "${EXAMPLES:-25}" \
  --checks not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance "$@" \
  || { echo "server log:" >&2; tail -n 20 "$tmp/serve.log" >&2; exit 1; }
