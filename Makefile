# Needed: Go, git, GNU make, bash. What is built stands in bin and man.

PREFIX   ?= /usr/local
DESTDIR  ?=
FUZZTIME ?= 10s
E2E      ?= claude codex gemini

GO          ?= go
STATICCHECK ?= honnef.co/go/tools/cmd/staticcheck@v0.8.2

SHELL       := bash
.SHELLFLAGS := -o pipefail -ec
.DELETE_ON_ERROR:
.SUFFIXES:

empty    :=
space    := $(empty) $(empty)
version  := $(shell git describe --tags --always --dirty 2>/dev/null || echo '(devel)')
flags    := -trimpath -ldflags '-s -w -X agenttrace/lib/cli.Version=$(version)'
commands := $(patsubst cmd/%/main.go,%,$(wildcard cmd/*/main.go))
bins     := $(commands:%=bin/%)
pages    := $(commands:%=man/%.1)
sources  := go.mod go.sum $(shell find cmd lib -type f -not -name '*_test.go' -not -path '*/testdata/*')

.PHONY: all demo test check fmt vet staticcheck e2e-agents bench bench-cost bench-mcp e2e-mcp receiver-test receivers prices fuzz man install clean

all: $(bins)

# One run of go build makes them all.
$(bins) &: $(sources)
	$(GO) build $(flags) -o bin/ ./cmd/...
	@touch $(bins)

# The main job, on a session in testdata and on the latest of your own.
demo: $(bins)
	@PATH="$(CURDIR)/bin:$$PATH" pipelines/demo testdata/demo

# The race detector watches lib, where the goroutines of the commands are, and
# those commands that have some of their own. A busy machine may take longer than
# the ten minutes that go test gives a package. What measures runs without the
# detector.
concurrent = $(shell grep -lE '\bgo func|[.]Go.func' cmd/*/*.go | xargs -n 1 dirname | sort -u | sed 's|^|./|')
sequential = $(filter-out $(concurrent),./cmd $(commands:%=./cmd/%))

test:
	$(GO) test -timeout 1h -race ./lib/... ./pipelines/... $(concurrent)
	$(GO) test -timeout 1h $(sequential)
	$(GO) test -timeout 1h -run Linear ./lib/redact

# The layers, the manuals and the README are checked by tests.
check: fmt vet staticcheck test

fmt:
	@out=$$(gofmt -s -l cmd lib pipelines); if [[ -n $$out ]]; then echo "not formatted (gofmt -s):" $$out >&2; exit 1; fi

vet:
	$(GO) vet ./...

staticcheck:
	$(GO) run $(STATICCHECK) ./...

# The real agents, with our hooks, against a model on loopback. They come from
# npm, into a folder that is gone afterwards, or into $AT_E2E_CACHE, which keeps
# them; without npm the tests say so and are skipped. E2E=claude runs one.
e2e-agents:
	AT_E2E=1 $(GO) test ./pipelines/e2e -run '(?i)^test($(subst $(space),|,$(strip $(E2E))))' -count=1 -timeout 20m -v

# AT_BENCH_MB is how many MiB of transcripts the pipelines are measured with.
bench:
	AT_BENCH=1 $(GO) test -run '^TestBench(Redact|OTLP)?$$' -count=1 -timeout 1h -v ./pipelines
	$(GO) test -run '^$$' -bench . ./lib/...

# at-cost against ccusage, whose program is taken from npm.
bench-cost:
	AT_BENCH=1 $(GO) test ./pipelines -run TestBenchCost -count=1 -v

# The recorders of MCP with servers from npm, and the protocol's conformance suite.
e2e-mcp:
	AT_E2E=1 $(GO) test ./cmd/at-record ./cmd/at-record-http -run E2E -count=1 -v

# What they add to a call, and how much passes.
bench-mcp:
	AT_BENCH=1 $(GO) test ./cmd/at-record ./cmd/at-record-http -run TestBench -count=1 -v

# What at-otlp sends, to the receiver of the OpenTelemetry Collector: a module of
# its own, which is left out if the modules that it needs cannot be had.
receiver-test:
	@dir=$$(mktemp -d); trap 'rm -rf "$$dir"' EXIT; cd cmd/at-otlp/testdata/receiver; \
	if ! GOWORK=off $(GO) list -deps . >/dev/null 2>"$$dir/log"; then \
		cat "$$dir/log" >&2; echo "receiver-test: skipped: its modules cannot be downloaded" >&2; exit 0; \
	fi; \
	GOWORK=off CGO_ENABLED=0 $(GO) build -o "$$dir/receiver" .; cd '$(CURDIR)'; \
	AT_OTLP_RECEIVER="$$dir/receiver" $(GO) test -run '^TestReceiver' -count=1 ./cmd/at-otlp

# The same to Jaeger and VictoriaMetrics, built from their modules, and read back
# by their query APIs. The first time takes minutes; RECEIVERS keeps the programs.
RECEIVERS ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/agent-trace-receivers
receivers:
	cmd/at-otlp/testdata/receivers '$(RECEIVERS)'
	AT_OTLP_RECEIVERS='$(RECEIVERS)' $(GO) test -run '^Test(Jaeger|Victoria)' -count=1 -v ./cmd/at-otlp

# The table of prices, from the newest packages of two projects that keep them.
prices:
	d=$$(mktemp -d) && (cd $$d && npm pack --silent @pydantic/genai-prices @earendil-works/pi-ai@1.5.2) && \
	$(GO) run ./lib/price/gen -out lib/price $$d/pydantic-*.tgz $$d/earendil-*.tgz && rm -r $$d && \
	$(GO) test ./lib/price && git diff --stat lib/price/table.go

# Each fuzz target for FUZZTIME. A target that ends at its deadline may be told
# to have failed for that, without an input that fails: go.dev/issue/75804.
fuzz:
	@grep -rno --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' cmd lib | while IFS=: read -r file _ func; do \
		echo "$${file%/*} $${func#func }"; \
		out=$$($(GO) test -run '^$$' -fuzz "^$${func#func }\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x "./$${file%/*}" 2>&1 </dev/null) || { \
			echo "$$out"; \
			grep -qx ' *context deadline exceeded' <<<"$$out" && ! grep -q 'Failing input' <<<"$$out" || exit 1; \
		}; \
	done

man: $(pages)

$(pages): man/%.1: bin/%
	@mkdir -p man
	$< --help-man >$@

install: $(bins) $(pages)
	install -d $(addprefix '$(DESTDIR)$(PREFIX)'/,bin share/man/man1 share/bash-completion/completions)
	install -m 755 $(bins) '$(DESTDIR)$(PREFIX)/bin'
	install -m 644 $(pages) '$(DESTDIR)$(PREFIX)/share/man/man1'
	for c in $(commands); do bin/$$c --completion-script-bash >'$(DESTDIR)$(PREFIX)/share/bash-completion/completions/'$$c; done

clean:
	rm -rf bin man
