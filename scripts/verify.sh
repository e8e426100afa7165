#!/usr/bin/env bash
# Fails if a generated file differs from what its generator makes now, or go.mod is not tidy.
set -euo pipefail
cd "$(dirname "$0")/.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
go run ./cmd/earshot openapi > "$tmp/openapi.yaml"
diff -u internal/api/openapi.yaml "$tmp/openapi.yaml" || { echo "internal/api/openapi.yaml is old; run: make generate" >&2; exit 1; }
go run ./cmd/earshot providers > "$tmp/providers.md"
diff -u docs/providers/README.md "$tmp/providers.md" || { echo "docs/providers/README.md is old; run: make generate" >&2; exit 1; }
(cd ui && npx --no-install openapi-typescript ../internal/api/openapi.yaml -o "$tmp/schema.d.ts" >/dev/null 2>&1)
diff -u ui/src/api/schema.d.ts "$tmp/schema.d.ts" || { echo "ui/src/api/schema.d.ts is old; run: make generate" >&2; exit 1; }
go mod tidy -diff
(cd ui && npm run --silent size)
echo "verify: all generated files are up to date"
