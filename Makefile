# muster: what to type. Every target installs what it needs and says what takes long.

PREFIX ?= /usr/local
CONFIG := config
DEMO := .demo
DEMO_TIME := 2026-11-24T09:00:00Z
DEMO_CHOICES := "assessment engagement assessment leadership engagement wellbeing assessment reading"
DEMO_QUESTION := "What helps our youngest children to settle to learning by the end of autumn?"
# Second thoughts about a no are waited for until then.
SERVED_TIME := 2026-11-24T09:20:00Z
# The program brings Swift along; every other library is the system's, and only looked for there.
BUILD := swift build -c release --static-swift-stdlib --disable-local-rpath --product
MUSTER := .build/release/muster
EXTRAS := .build/extras
DEB := .build/deb
PYTHON := .venv/bin/python
TEST_LOG := .build/test.log
ORTOOLS := .venv/bin/ortools-is-there
PLANNING := Tests/MusterBenchmarks/Planning
PLANNER := Sources/MusterPlanner/Documentation.docc
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
SHARE = $(DESTDIR)$(PREFIX)/share
# Where zsh looks; what the system's packages bring lies elsewhere.
ZSH_FOLDER = $(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)
TREE := $(DEB)/tree
DOCS := $(TREE)/usr/share/doc/muster
RUNBOOK := Sources/MusterDaemon/Documentation.docc/Runbook.md
CHECKED := -Xswiftc -warnings-as-errors --explicit-target-dependency-import-check error

BUILD_PACKAGES := libcurl4-openssl-dev libsqlite3-dev libexpat1-dev zlib1g-dev pkg-config tzdata ca-certificates
MANUAL_PACKAGES := lowdown
DEB_PACKAGES := dpkg-dev
BENCH_PACKAGES := time postfix nginx-light wrk gcc libical-dev python3-venv
TEST_PACKAGES := systemd procps postfix dovecot-imapd dovecot-lmtpd nginx-light openssl python3-venv libical3 radicale xandikos chromium
CORPUS_PACKAGES := gcc libical-dev dpkg-dev python3-venv
CORPUS := .build/corpus
FUZZ_SECONDS ?= 60

.PHONY: help demo serve-demo test soak bench figures bench-programs corpus fuzz lint build install deb clean build-packages \
  test-packages deb-packages bench-packages corpus-packages manual-packages

help: ## Show this
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

demo: build ## Plan and publish the example programme into a Maildir, and show it
	@$(MUSTER) check --config $(CONFIG) --quiet
	@$(MUSTER) apply --config $(CONFIG) --state $(DEMO) --now $(DEMO_TIME)
	@$(MUSTER) send --config $(CONFIG) --state $(DEMO) --now $(DEMO_TIME)
	@echo
	@echo "A key enquiry question is agreed, and those whom it concerns are told:"
	@$(MUSTER) question 900002 $(DEMO_QUESTION) --config $(CONFIG) --state $(DEMO) --now $(DEMO_TIME) >/dev/null
	@$(MUSTER) apply --yes --config $(CONFIG) --state $(DEMO) --now $(DEMO_TIME) | sed -nE '/^Changes/,/^Mails/s/^/  /p' | cut -c1-160
	@$(MUSTER) send --config $(CONFIG) --state $(DEMO) --now $(DEMO_TIME) | sed 's/^/  /'
	@$(MUSTER) plan --config $(CONFIG) --state $(DEMO) --now $(DEMO_TIME) --html $(DEMO)/season.html >/dev/null
	@echo
	@echo "The host of a review accepts, its lead declines, and this is proposed:"
	@$(MUSTER) export people --config $(CONFIG) --state $(DEMO) | sed -nE 's/^[^,]*\/900001\/review,.*,([^,]*),(host|lead reviewer),.*/\1,\2/p' | while IFS=, read -r name role; do \
	  $(MUSTER) answer 900001/review "$$name" $$([ "$$role" = host ] && echo accepted || echo declined) \
	    --config $(CONFIG) --state $(DEMO) --now $(DEMO_TIME) | sed 's/^/  /'; done
	@$(MUSTER) plan --config $(CONFIG) --state $(DEMO) --now $(DEMO_TIME) | sed -n '/^Changes/,/^Mails/p' | sed 's/^/  /'
	@echo
	@echo "Two dozen leaders have answered a poll:"
	@tail -n +2 $(CONFIG)/programme/people.csv | cut -d, -f1 | head -24 | awk 'BEGIN { split($(DEMO_CHOICES), choice, " ") } \
	  { print $$1, choice[NR % 8 + 1] }' | while read -r person choice; do \
	  $(MUSTER) poll answer areas-of-practice $$person $$choice --config $(CONFIG) --state $(DEMO) --now $(DEMO_TIME) >/dev/null; done
	@$(MUSTER) poll show areas-of-practice --config $(CONFIG) --state $(DEMO) --now $(DEMO_TIME) | sed -n '2,/^$$/{/./p}' | sed 's/^/  /'
	@echo "$$(ls $(DEMO)/mail/new | wc -l) mails lie in $(DEMO)/mail/new (any mail client opens the folder). One of them:"
	@awk '/^$$/ { exit } /^[ \t]/ { printf "%s", $$0; next } { printf "\n%s", $$0 }' "$$(grep -l 'Pre-review meeting at Oakford' $(DEMO)/mail/new/* | sort | head -1)" | grep -E '^(From|To|Subject): ' | sed 's/^/  /'
	@echo "The season as a page: $(DEMO)/season.html · make serve-demo shows a coordinator's pages"
	@echo "Next: $(MUSTER) explain Oakford --config $(CONFIG) --state $(DEMO) --now $(DEMO_TIME) · config/README.md explains every file · $(MUSTER) --help"

