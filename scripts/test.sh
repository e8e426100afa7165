#!/usr/bin/env bash
# What `make test` runs after everything is installed and built. Each part says its name; the first that fails ends it.
set -euo pipefail
cd "$(dirname "$0")/.."
step() { printf '\n== %s\n' "$1"; }

step "lint"
make --no-print-directory lint
step "verify"
make --no-print-directory verify
step "ui unit tests"
(cd ui && npm test --silent)
step "go tests with the race detector"
CGO_ENABLED=1 EARSHOT_TEST_REQUIRE=1 go test -race -shuffle=on -timeout 20m ./...
step "simulation of each provider's company"
EARSHOT_TEST_REQUIRE=1 go test -count=1 -timeout 10m -run '^TestSimulation$' ./internal/provider/...
step "browser tests against the real binary"
scripts/e2e.sh
printf '\nall tests passed\n'
