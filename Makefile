# Everything that a contributor runs. Each target installs what it needs first (scripts/setup).

export SWIFT ?= swift
# SwiftPM hands the traits of a package to the compiler in the order of a set; without this that order changes whenever a
# build is planned anew, as by `swift test`, and everything of this package is compiled again.
export SWIFT_DETERMINISTIC_HASHING ?= 1
# The examples, the benchmark and their tests are built too: see Package.swift.
export CELERIAC_EXAMPLES = all
# The suites that run under the thread sanitizer: those where threads meet.
TSAN_FILTER ?= 'Celeriac(Memory|SQLite|)Tests'
# So many tests at a time: all at once would wait for each other longer than any of them may take.
TESTS_AT_ONCE ?= 8
# How long the fuzzer runs.
FUZZ_SECONDS ?= 300
# What the benchmark is asked for, for example BENCH=--quick.
BENCH ?=
# KEEP=1 keeps the demo serving until Ctrl-C.
export KEEP
# What carries the messages of make bridge: redis (the default), rabbitmq, or the URL of a RabbitMQ server; and those of make
# demo: sqlite (the default), or postgres.
export BROKER
DEMO = $(if $(filter postgres,$(BROKER)),demo-postgres,demo)
# Where make install puts things.
export PREFIX DESTDIR

SOURCES = Package.swift Sources Tests Examples $(wildcard Snippets Benchmarks)

.DEFAULT_GOAL := help
.PHONY: help setup build demo bridge rqbridge test interop test-tsan fuzz bench install lint format docs clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what is missing besides the Swift toolchain
	@scripts/setup

build: setup
	@$(SWIFT) build --build-tests

# The examples build what they need, nothing else.
demo: ## Watch a user sign up: 202, states, mail, numbers (KEEP=1 keeps serving, BROKER=postgres: row and mail task commit together)
	@scripts/setup $(DEMO)
	@CELERIAC_EXAMPLES=$(DEMO) scripts/demo --build

bridge: setup ## Watch Flask ask Swift, and Swift ask Python (KEEP=1 keeps serving, BROKER=rabbitmq)
	@$(SWIFT) build --product flaskbridge
	@Examples/FlaskBridge/run

rqbridge: setup ## The same with stock RQ: Flask, a Swift worker, an rq worker (KEEP=1 keeps serving)
	@$(SWIFT) build --product rqbridge
	@Examples/RQBridge/run

# One after the other: the last two start many processes, and must not starve the rest.
test: build ## Run every test, then the live ones
	@scripts/test 25 --skip-build --experimental-maximum-parallelization-width $(TESTS_AT_ONCE) \
		--skip 'CeleriacInteropTests|CeleriacPoolTests'
	@scripts/test 10 --skip-build --filter CeleriacPoolTests
	@scripts/test 25 --skip-build --filter CeleriacInteropTests

interop: build ## Run the live checks alone, against Celery's, Flower's and RQ's own programs
	@scripts/test 25 --skip-build --filter CeleriacInteropTests

test-tsan: setup ## Run the concurrent suites under the thread sanitizer
	@CELERIAC_TSAN=1 $(SWIFT) test --sanitize=thread --scratch-path .build-tsan --filter $(TSAN_FILTER)

fuzz: setup ## Fuzz the AMQP client, guided by coverage, for FUZZ_SECONDS (300)
	@scripts/fuzz $(FUZZ_SECONDS)

bench: setup ## Measure (release build); see docs/performance.md
	@$(SWIFT) run -c release CeleriacBench $(BENCH)

install: ## Install celeriac below PREFIX (/usr/local), with completions and a manual page
	@scripts/install

lint: setup ## Check the format of every Swift file, and every Lua script
	@$(SWIFT) format lint --strict --parallel --recursive $(SOURCES)
	@scripts/lint-lua

format: ## Bring every Swift file into that format
	@$(SWIFT) format --in-place --parallel --recursive $(SOURCES)

docs: ## Build the documentation; warnings are errors
	@scripts/docs

clean: ## Delete what was built and installed here
	@rm -rf .build .build-tsan .build-fuzz .venv
