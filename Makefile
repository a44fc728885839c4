# SPDX-License-Identifier: EUPL-1.2
# Maatwerk: every task of this project. `make help` lists them.
.DEFAULT_GOAL := build
.DELETE_ON_ERROR:
SHELL := /bin/sh
PYTHON := /usr/bin/python3
SAN ?=
OUT := build/$(if $(FUZZ),fuzz,$(if $(SAN),$(if $(filter thread,$(SAN)),tsan,asan),release))

CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes -Werror -fstack-protector-strong \
          -D_GNU_SOURCE -D_FORTIFY_SOURCE=2 -DH2O_USE_LIBUV=0 -I. -I/usr/include/postgresql \
          -include lib/base/banned.h
LDLIBS := -lh2o-evloop -lpq -lhiredis -lcjson -lutf8proc -lssl -lcrypto -lz -lpthread -lm
# SAN=1: address and undefined behaviour; SAN=thread: races
ifneq ($(SAN),)
CFLAGS := $(filter-out -O2 -D_FORTIFY_SOURCE=2,$(CFLAGS)) -O1 -fno-omit-frame-pointer \
          $(if $(filter thread,$(SAN)),-fsanitize=thread,-fsanitize=address,undefined,float-cast-overflow \
          -fno-sanitize-recover=undefined) $(FUZZ:%=-fsanitize=fuzzer-no-link)
endif