serve-demo: build ## Serve the pages of the demo, and say what to open as its coordinator
	@[ -d $(DEMO) ] || $(MAKE) -s demo
	@echo "Open this within a quarter of an hour, as the coordinator of Tamar Valley (^C ends it):"
	@$(MUSTER) sign-in coordinator@tamar-valley.example --config $(CONFIG) --state $(DEMO) --now $(SERVED_TIME)
	@$(MUSTER) serve --config $(CONFIG) --state $(DEMO) --now $(SERVED_TIME)

test: test-packages $(PYTHON) ## Run all tests, with real mail and web servers
	@echo "Building and testing (6 minutes the first time on 2 cores, 3 after that) …"
	@mkdir -p .build; ulimit -S -n 8192 2>/dev/null; { MUSTER_PYTHON=$(abspath $(PYTHON)) swift test $(CHECKED) 2>&1; echo $$? >$(TEST_LOG).status; } | tee $(TEST_LOG)
	@[ "$$(cat $(TEST_LOG).status)" = 0 ] || { echo; echo "What failed:"; grep -aE -A4 "^✘|recorded an issue|Fatal error|error:" $(TEST_LOG) | cut -c1-600 | tail -80; exit 1; }

soak: test-packages $(PYTHON) ## Kill the daemon 320 times while mail and web servers fail; lose nothing
	@echo "Building, then about 3 minutes …"
	@MUSTER_PYTHON=$(abspath $(PYTHON)) MUSTER_SOAK_ROUNDS=320 swift test --filter "Killed at any moment"

bench: bench-programs ## Measure deliveries, calendars and planning beside their peers, and growth (PART=mail, webhooks, calendars, memory, planning, programme or pages)
	@echo "Measuring, about 6 minutes …"
	@case "$(PART)" in planning|programme|pages) ;; *) MUSTER_PYTHON=$(abspath $(PYTHON)) .build/release/MusterBenchmarks $(PART) ;; esac
	@case "$(PART)" in ""|planning) $(PYTHON) -B $(PLANNING)/compare.py ;; esac
	@[ "$(PART)" != programme ] || $(PYTHON) -B Tests/MusterBenchmarks/Programme/growth.py .build/release/muster
	@[ "$(PART)" != pages ] || $(PYTHON) -B Tests/MusterBenchmarks/Pages/pages.py .build/release/muster 600

figures: bench-programs ## Measure planning at length, and renew the figures of its documentation
	@echo "Measuring, about 20 minutes …"
	@$(PYTHON) -B $(PLANNING)/compare.py --full --document $(PLANNER)/Measured.md --plot $(PLANNER)/Resources/planning.svg

