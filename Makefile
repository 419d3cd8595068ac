# Headwater. `make help` lists what can be made.
GO ?= go
# The race detector needs a C compiler; without one the tests run without it.
RACE := $(if $(shell command -v $(or $(CC),cc) gcc clang 2>/dev/null),-race,)

.PHONY: help build test vet format

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 16

build: ## build everything
	$(GO) build ./...

test: format vet ## all tests, with the race detector where a C compiler is
	$(GO) run ./store/storetest/hold $(GO) test $(RACE) ./...

vet: ## go vet
	$(GO) vet ./...

format: ## fail if a file is not formatted
	@files=$$(gofmt -s -l .); test -z "$$files" || { echo "not formatted: $$files"; exit 1; }