LIB := $(wildcard lib/*/*.c lib/*/gen/*.c openapi/gen/*.c)
SERVICES := $(patsubst services/%/gen/main.c,%,$(wildcard services/*/gen/main.c))
WORKERS := $(patsubst workers/%/main.c,%,$(wildcard workers/*/main.c))
UNITS := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/*/test_*.c))
PROGRAMS := $(SERVICES:%=$(OUT)/bin/maatwerk-%) $(WORKERS:%=$(OUT)/bin/maatwerk-%) $(OUT)/bin/maatwerk
objects = $(patsubst %.c,$(OUT)/%.o,$(1))
folder = $(filter-out %/main.c,$(wildcard $(1)/*.c $(1)/gen/*.c $(1)/engine/*.c))

.PHONY: help build install gen run test compose-test check fmt fuzz bench bench-reads bench-figures bench-tasks bench-queue bench-inference bench-letters bench-pair verapdf chaos gates model property flips attack giant scenarios replay release docs-test clients clean programs units

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

install: ## packages that this machine lacks (Debian 12)
	@docker/install

build: programs ## all programs, in build/release/bin

programs: $(PROGRAMS)

units: $(UNITS:%=$(OUT)/test/%)

gen: ## C tables, the served contract and pages of docs/, from openapi/ and sql/
	@$(PYTHON) openapi/generate.py

run: install ## start everything and do the main job live; ONCE=1 ends after it, RESET=1 begins afresh
	@$(MAKE) --no-print-directory -s -j2 build
	@$(PYTHON) tests/run.py

test: install ## every test, or T=a file, file::name or name; ends with: N passed, N failed
	@$(PYTHON) tests/suite.py test $(T:%='%')

compose-test: ## build docker-compose.yml and use it through the proxy; needs a Docker daemon
	@$(PYTHON) tests/compose.py

check: ## test, and formatter, clang, clang-tidy, cppcheck
	@docker/install docker/packages-check.txt
	@$(PYTHON) tests/suite.py check $(T:%='%')

fmt: ## format the C code
	@clang-format -i $$(git ls-files -co --exclude-standard '*.c' '*.h' | grep -v /gen/)

fuzz: ## each fuzz target, or TARGET, for SECONDS (60)
	@docker/install docker/packages-fuzz.txt
	@tests/fuzz/run.sh $(or $(SECONDS),60) $(TARGET)

bench: install ## measured figures; lines name= ours= ref= ratio= goal=; without Go two of them are MISS
	-@docker/install docker/packages-bench.txt
	@$(MAKE) --no-print-directory -s -j2 build build/release/bench_rank build/release/bench/maatwerk-all
	@$(PYTHON) tests/bench/bench.py

bench-pair: install ## what requests cost here and in another checkout, in turns; OLD=its folder, which is built
	-@docker/install docker/packages-bench.txt
	@$(MAKE) --no-print-directory -s -j2 build
	@$(PYTHON) tests/bench/pair.py $(OLD)

bench-reads: install ## every read of the contract beside pgbench with the same statements; ONLY=a part of the name of an operation or a tag
	-@docker/install docker/packages-bench.txt
	@$(MAKE) --no-print-directory -s -j2 build
	@$(PYTHON) tests/bench/reads.py

bench-figures: install ## a figure over a million records (RECORDS): how long it takes to count, and to read
	@$(MAKE) --no-print-directory -s -j2 build
	@$(PYTHON) tests/bench/figures.py $(or $(RECORDS),1000000)

bench-tasks: install ## measured figures of work lists with 2,000 and with 200,000 open tasks, and of 20,000 reminders (READERS) in one minute
	-@docker/install docker/packages-bench.txt
	@$(MAKE) --no-print-directory -s -j2 build
	@$(PYTHON) tests/bench/tasks.py
	@$(PYTHON) tests/bench/reminders.py

bench-inference: install ## whether the time of an answer says who has a measure: two samples of CALLS (400) of each read, by people outside the wall
	@$(MAKE) --no-print-directory -s -j2 build
	@$(PYTHON) tests/bench/inference.py

bench-letters: install ## letters (LETTERS) per second through the worker of documents, and the memory of it and of LibreOffice
	@$(MAKE) --no-print-directory -s -j2 build
	@$(PYTHON) tests/bench/letters.py

verapdf: install ## veraPDF holds a page of each template to PDF/A-2b and PDF/UA-1; its jar comes from Maven Central, for this only
	@docker/install docker/packages-clients.txt
	@$(MAKE) --no-print-directory -s -j2 build
	@$(PYTHON) tests/verapdf.py

bench-queue: ## measured figures of the queue, and of BullMQ beside it
	@docker/install docker/packages-bench-queue.txt
	@$(MAKE) --no-print-directory -s -j2 build build/release/bin/maatwerk-chaos
	@$(PYTHON) tests/bench/bench_queue.py

chaos: install ## JOB=main, queue, calls, operators, reminders, mail or notifications: everything is killed while work is done; placements: 2,000 of them in two years; MUTANTS=1 tests the gates
	@$(MAKE) --no-print-directory -s -j2 build $(OUT)/bin/maatwerk-chaos $(if $(SAN),,build/release/flaky.so)
	@MAATWERK_BIN=$${MAATWERK_BIN:-$(OUT)/bin} $(PYTHON) tests/chaos/$(if $(MUTANTS),mutants,chaos_$(or $(JOB),main)).py

GATES := recovery scheduler ordering unique fairness priority drain poison
gates: install ## GATE=recovery, scheduler, ordering, unique, fairness, priority, drain or poison: what the queue promises; or all
	@$(MAKE) --no-print-directory -s -j2 build build/release/bin/maatwerk-chaos build/release/clock_shift.so
	@status=0; for gate in $(or $(GATE),$(GATES)); do $(PYTHON) tests/gates/$$gate.py || status=1; done; exit $$status

model: ## every state of the queue's protocol, and each mutant: MUTANT=name TRACE=1 shows the way to what is wrong
	@$(MAKE) --no-print-directory -s build/release/model
	@build/release/model $(if $(MUTANT),--mutant $(MUTANT)) $(if $(TRACE),--trace)

property: install ## NOUN=queue (SEQUENCES, 10000) or main (HISTORIES, 2000): random ones by SEED (1) on the product and on a reference in memory; MUTANTS=1 tests the comparison
	@$(MAKE) --no-print-directory -s -j2 $(if $(filter main,$(NOUN)),build,build/release/bin/maatwerk)
	@$(PYTHON) tests/property/$(if $(filter main,$(NOUN)),main.py $(or $(HISTORIES),2000),sequences.py $(or $(SEQUENCES),10000)) $(or $(SEED),1) $(if $(MUTANTS),mutants)

flips: ## turns every bit of the built tables of rights around: tests/rights.tsv must differ from each
	@FLIPS=1 $(PYTHON) -m pytest -q -p no:cacheprovider tests/checks/test_rights_table.py

attack: install ## what attackers try, on an installation of its own; ONLY=name, SHORT=1; ends with: N held, 0 got through
	@$(MAKE) --no-print-directory -s -j2 build
	@$(PYTHON) tests/attack/attack.py

giant: install ## a copy of the tree with 200 operations, 40 nouns and 10 services more is built, and all of them serve
	@$(PYTHON) tests/giant/giant.py

scenarios: install ## real ways of working, step by step, and the figures that come out of them; TENTH=1 does a tenth of what is many
	@$(MAKE) --no-print-directory -s -j2 build
	@$(PYTHON) tests/scenarios/tell.py

replay: install ## 2,000 decisions over five versions of the rules are reckoned again by programs that gcc and clang built
	@docker/install docker/packages-fuzz.txt
	@$(MAKE) --no-print-directory -s -j2 CC=gcc OUT=build/gcc build/gcc/bin/maatwerk
	@$(MAKE) --no-print-directory -s -j2 CC=clang OUT=build/clang build/clang/bin/maatwerk
	@REPLAY_ALSO='build/gcc/bin build/clang/bin' $(PYTHON) tests/suite.py test test_decision_replay

release: gen ## the contract as it is becomes the released one, which later ones may not break (openapi/released.json)
	@$(PYTHON) openapi/release.py

docs-test: install ## the page of the API in a headless browser: every GET tried, rights shown, no error on the console, on a phone too
	@docker/install docker/packages-browser.txt
	@$(MAKE) --no-print-directory -s -j2 build
	@$(PYTHON) -m pytest -q -p no:cacheprovider tests/browser

clients: ## generate clients of the contract with seven generators, compile them, let them read answers; ONLY=java makes one
	@docker/install docker/packages-clients.txt
	@$(PYTHON) tests/clients/clients.py $(ONLY)

clean: ## remove what was built (var/ stays)
	@rm -rf build

$(OUT)/%.o: %.c Makefile
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) -MMD -MP -c $< -o $@

$(OUT)/lib/server/documents.o: openapi/gen/openapi.json openapi/gen/openapi.yaml

$(OUT)/libmaatwerk.a: $(call objects,$(LIB))
	@rm -f $@ && ar rcs $@ $^

define program
$(OUT)/bin/maatwerk-$(2): $(call objects,$(wildcard $(1)/$(2)/main.c $(1)/$(2)/gen/main.c) $(call folder,$(1)/$(2)))
endef
$(foreach s,$(SERVICES),$(eval $(call program,services,$(s))))
$(foreach w,$(WORKERS),$(eval $(call program,workers,$(w))))
$(OUT)/bin/maatwerk-all: $(call objects,$(foreach s,$(SERVICES),$(call folder,services/$(s))))
$(OUT)/bin/maatwerk: $(call objects,services/cli/main.c $(call folder,services/cli))
$(PROGRAMS): $(OUT)/libmaatwerk.a
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(filter %.o,$^) $(OUT)/libmaatwerk.a $(LDLIBS) -o $@

$(OUT)/bin/maatwerk-notifications: LDLIBS += -lcurl

# The matching engine alone, timed.
$(OUT)/bench_rank: $(call objects,tests/bench/bench_rank.c $(wildcard workers/matching/engine/*.c)) $(OUT)/libmaatwerk.a
	@$(CC) $(CFLAGS) $^ $(LDLIBS) -o $@

# The services without the processing log: what the log costs is measured beside them.
$(OUT)/bench/maatwerk-all: $(call objects,services/all/gen/main.c tests/bench/unlogged.c $(foreach s,$(SERVICES),$(call folder,services/$(s)))) \
                           $(OUT)/libmaatwerk.a
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(filter %.o,$^) $(OUT)/libmaatwerk.a $(LDLIBS) -o $@

# The worker of the chaos run: a worker like any other, with jobs that are made to fail.
$(OUT)/bin/maatwerk-chaos: $(OUT)/tests/chaos/worker.o $(OUT)/libmaatwerk.a
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $< $(OUT)/libmaatwerk.a $(LDLIBS) -o $@

# Preloaded into programs: a wrong clock, a bad network.
$(OUT)/clock_shift.so: tests/gates/clock_shift.c
$(OUT)/flaky.so: tests/chaos/flaky.c
$(OUT)/%.so:
	@$(CC) -O2 -Wall -D_GNU_SOURCE -shared -fPIC $< -o $@

# The model of the queue stands alone.
$(OUT)/model: $(call objects,$(wildcard tests/model/*.c))
	@$(CC) $(CFLAGS) $^ -o $@

# A unit test links everything that it may look at: the library, the rules of the services, the matching engine.
RULES := $(filter-out services/all/% %/main.c,$(wildcard services/*/*.c services/*/gen/*.c workers/matching/engine/*.c)) \
         $(addprefix workers/dispatcher/,stream_reply.c carried.c window.c) \
         $(addprefix workers/notifications/,ack.c http.c mail.c proof.c public.c reply.c report.c setting.c sign.c) \
         $(addprefix workers/documents/,fill.c letters.c marks.c odt.c odt_xml.c office.c pdf.c sandbox.c sandbox_files.c gen/templates.c)
$(OUT)/test/%: $(OUT)/tests/unit/%.o $(OUT)/librules.a $(OUT)/libmaatwerk.a
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $< $(OUT)/librules.a $(OUT)/libmaatwerk.a -lcmocka -lcurl $(LDLIBS) -o $@
$(OUT)/librules.a: $(call objects,$(RULES))
	@rm -f $@ && ar rcs $@ $^

-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
