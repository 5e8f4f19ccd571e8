# Everything that one does here. `make` alone says what there is.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
.PHONY: help run test check acceptance layers page gallery embed package sizes programs test-rust test-wasm test-e2e chaos relay-chaos load organisation poll login-latency time-to-qr fmt clean

# Rebuild the page when one of these changes.
PAGE := $(shell find frontend/src frontend/assets shared/src -type f 2>/dev/null) \
	frontend/Cargo.toml shared/Cargo.toml index.html Trunk.toml Cargo.toml Cargo.lock scripts/precompress
# Rebuild the custom element when one of these changes, or when Trunk has emptied dist/.
EMBED := $(shell find frontend/package -not -path '*/node_modules*' -not -path '*/dist*' -not -path '*/src/texts*' -type f 2>/dev/null) scripts/embed
# What bundlers build of the examples with React, Svelte and Vue; again when one of these or the element changes.
EXAMPLES := $(patsubst %,examples/%/dist/index.html,react svelte vue)
EXAMPLE_SOURCES := $(shell find examples/{react,svelte,vue} -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
ENV := source scripts/versions

help: ## say what there is
	@grep -hE '^[a-z0-9-]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 14

run: embed programs ## serve the page with a simulated DingTalk behind it
	@exec scripts/run

test: test-rust test-wasm test-e2e sizes acceptance ## run every test, browser tests included

check: ## format, lints (native and wasm32), documentation, licences
	@scripts/setup rust deny
	$(ENV)
	printf '\033[1m==>\033[0m %s\n' "format"; cargo fmt --all --check
	printf '\033[1m==>\033[0m %s\n' "lints"; cargo clippy --locked --workspace --all-targets --all-features -- -D warnings
	cargo clippy --locked -p dingtalk-qr-backend --no-default-features --lib --bins -- -D warnings
	printf '\033[1m==>\033[0m %s\n' "lints for the browser"
	cargo clippy --locked -p dingtalk-qr --all-targets --all-features --target wasm32-unknown-unknown -- -D warnings
	printf '\033[1m==>\033[0m %s\n' "documentation"
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --document-private-items
	printf '\033[1m==>\033[0m %s\n' "licences, bans, sources"; cargo deny --offline --locked check bans licenses sources

acceptance: ## count what the two matrices of docs/ prove
	@scripts/setup rust
	$(ENV)
	cargo test --locked -q --workspace --test it matrices -- --nocapture | grep -oE '(acceptance|security): [0-9]+ of .*'

layers: ## draw which module uses which, and fail where a rule of ARCHITECTURE.md is broken
	@scripts/setup rust
	$(ENV)
	cargo test --locked -q --workspace --test it layering -- --nocapture

page: dist/index.html ## build the page into dist/

dist/index.html: $(PAGE)
	@scripts/setup page
	$(ENV)
	printf '\033[1m==>\033[0m %s\n' "building the page"
	trunk build --release --offline --locked
	touch $@

# The page of every state of the panel; never a part of dist/.
GALLERY := frontend/src/page/gallery/gallery.html

gallery: target/gallery/index.html ## serve every state of the panel at /gallery, on loopback; GALLERY_PORT chooses the port
	@$(ENV)
	printf '\033[1m==>\033[0m %s\n' "http://127.0.0.1:$${GALLERY_PORT:-8081}/gallery shows every state; ?lang=ru&theme=dark&only=login- chooses"
	trunk serve $(GALLERY) --dist target/gallery --port $${GALLERY_PORT:-8081} --offline --locked

target/gallery/index.html: $(PAGE)
	@scripts/setup page
	$(ENV)
	printf '\033[1m==>\033[0m %s\n' "building the gallery of the panel"
	trunk build $(GALLERY) --dist target/gallery --offline --locked
	touch $@

embed: dist/embed/integrity.json ## build the custom element into dist/embed/

dist/embed/integrity.json: $(EMBED) dist/index.html
	@scripts/setup page embed $${RELEASE:+embed-release}
	$(ENV)
	printf '\033[1m==>\033[0m %s\n' "building the custom element"
	scripts/embed dist/embed

$(EXAMPLES): examples/%/dist/index.html: $(EXAMPLE_SOURCES) dist/embed/integrity.json
	@scripts/setup examples
	$(ENV)
	printf '\033[1m==>\033[0m %s\n' "building examples/$*"
	cd examples/$* && npm run --silent build -- --logLevel warn

package: ## build the npm package into target/, as small as it gets
	@scripts/setup page embed embed-release
	$(ENV)
	printf '\033[1m==>\033[0m %s\n' "building the npm package (some minutes)" >&2
	RELEASE=1 scripts/embed
	scripts/pack

sizes: ## weigh what a page loads; RELEASE=1 weighs the npm package
	@scripts/setup page embed $${RELEASE:+embed-release} >&2
	$(ENV)
	printf '\033[1m==>\033[0m %s\n' "building the custom element" >&2
	scripts/embed >&2
	scripts/sizes

programs: ## build the backend and the simulator
	@scripts/setup rust
	$(ENV)
	printf '\033[1m==>\033[0m %s\n' "building the backend and the simulator"
	cargo build --locked

test-rust: ## unit tests, tests through the router, tests of the programs
	@scripts/setup rust network postgres
	$(ENV)
	printf '\033[1m==>\033[0m %s\n' "building every program"
	cargo build --locked --workspace --bins
	printf '\033[1m==>\033[0m %s\n' "testing natively"
	# Many of them wait.
	export RUST_TEST_THREADS=3
	cargo test --locked --workspace
	printf '\033[1m==>\033[0m %s\n' "testing the backend with PostgreSQL"
	# What is left out has no database to choose.
	TEST_DATABASE=postgres cargo test --locked --workspace --test it -- --skip terminal:: --skip replicas:: --skip relay_process::

test-wasm: ## tests of the widget in a browser
	@scripts/setup page browser
	$(ENV)
	printf '\033[1m==>\033[0m %s\n' "testing the widget in Chromium"
	WASM_BINDGEN_TEST_TIMEOUT=120 CHROMEDRIVER=$$(command -v chromedriver) CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner \
		cargo test --locked -p dingtalk-qr --target wasm32-unknown-unknown --features csr --tests

test-e2e: embed target/gallery/index.html $(EXAMPLES) ## tests of everything together, with Playwright
	@scripts/setup browser node
	$(ENV)
	printf '\033[1m==>\033[0m %s\n' "testing everything together in Chromium"
	cargo build --locked --workspace --bins
	node --test backend/assets/frame.test.mjs
	cd tests/e2e && npx tsc --noEmit && npx playwright test

chaos: ## kill backends at random under a thousand registrations; CHAOS_SECONDS bounds each run, CHAOS_DATABASE chooses sqlite or postgres
	@scripts/setup rust postgres
	$(ENV)
	printf '\033[1m==>\033[0m %s\n' "building the backend and the test"
	cargo build --locked -p dingtalk-qr-backend -p dingtalk-qr-tests --bins
	ulimit -Sn "$$(ulimit -Hn)"
	target/debug/chaos

organisation: ## bring 100 000 people in 5 000 departments up to date, with a kill half-way; PEOPLE and DEPARTMENTS choose other numbers
	@scripts/setup rust
	$(ENV)
	printf '\033[1m==>\033[0m %s\n' "building the backend and the test"
	cargo build --locked -p dingtalk-qr-backend -p dingtalk-qr-tests --bins
	target/debug/organisation

relay-chaos: ## kill cloud and local at random, the local in a network of its own; needs root. CHAOS_SECONDS says how long, 300 by default
	@scripts/setup rust network postgres
	$(ENV)
	cargo build --locked -p dingtalk-qr-backend
	CHAOS_SECONDS="$${CHAOS_SECONDS:-300}" cargo test --locked -p dingtalk-qr-tests --test it relay_process -- --nocapture

load: ## measure what ten thousand flows and as many waiting pages cost; FLOWS says how many
	@scripts/setup rust
	$(ENV)
	printf '\033[1m==>\033[0m %s\n' "building with optimisation (some minutes)"
	cargo build --release --locked -p dingtalk-qr-backend -p dingtalk-qr-tests --bins
	ulimit -Sn "$$(ulimit -Hn)"
	target/release/load

poll: ## measure what the poll route costs on one core, beside a bare route of axum; on an idle machine
	@scripts/setup rust
	$(ENV)
	printf '\033[1m==>\033[0m %s\n' "building with optimisation (some minutes)"
	cargo build --release --locked -p dingtalk-qr-backend -p dingtalk-qr-tests --bins
	target/release/poll

login-latency: ## measure how soon a page knows that a phone has confirmed, over 1000 logins
	@scripts/setup rust
	$(ENV)
	printf '\033[1m==>\033[0m %s\n' "building with optimisation (some minutes)"
	cargo build --release --locked -p dingtalk-qr-tests --bin login_latency
	target/release/login_latency

time-to-qr: embed programs ## measure how soon a code is on the screen, on a slow network, against a panel by hand
	@scripts/setup browser node embed
	$(ENV)
	cd tests/e2e && npx playwright test -c measure

fmt: ## format the code
	@$(ENV)
	cargo fmt --all

clean: ## remove what was built
	rm -rf dist target tests/e2e/node_modules tests/e2e/test-results frontend/package/dist frontend/package/node_modules \
		examples/*/dist examples/*/node_modules