bench-programs: bench-packages $(PYTHON) $(ORTOOLS)
	@echo "Building (6 minutes the first time on 2 cores) …"
	@$(call quietly,swift build -c release --product MusterBenchmarks)
	@$(call quietly,swift build -c release --product muster)

corpus: corpus-packages $(PYTHON) ## Compare a thousand calendars of other projects with libical and recurring-ical-events
	@echo "Building, getting the packages, then about 10 minutes …"
	@$(call quietly,swift build --product muster)
	@[ -d $(CORPUS)/files ] || Tests/Oracles/corpus.sh $(CORPUS) $(abspath $(PYTHON))
	@cc -O2 -o $(CORPUS)/libical Tests/Oracles/libical.c $$(pkg-config --cflags --libs libical)
	@$(PYTHON) Tests/Oracles/compare.py .build/debug/muster $(CORPUS)/libical $(CORPUS)/files

fuzz: build-packages ## Let libFuzzer loose on reader, recurrence, CalDAV answers and mails (FUZZ_SECONDS=60 each), and chance on the rest
	@Tests/Fuzzing/fuzz.sh $(FUZZ_SECONDS) $(wildcard $(CORPUS)/files)
	@MUSTER_MUTATIONS=25 swift test $(CHECKED) --filter "stranger wrote|whatever the endpoint answers|whatever it is, is read"

lint: build-packages ## Check format, warnings and the arrows between targets
	@swift format lint --strict --recursive --parallel Sources Tests Package.swift
	@echo "Building with warnings as errors (3 to 4 minutes the first time on 2 cores) …"
	@swift build --build-tests $(CHECKED)

build: build-packages ## Build the program
	@[ -x $(MUSTER) ] || echo "Building muster (5 to 6 minutes the first time on 2 cores) …"
	@$(call quietly,$(BUILD) muster)

