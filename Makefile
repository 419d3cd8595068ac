# Headwater. `make help` lists what can be made.
GO ?= go
LINT := $(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
# The race detector needs a C compiler; without one the tests run without it.
RACE := $(if $(shell command -v $(or $(CC),cc) gcc clang 2>/dev/null),-race,)

.DEFAULT_GOAL := help
.PHONY: help browser build demo check check-long test test-race bench bench-corpus bench-quick soak attack check-api sdk sdk-go sdk-typescript sdk-test sdk-test-go sdk-test-typescript google-test proxy-test pooler-test citus-test release release-test web web-test vet format lint postgresql nginx

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 16

build: ## build bin/headwater
	$(GO) build -o bin/headwater ./cmd/headwater

demo: build postgresql ## build, import an invented story, show one claim, and serve it until interrupted
	bin/headwater demo

check: format lint postgresql ## format, lint, vet, and the tests of what changed, without the race detector: while working
	@packages=$$(.ci/changed) && if test -n "$$packages"; then set -x; $(GO) vet $$packages && \
		$(GO) run ./store/storetest/hold $(GO) test $$packages; fi

# Properties are tried with RAPID_CHECKS cases each; tests that ask for a long run themselves read HEADWATER_LONG.
FUZZTIME ?= 1m

check-long: postgresql ## the tests with many more cases, and each fuzz target for FUZZTIME (1m)
	HEADWATER_LONG=1 RAPID_CHECKS=$(or $(RAPID_CHECKS),5000) $(GO) run ./store/storetest/hold $(GO) test -timeout 2h ./...
	@for package in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo "$$package $$target" && $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$package || exit 1; \
		done; \
	done

test: format vet lint postgresql ## all checks and all tests
	$(GO) run ./store/storetest/hold $(GO) test -timeout 60m ./...

# Only where several things run at once can there be a race. Of the API and the commands these are what several clients ask at once, what
# follows, and what ends or fails in the middle; of the store what several write, and what goes through its pipelines. Properties are tried
# with fewer cases, and nothing is measured: make test does all of it.
ATONCE = $(filter-out ./store,$(shell grep -rlE '"sync(/atomic)?"|sync/errgroup"|^\s*go [a-z]' --include='*.go' --exclude='*_test.go' \
	--exclude-dir=sdk --exclude-dir=node_modules --exclude-dir=api --exclude-dir=cmd --exclude-dir=bench --exclude-dir=attack . | xargs -n1 dirname | sort -u))
SERVED := Serve|Service|Desk|Standby|Follow|Stream|Killed|Interrupt|Concurrent|Repeats|Slow|HalfSent|Requests|BroughtBack|Webhook|Connections
SERVED := $(SERVED)|Backup|Session|Shared|Cached|Idempotency|Rate|Share|Lease|OneOfTwo|Effects|Wait|CutOff|Import|Export|Memory|Cards|Impact

STORED := Concurrent|Contended|Beside|Late|Everybody|Follow|Lease|Forget|Stop|Quote|Reprint|LargeImport|LargeTexts|ManyPages|ComesInAgain
STORED := $(STORED)|StillValidIs|Refuse|Faults|KeepGoing

test-race: postgresql ## the tests of what runs at once with the race detector, where a C compiler is
	RAPID_CHECKS=$(or $(RAPID_CHECKS),20) $(GO) run ./store/storetest/hold \
		sh -c '$(GO) test -timeout 60m $(RACE) $(ATONCE) && $(GO) test -timeout 60m $(RACE) -run "$(STORED)" ./store && \
		$(GO) test -timeout 60m $(RACE) -run "$(SERVED)" ./api ./cmd/headwater'

# The linters of the document come with npx, which Node has. They need no account, and ask nothing of the network but the packages.
SPECTRAL := npx --yes @stoplight/spectral-cli@6.16.3
REDOCLY := REDOCLY_TELEMETRY=off npx --yes @redocly/cli@2.77.0

API_TESTS ?= .

check-api: postgresql ## hold the OpenAPI documents to the service, to the linters and to the last release; needs Node
	$(GO) run ./store/storetest/hold $(GO) test -count=1 -run '$(API_TESTS)' ./api
	$(SPECTRAL) lint --fail-severity=hint --ruleset openapi/spectral.yaml openapi/openapi.json openapi/openapi-3.0.json
	$(REDOCLY) lint --config openapi/redocly.yaml --max-problems 20 openapi/openapi.json openapi/openapi-3.0.json
	cd openapi/gate && $(GO) vet ./... && $(GO) test -count=1 ./...

# Run from its own module, so that who uses the client is not asked for what makes it.
OAPI_CODEGEN := $(GO) run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2

sdk: sdk-go sdk-typescript ## make the clients anew from the OpenAPI document

sdk-go:
	cd sdk/go && $(OAPI_CODEGEN) --config oapi-codegen.yaml ../../openapi/openapi-3.0.json

sdk-test: sdk-test-go sdk-test-typescript ## lint the clients, and test them against a real service with the demo's story

sdk-test-go: postgresql
	cd sdk/go && $(GO) vet ./... && $(LINT) run && $(GO) test -count=1 ./...

sdk-typescript: sdk/typescript/node_modules
	cd sdk/typescript && npm run generate

sdk-test-typescript: sdk/typescript/node_modules postgresql
	cd sdk/typescript && npm test

sdk/typescript/node_modules: sdk/typescript/package.json sdk/typescript/package-lock.json sdk/typescript/.npmrc
	cd sdk/typescript && npm ci
	touch $@

pooler-test: postgresql ## try the commands through a real PgBouncer, which must be installed
	$(GO) vet -tags pooler ./cmd/headwater && $(GO) test -tags pooler -count=1 -run Pooler ./cmd/headwater

# The programs of a PostgreSQL that has Citus, in a folder of their own; it is packaged nowhere here, and no part of CI.
CITUS_BIN ?=

citus-test: postgresql ## hold two desks on a coordinator and two workers of Citus to plain PostgreSQL; CITUS_BIN has its programs
	@test -x "$(CITUS_BIN)/initdb" || { echo "CITUS_BIN is \"$(CITUS_BIN)\"; expected the folder with initdb and postgres of a" \
		"PostgreSQL that has Citus, such as: make citus-test CITUS_BIN=/usr/lib/postgresql/17/bin" >&2; exit 1; }
	$(GO) vet -tags citus ./cmd/headwater && CITUS_BIN="$(CITUS_BIN)" $(GO) test -tags citus -count=1 -v -run Citus ./cmd/headwater

web: web/node_modules ## build the page anew into web/dist; needs Node
	cd web && npm run build

# Files of web/test to run; all if empty.
WEB_TESTS ?=

web-test: build web/node_modules postgresql browser ## try the page in a real browser, against a service of its own with the demo's story
	cd web && npm test -- $(WEB_TESTS)

web/node_modules: web/package.json web/package-lock.json web/.npmrc
	cd web && npm ci
	touch $@

# The browser is the system's; root on a Debian-like system needs not have it. Chromium's shell does with less; where it cannot be had, a
# whole one will do. The fonts make the same pictures everywhere.
browser:
	@if ! command -v chromium-headless-shell >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update && DEBIAN_FRONTEND=noninteractive \
			apt-get install -y --no-install-recommends chromium-headless-shell fonts-noto-core || command -v chromium >/dev/null; \
	fi

google-test: build postgresql interop/google/node_modules ## search a real service with Google's own clients of its Fact Check Tools API; needs Node
	cd interop/google && $(GO) vet ./... && $(LINT) run && $(GO) test -count=1 ./...

interop/google/node_modules: interop/google/package.json interop/google/package-lock.json interop/google/.npmrc
	cd interop/google && npm ci
	touch $@

SIZE ?= 1000000

bench: postgresql ## measure against ceilings, with SIZE attributions (1000000); writes docs/performance.md
	$(GO) run ./bench -size $(SIZE)

bench-quick: postgresql ## the same with 100000 attributions, in some minutes
	$(GO) run ./bench -size 100000 -rounds 2 -loads 1 -length 1s

CHAINS ?= 577000

bench-corpus: postgresql ## load a corpus of CHAINS chains (577000, the largest that is known) and report on all its claims
	$(GO) run ./bench -corpus -size $(CHAINS)

SOAK ?= 10m

soak: postgresql ## load the service with a mixture of requests for SOAK (10m); writes docs/soak.svg and its lines of docs/performance.md
	$(GO) run ./bench -size 100000 -soak $(SOAK)

attack: postgresql ## send a real service what has brought services down; exit status 1 where a bound is broken; in five minutes
	$(GO) run ./attack

proxy-test: postgresql nginx ## put nginx, which must be installed, before a real service
	$(GO) vet -tags proxy ./cmd/headwater && $(GO) test -tags proxy -count=1 -run Nginx ./cmd/headwater

vet: ## go vet
	$(GO) vet ./...

format: ## fail if a file is not formatted
	@files=$$(gofmt -s -l .); test -z "$$files" || { echo "not formatted: $$files"; exit 1; }

lint: ## golangci-lint, built from source at a fixed version
	$(LINT) run

release: sdk/typescript/node_modules ## make what people install, in dist/: programs, Debian packages, the clients' packages; needs Node
	$(GO) run ./release

release-test: release ## install what dist/ has where nothing else is: root on Debian, with debootstrap
	@command -v debootstrap >/dev/null || { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends debootstrap; }
	$(GO) vet -tags release ./release && $(GO) test -tags release -count=1 ./release

# Root on a Debian-like system needs not have nginx: the package is installed. It is for proxy-test alone.
nginx:
	@if ! command -v nginx >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends nginx-light; \
	fi

# A private PostgreSQL needs the server's programs. Where root runs this on a Debian-like system they are installed;
# anywhere else the program says which command does it. With DATABASE_URL set, make demo and make test still use a private one.
postgresql:
	@if command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 \
		|| test -x "$$(pg_config --bindir 2>/dev/null)/initdb"; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "No PostgreSQL server is installed; installing the package postgresql with apt-get."; \
		apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends postgresql; \
	fi
