# GatherDB. `make run` builds and starts a server; `make test` builds and runs every test. Both install what is missing by apt.
.PHONY: help deps build run test dev asan tsan format clean
.DEFAULT_GOAL := help

JOBS ?= $(shell nproc)
HOST ?= 127.0.0.1
PORT ?= 5433
DATA ?= data

help:
	@echo "make run     build, start the server on $(HOST):$(PORT) with its data in ./$(DATA)"
	@echo "make test    build, run every test"
	@echo "make build   the Release server: build/release/bin/gatherdb"
	@echo "make dev     the debug build: build/dev (also: make asan, make tsan)"
	@echo "make deps    install by apt what is missing"

deps:
	@scripts/deps

build: deps
	@[ -f build/release/build.ninja ] || cmake --preset release
	@ninja -C build/release -j $(JOBS) gatherdb

run: build
	@scripts/run-server build/release/bin/gatherdb "$(HOST)" "$(PORT)" "$(DATA)"

test: deps
	@[ -f build/release/build.ninja ] || cmake --preset release
	@ninja -C build/release -j $(JOBS)
	@ctest --test-dir build/release --output-on-failure -j $(JOBS)

dev asan tsan: deps
	@[ -f build/$@/build.ninja ] || cmake --preset $@
	@ninja -C build/$@ -j $(JOBS)

format:
	@git ls-files '*.h' '*.cc' | xargs clang-format -i

clean:
	rm -rf build/dev build/release build/asan build/tsan