install: build manual-packages ## Install program, units, manuals and completions below PREFIX (/usr/local)
	@$(call quietly,$(BUILD) generate-manual)
	@rm -rf $(EXTRAS) && mkdir -p $(EXTRAS)
	@.build/release/generate-manual $(MUSTER) --output-directory $(EXTRAS)
	@$(call manual,muster.yaml,5) $(CONFIG)/README.md >$(EXTRAS)/muster.yaml.5
	@$(call manual,muster-runbook,8) $(RUNBOOK) >$(EXTRAS)/muster-runbook.8
	@gzip -9n $(EXTRAS)/*.[158]
	@for shell in bash zsh fish; do $(MUSTER) --generate-completion-script $$shell >$(EXTRAS)/muster.$$shell; done
	@sed -i '/^#!/d' $(EXTRAS)/muster.bash # it is read, never run
	@for unit in systemd/*.service systemd/*.socket systemd/*.timer; do sed 's|/usr/bin/|$(PREFIX)/bin/|' $$unit >$(EXTRAS)/$${unit#*/}; done
	$(SUDO) install -D -s -m 755 $(MUSTER) $(DESTDIR)$(PREFIX)/bin/muster
	$(SUDO) install -D -m 644 -t $(DESTDIR)$(filter-out /usr,$(PREFIX))/lib/systemd/system $(EXTRAS)/*.service $(EXTRAS)/*.socket $(EXTRAS)/*.timer
	for section in 1 5 8; do $(SUDO) install -D -m 644 -t $(SHARE)/man/man$$section $(EXTRAS)/*.$$section.gz; done
	$(SUDO) install -D -m 644 $(EXTRAS)/muster.bash $(SHARE)/bash-completion/completions/muster
	$(SUDO) install -D -m 644 $(EXTRAS)/muster.zsh $(SHARE)/zsh/$(ZSH_FOLDER)/_muster
	$(SUDO) install -D -m 644 $(EXTRAS)/muster.fish $(SHARE)/fish/vendor_completions.d/muster.fish

deb: build deb-packages ## Pack all that and an example into a Debian package below .build
	@rm -rf $(DEB) && mkdir -p $(TREE)/DEBIAN $(TREE)/etc/muster $(TREE)/usr/share/muster $(DOCS)/examples
	@cp -r systemd/debian $(DEB) && mv $(addprefix $(DEB)/debian/,postinst prerm postrm) $(TREE)/DEBIAN
	@$(MAKE) -s install PREFIX=/usr DESTDIR=$(TREE) SUDO=
	@sed -e 's|^state: [^#]*|state: /var/lib/muster                  |' \
	  -e 's|^  address: http://127.0.0.1:9619 |  # address: https://reviews.example|' $(CONFIG)/muster.yaml >$(TREE)/etc/muster/muster.yaml
	@echo /etc/muster/muster.yaml >$(TREE)/DEBIAN/conffiles
	@cp -r $(CONFIG)/schema $(TREE)/usr/share/muster && ln -s /usr/share/muster/schema $(TREE)/etc/muster
	@cp -r $(CONFIG)/programme $(DOCS)/examples && cp $(CONFIG)/README.md $(DOCS)/config.md && cp $(RUNBOOK) $(DOCS)/runbook.md \
	  && cp Sources/MusterDaemon/Documentation.docc/Changelog.md $(DOCS)/NEWS.md
	@mv $(DEB)/debian/copyright $(DOCS)
	@printf 'muster (%s) stable; urgency=medium\n\n  * Packed.\n\n -- %s  %s\n' "$$($(MUSTER) --version)" \
	  "$$(sed -n 's/^Maintainer: //p' systemd/debian/control)" "$$(date -R)" >$(DEB)/debian/changelog
	@gzip -9nc $(DEB)/debian/changelog >$(DOCS)/changelog.gz
	@cd $(DEB) && dpkg-shlibdeps tree/usr/bin/muster && dpkg-gencontrol -Ptree
	@cd $(TREE) && find etc lib usr -type f ! -path etc/muster/muster.yaml | xargs md5sum >DEBIAN/md5sums
	@chmod -R u=rwX,go=rX $(TREE) && dpkg-deb --root-owner-group --build $(TREE) .build

clean: ## Remove everything that was built or made by the demo
	rm -rf .build $(DEMO) .venv

build-packages: PACKAGES = $(BUILD_PACKAGES)
build-packages:
	@$(install-packages)

test-packages: PACKAGES = $(BUILD_PACKAGES) $(TEST_PACKAGES)
test-packages:
	@$(install-packages)

bench-packages: PACKAGES = $(BUILD_PACKAGES) $(BENCH_PACKAGES)
bench-packages:
	@$(install-packages)

corpus-packages: PACKAGES = $(BUILD_PACKAGES) $(CORPUS_PACKAGES)
corpus-packages:
	@$(install-packages)

manual-packages: PACKAGES = $(MANUAL_PACKAGES)
manual-packages:
	@$(install-packages)

deb-packages: PACKAGES = $(DEB_PACKAGES)
deb-packages:
	@$(install-packages)

# Runs a command that is only heard where it fails.
define quietly
log=$$(mktemp); $(1) >$$log 2>&1 || { cat $$log; rm -f $$log; exit 1; }; rm -f $$log
endef

# Turns what is written once into a page of the manual: its name and its section.
manual = lowdown -s -Tman -M title=$(1) -M section=$(2) -M source=muster

# Nothing is asked and nothing is done where all is there. Servers that come along must not start by themselves.
define install-packages
missing=""; \
for package in $(PACKAGES); do dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; done; \
if [ -n "$$missing" ]; then \
  echo "Installing$$missing (about a minute) …"; \
  policy=/usr/sbin/policy-rc.d; made=""; \
  [ -e $$policy ] || { made=1; printf '#!/bin/sh\nexit 101\n' | $(SUDO) tee $$policy >/dev/null; $(SUDO) chmod 755 $$policy; }; \
  echo 'postfix postfix/main_mailer_type select No configuration' | $(SUDO) debconf-set-selections; \
  { $(SUDO) apt-get update -q && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $$missing; } >/dev/null; \
  result=$$?; [ -z "$$made" ] || $(SUDO) rm -f $$policy; exit $$result; \
fi
endef

$(PYTHON): Tests/requirements.txt
	@echo "Installing the Python packages that tests compare with (about half a minute) …"
	@python3 -m venv .venv && .venv/bin/pip install -q --disable-pip-version-check -r Tests/requirements.txt && touch $@

$(ORTOOLS): $(PYTHON) $(PLANNING)/requirements.txt
	@echo "Installing the solver that planning is measured against (about half a minute) …"
	@$(PYTHON) -m pip install -q --disable-pip-version-check -r $(PLANNING)/requirements.txt && touch $@
