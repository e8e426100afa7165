#!/usr/bin/env bash
# Fuzzes each parser of outside data for the given time. What it finds lies in testdata/fuzz of the package and fails `make test` from then on.
set -euo pipefail
cd "$(dirname "$0")/.."
time="${1:-10m}"
grep -rlE --include='*_test.go' '^func Fuzz' internal | xargs -n1 dirname | sort -u | while read -r package; do
  for fuzz in $(grep -hoE '^func Fuzz[A-Za-z0-9]+' "$package"/*_test.go | sed 's/^func //'); do
    printf '\n== %s of %s\n' "$fuzz" "$package"
    go test -run '^$' -fuzz "^$fuzz\$" -fuzztime "$time" "./$package"
  done
done
