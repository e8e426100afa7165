# Everything that works on the project. `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
export CGO_ENABLED ?= 0
CACHE := $(CURDIR)/.cache/earshot
export EARSHOT_MODELS_DIR ?= $(CACHE)
export EARSHOT_TEST_MODELS ?= $(CACHE)
RACE_PKGS = $(shell go list ./... | grep -v /internal/demo/company/synth)

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: demo
demo: build models ffmpeg ## Run the product with a simulated company: users, provider, calls (ARGS="--exit-when-done --json out.json")
	bin/earshot demo --data-dir $(CACHE) $(ARGS)

.PHONY: test
test: tools models ffmpeg build ## Run all tests: Go with the race detector, UI, browser, generated files, lint
	scripts/test.sh

.PHONY: bench
bench: build models ffmpeg ## Measure accuracy and speed, write docs/benchmarks.md, and run the whole simulation
	go run ./internal/bench -data $(CURDIR)/../shared/data -out docs/benchmarks.md
	$(MAKE) --no-print-directory simulation

.PHONY: accuracy
accuracy: models ffmpeg ## Hold who said what, and that nothing is invented, against the test material
	EARSHOT_TEST_ACCURACY=1 EARSHOT_TEST_MODELS=$(CURDIR)/.cache/earshot go test -count=1 -timeout 1h -v ./internal/bench

FUZZTIME ?= 10m
.PHONY: fuzz
fuzz: ## Fuzz each parser of outside data for FUZZTIME (10m)
	scripts/fuzz.sh $(FUZZTIME)

.PHONY: api-check
api-check: build ## Call every operation with made-up and broken input (Schemathesis; EXAMPLES=25)
	scripts/api-check.sh

.PHONY: simulation
simulation: ## Let each provider's company live through 30 days and 20,000 calls
	EARSHOT_SIMULATION=whole go test -count=1 -timeout 4h -v -run '^TestSimulation$$' ./internal/provider/...

.PHONY: build
build: ui ## Build bin/earshot with the UI inside
	go build -trimpath -o bin/earshot ./cmd/earshot

.PHONY: ui
ui: ui/node_modules/.installed ## Build the UI into internal/web/dist
	cd ui && npm run --silent build
	find internal/web/dist -mindepth 1 ! -name placeholder.html -delete
	cp -R ui/dist/. internal/web/dist/

ui/node_modules/.installed: ui/package-lock.json
	cd ui && npm ci --no-audit --no-fund --loglevel=error
	touch $@

.PHONY: models
models: ## Install the speech engine into .cache (downloads 56 MB once)
	@test -f $(CACHE)/models/moonshine-tiny-en-0.1.0/manifest.json || go run ./cmd/earshot models pull

.PHONY: ffmpeg
ffmpeg: ## Install ffmpeg if it is missing
	@scripts/need.sh ffmpeg

.PHONY: tools
tools: ## Install what the tests need: PostgreSQL and Chromium
	@scripts/need.sh postgresql chromium

.PHONY: lint
lint: ## Static checks of Go and TypeScript
	@test -z "$$(gofmt -l cmd internal)" || { echo "not formatted:"; gofmt -l cmd internal; exit 1; }
	go vet ./...
	go tool staticcheck ./...
	cd ui && npm run --silent check && npm run --silent lint:api

.PHONY: generate
generate: ## Make what is generated: openapi.yaml, the UI's types, docs/providers/README.md
	go run ./cmd/earshot openapi > internal/api/openapi.yaml
	go run ./cmd/earshot providers > docs/providers/README.md
	cd ui && npm run --silent api

.PHONY: verify
verify: ## Check that what is generated is up to date
	scripts/verify.sh

.PHONY: screens
screens: build models ffmpeg tools ## Make the pictures in docs/screens
	scripts/screens.sh

.PHONY: demo-audio
demo-audio: ## Make the demo's recordings from their scripts (needs flite and ffmpeg)
	go run ./internal/demo/company/synth
