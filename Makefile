# muster: what to type. Every target installs what it needs and says what takes long.

PREFIX ?= /usr/local
CONFIG := config
DEMO := .demo
DEMO_TIME := 2026-11-24T09:00:00Z
BUILD := swift build -c release --static-swift-stdlib --product muster
MUSTER := .build/release/muster
PYTHON := .venv/bin/python
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
CHECKED := -Xswiftc -warnings-as-errors --explicit-target-dependency-import-check error

BUILD_PACKAGES := libcurl4-openssl-dev libsqlite3-dev pkg-config tzdata ca-certificates
TEST_PACKAGES := systemd postfix dovecot-imapd dovecot-lmtpd nginx-light openssl python3-venv

.PHONY: help demo test lint build install clean build-packages test-packages

help: ## Show this
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

demo: build ## Plan and publish the example programme into a Maildir, and show it
	@$(MUSTER) check --config $(CONFIG) --quiet
	@$(MUSTER) apply --config $(CONFIG) --state $(DEMO) --now $(DEMO_TIME)
	@$(MUSTER) send --config $(CONFIG) --state $(DEMO) --now $(DEMO_TIME)
	@$(MUSTER) plan --config $(CONFIG) --state $(DEMO) --now $(DEMO_TIME) --html $(DEMO)/season.html >/dev/null
	@echo
	@echo "$$(ls $(DEMO)/mail/new | wc -l) mails lie in $(DEMO)/mail/new (any mail client opens the folder). One of them:"
	@awk '/^$$/ { exit } /^[ \t]/ { printf "%s", $$0; next } { printf "\n%s", $$0 }' "$$(grep -l 'Pre-review meeting at Oakford' $(DEMO)/mail/new/* | sort | head -1)" | grep -E '^(From|To|Subject): ' | sed 's/^/  /'
	@echo "The season as a page: $(DEMO)/season.html"
	@echo "Next: $(MUSTER) explain Oakford --config $(CONFIG) --state $(DEMO) --now $(DEMO_TIME) · config/README.md explains every file · $(MUSTER) --help"

test: test-packages $(PYTHON) ## Run all tests, with real mail and web servers
	@echo "Building and testing (3 to 4 minutes the first time on 2 cores, 2 after that) …"
	@MUSTER_PYTHON=$(abspath $(PYTHON)) swift test $(CHECKED)

lint: build-packages ## Check format, warnings and the arrows between targets
	@swift format lint --strict --recursive --parallel Sources Tests Package.swift
	@echo "Building with warnings as errors (2 to 3 minutes the first time on 2 cores) …"
	@swift build --build-tests $(CHECKED)

build: build-packages ## Build the program
	@[ -x $(MUSTER) ] || echo "Building muster (2 to 3 minutes the first time on 2 cores) …"
	@log=$$(mktemp); $(BUILD) >$$log 2>&1 || { cat $$log; rm -f $$log; exit 1; }; rm -f $$log

install: build ## Install the program below PREFIX (/usr/local)
	$(SUDO) install -D -s -m 755 $(MUSTER) $(DESTDIR)$(PREFIX)/bin/muster

clean: ## Remove everything that was built or made by the demo
	rm -rf .build $(DEMO) .venv

build-packages: PACKAGES = $(BUILD_PACKAGES)
build-packages:
	@$(install-packages)

test-packages: PACKAGES = $(BUILD_PACKAGES) $(TEST_PACKAGES)
test-packages:
	@$(install-packages)

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
