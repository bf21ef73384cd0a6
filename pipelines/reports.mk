# Reports of every session in the trace store, made anew where events have come.
#
#	make -f pipelines/reports.mk -j4
#	make -f pipelines/reports.mk -j4 AGENT_TRACE_DIR=~/.agent-traces REPORTS=/tmp/reports
#
# makes $(REPORTS)/ID.explain.txt and $(REPORTS)/ID.summary.ndjson, and
# $(REPORTS)/all.summary.ndjson of all sessions. Neither path may have blanks.
# An ID that is no safe file name is that of the session's folder in the store.
# A session with lines that are not events has no report; -k makes the others.

REPORTS ?= reports
ifeq ($(AGENT_TRACE_DIR),)
AGENT_TRACE_DIR := .agent-traces
endif
export AGENT_TRACE_DIR

SHELL       := bash
.SHELLFLAGS := -o pipefail -ec
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all
all:

# The sessions there are. The list is a file of its own, replaced only when it
# changes, so that all.summary.ndjson is made anew when a session goes.
list := $(REPORTS)/sessions
ids  := $(shell set +e; mkdir -p '$(REPORTS)'; \
	( cd '$(AGENT_TRACE_DIR)' 2>/dev/null && ls -d -- */events.ndjson 2>/dev/null | sed -n 's|^\([A-Za-z0-9._~-]*\)/events.ndjson$$|\1|p' ) >'$(list).new'; \
	if cmp -s '$(list).new' '$(list)'; then rm '$(list).new'; else mv '$(list).new' '$(list)'; fi; cat '$(list)')

explained := $(ids:%=$(REPORTS)/%.explain.txt)
summaries := $(ids:%=$(REPORTS)/%.summary.ndjson)

all: $(explained) $(REPORTS)/all.summary.ndjson

# A report is as old as the events that it covers: events that come while it is
# made are newer.
define report
@touch -r '$<' '$@.time'
at-cat -- '$*' | $(1) >'$@'
@touch -r '$@.time' '$@' && rm '$@.time'
endef

$(explained): $(REPORTS)/%.explain.txt: $(AGENT_TRACE_DIR)/%/events.ndjson
	$(call report,at-explain)

$(summaries): $(REPORTS)/%.summary.ndjson: $(AGENT_TRACE_DIR)/%/events.ndjson
	$(call report,at-summary --format json)

# The names are given to cat through a pipe: there may be too many for a
# command line. They have no characters that xargs or sed would take for more.
$(REPORTS)/all.summary.ndjson: $(list) $(summaries)
	sed 's|.*|$(REPORTS)/&.summary.ndjson|' '$<' | xargs cat /dev/null >'$@'
