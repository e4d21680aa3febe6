#!/usr/bin/env bash
# Builds, shows and tests Bellwether. Every step says what it does; what is up to date is left alone.
set -euo pipefail
cd "$(dirname "$0")"

QUERY="PREDICT BOOL(TICKETS.ESCALATED_TO_ENG, 0, 48, hours) FOR EACH TICKETS.TICKET_ID WHERE TICKETS.PRIORITY <= 'P2'"
PRIORITIES=P1,P2 # those the query asks about
PORT="${PORT:-8000}"
WASM_TARGET=wasm32-unknown-unknown
BINARY=target/release/bellwether
WASM=target/$WASM_TARGET/web/bellwether.wasm
SAMPLE=.cache/sample
BUNDLE=.cache/bundle
DESK=.cache/desk.json
HELPDESK=.cache/helpdesk # django-helpdesk in a Python environment of its own, for the tests
HELPDESK_STATE=.cache/helpdesk-state
ROUNDUP=.cache/roundup # the second helpdesk, likewise
ROUNDUP_STATE=.cache/roundup-state
FIGURES=.cache/figures.json
UNTIL=2025-12-31T12:00:00Z # the bundle ends here; the demo replays what the sample holds after it
CUT=2025-10-01

say() { printf '→ %s\n' "$*"; }
fail() { printf 'build.sh: %s\n' "$*" >&2; exit 1; }

# True when $1 is missing or older than any of the files or folders after it.
stale() {
  local made=$1; shift
  [[ ! -e $made ]] || [[ -n $(find "$@" -newer "$made" -type f -not -path '*/node_modules/*' -print -quit) ]]
}

need() {
  command -v cargo >/dev/null || fail "cargo is missing: install Rust from https://rustup.rs"
  command -v node >/dev/null || fail "node is missing: install Node.js 20 or newer from https://nodejs.org"
  command -v npm >/dev/null || fail "npm is missing: it comes with Node.js from https://nodejs.org"
  local major; major=$(node -p 'process.versions.node.split(".")[0]')
  (( major >= 20 )) || fail "node is version $(node -v): 20 or newer is needed, from https://nodejs.org"
}

# The version of a crate in Cargo.lock.
locked() { awk -v name="\"$1\"" '$1 == "name" && $3 == name { getline; gsub(/"/, "", $3); print $3; exit }' Cargo.lock; }

native() {
  say "compiling the command line (cargo build --release)"
  # With the tests in view their dependencies are chosen too, so that nothing is compiled twice.
  cargo build --release --quiet ${TESTING:+--all-targets}
}

wasm() {
  if ! rustc --print target-libdir --target "$WASM_TARGET" >/dev/null 2>&1 || [[ ! -d $(rustc --print target-libdir --target "$WASM_TARGET") ]]; then
    command -v rustup >/dev/null || fail "the Rust target $WASM_TARGET is missing and so is rustup: install Rust from https://rustup.rs"
    say "adding the Rust target $WASM_TARGET"
    rustup target add "$WASM_TARGET"
  fi
  say "compiling the engine for the browser (the first time takes minutes)"
  RUSTFLAGS='-C target-feature=+simd128' cargo build --quiet --profile web --target "$WASM_TARGET" --no-default-features --features web --lib

  local version tool=.cache/tools/bin/wasm-bindgen
  version=$(locked wasm-bindgen)
  [[ -n $version ]] || fail "Cargo.lock does not name wasm-bindgen"
  if [[ ! -x $tool || $($tool --version) != "wasm-bindgen $version" ]]; then
    say "installing wasm-bindgen $version into .cache/tools (once; takes minutes)"
    CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
      cargo install --quiet wasm-bindgen-cli --version "$version" --root .cache/tools --force
  fi
  if stale pkg/bellwether_bg.wasm "$WASM" "$tool"; then
    say "writing pkg/bellwether.js and pkg/bellwether_bg.wasm"
    "$tool" --target web --remove-name-section --remove-producers-section --out-dir pkg "$WASM"
    touch pkg/bellwether_bg.wasm
  fi
}

packages() {
  if stale "$1/node_modules/.package-lock.json" "$1/package-lock.json"; then
    say "installing the npm packages of $1"
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --prefix "$1" --no-audit --no-fund --loglevel=error
    touch "$1/node_modules/.package-lock.json"
  fi
}

web() {
  packages www
  if stale pkg/elements.js www pkg/bellwether.js; then
    say "bundling the client and the elements into pkg/"
    node www/build.mjs
  fi
  if stale pkg/extension/firefox/manifest.json www pkg/worker.js pkg/bellwether_bg.wasm; then
    say "building the extension into pkg/extension/"
    node www/build.mjs extension
  fi
  if stale pkg/freshdesk/manifest.json www pkg/worker.js pkg/bellwether_bg.wasm; then
    say "building the widget into pkg/widget/, pkg/zendesk/ and pkg/freshdesk/"
    node www/build.mjs widget
  fi
}

build() {
  need
  mkdir -p .cache pkg
  native
  wasm
  web
}

# The demo's files, without serving them.
assemble() {
  if stale "$SAMPLE.made" "$BINARY"; then
    say "making a synthetic helpdesk in $SAMPLE"
    rm -rf "$SAMPLE"
    "$BINARY" sample "$SAMPLE" --seed 1
    touch "$SAMPLE.made"
  fi
  if stale "$BUNDLE/manifest.json" "$SAMPLE.made"; then
    say "training on it: $QUERY"
    rm -rf "$BUNDLE"
    "$BINARY" train "$SAMPLE" --query "$QUERY" --until "$UNTIL" --seed 1 --out "$BUNDLE"
    touch "$BUNDLE/manifest.json"
  fi
  if stale "$DESK" "$BUNDLE/manifest.json" www/demo/desk.mjs; then
    say "writing the tickets open at the bundle's build, and what came after it"
    node www/demo/desk.mjs "$SAMPLE" "$BUNDLE" "$DESK" "$PRIORITIES"
  fi
  if stale "$FIGURES" "$SAMPLE.made"; then
    say "comparing the approaches on what came after $CUT"
    "$BINARY" evaluate "$SAMPLE" --query "$QUERY" --cut "$CUT" --seed 1 --format json >"$FIGURES.part"
    mv "$FIGURES.part" "$FIGURES"
  fi
  if stale pkg/demo.html "$DESK" "$FIGURES" "$BUNDLE" www pkg/bellwether_bg.wasm; then
    say "assembling pkg/demo/ and pkg/demo.html"
    node www/build.mjs demo "$BUNDLE" "$DESK" "$FIGURES"
  fi
}

demo() {
  build
  assemble
  say "serving the demo at http://127.0.0.1:$PORT (Ctrl+C ends it); pkg/demo.html opens without a server"
  exec "$BINARY" serve pkg/demo --port "$PORT"
}

chromium_ready() {
  export CHROMIUM="${CHROMIUM:-/usr/bin/chromium}"
  [[ -x $CHROMIUM ]] && return
  if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
    say "installing chromium for the browser tests"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
  else
    fail "chromium is missing at $CHROMIUM: install it (Debian: sudo apt-get install chromium) or set CHROMIUM to its path"
  fi
}

firefox_ready() {
  export FIREFOX="${FIREFOX:-/usr/bin/firefox-esr}"
  [[ -x $FIREFOX ]] && return
  if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
    say "installing Firefox ESR for the extension's tests"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq firefox-esr >/dev/null
  else
    fail "Firefox ESR is missing at $FIREFOX: install it (Debian: sudo apt-get install firefox-esr) or set FIREFOX to its path"
  fi
}

# The helpdesks that the extension is tested on: installed once, filled with the desk's tickets.
helpdesk_ready() {
  command -v python3 >/dev/null || fail "python3 is missing: the extension is tested on a helpdesk written in Python; install Python 3.11 or newer"
  if stale "$HELPDESK/made" tests/helpdesk/requirements.txt; then
    say "installing django-helpdesk into $HELPDESK"
    rm -rf "$HELPDESK"
    python3 -m venv "$HELPDESK" || fail "python3 has no venv (Debian: sudo apt-get install python3-venv)"
    "$HELPDESK/bin/pip" install --quiet --disable-pip-version-check -r tests/helpdesk/requirements.txt
    touch "$HELPDESK/made"
  fi
  if stale "$HELPDESK_STATE/made" "$DESK" tests/helpdesk "$HELPDESK/made"; then
    say "filling the helpdesk with the desk's tickets"
    rm -rf "$HELPDESK_STATE"
    mkdir -p "$HELPDESK_STATE"
    (cd tests/helpdesk && HELPDESK_STATE="$OLDPWD/$HELPDESK_STATE" PYTHONDONTWRITEBYTECODE=1 "$OLDPWD/$HELPDESK/bin/python" seed.py "$OLDPWD/$DESK")
    touch "$HELPDESK_STATE/made"
  fi
  if stale "$ROUNDUP/made" tests/roundup/requirements.txt; then
    say "installing Roundup into $ROUNDUP"
    rm -rf "$ROUNDUP"
    python3 -m venv "$ROUNDUP"
    "$ROUNDUP/bin/pip" install --quiet --disable-pip-version-check -r tests/roundup/requirements.txt
    touch "$ROUNDUP/made"
  fi
  if stale "$ROUNDUP_STATE/made" "$DESK" tests/roundup "$ROUNDUP/made"; then
    say "filling Roundup with the desk's tickets"
    rm -rf "$ROUNDUP_STATE"
    PYTHONDONTWRITEBYTECODE=1 "$ROUNDUP/bin/python" tests/roundup/seed.py "$ROUNDUP_STATE" "$DESK"
    touch "$ROUNDUP_STATE/made"
  fi
}

# Runs one stage of the tests; its output is shown, and its outcome kept for the summary.
SUMMARY=()
FAILED=0
stage() {
  local name=$1 began=$SECONDS; shift
  say "$name"
  if "$@"; then
    SUMMARY+=("ok      $name ($((SECONDS - began)) s)")
  else
    SUMMARY+=("FAILED  $name ($((SECONDS - began)) s)")
    FAILED=1
  fi
}

client_tests() { node --test tests/client/; }
check_package() {
  local bin=tests/browser/node_modules/.bin
  "$bin/publint" --strict pkg
  # worker.js is started and the wasm is fetched by their addresses; neither is imported, so neither has types.
  "$bin/attw" --pack pkg --profile esm-only --exclude-entrypoints worker.js bellwether_bg.wasm --format ascii
}
check_types() { www/node_modules/.bin/tsc --noEmit -p www && www/node_modules/.bin/tsc --noEmit -p tests/browser; }
browser() { (cd tests/browser && npx --no-install playwright test); }
lint_extension() { tests/browser/node_modules/.bin/web-ext lint --source-dir pkg/extension/firefox --self-hosted --warnings-as-errors; }
packed_alike() {
  local once; once=$(node www/pack.mjs)
  [[ -n $once && $once == "$(node www/pack.mjs)" ]] && (cd pkg/pack && sha256sum --check --quiet SHA256SUMS)
}
on_helpdesk() { (cd tests/browser && PYTHONDONTWRITEBYTECODE=1 CI=1 npx --no-install playwright test --config extension.config.ts); }

run_tests() {
  TESTING=1
  build
  assemble
  packages tests/browser
  chromium_ready
  firefox_ready
  helpdesk_ready
  stage "Rust is formatted (cargo fmt --check)" cargo fmt --check
  stage "Rust has no lints (cargo clippy)" cargo clippy --release --all-targets --quiet -- -D warnings
  stage "Rust tests (cargo test)" cargo test --release --quiet
  stage "TypeScript checks (tsc)" check_types
  stage "The client under Node (node --test)" client_tests
  stage "The npm package (publint, attw)" check_package
  stage "Browser tests (Playwright)" browser
  stage "What is handed out is packed alike twice (SHA-256)" packed_alike
  stage "The extension as add-on stores check it (web-ext lint)" lint_extension
  stage "The extension on a helpdesk (Playwright)" on_helpdesk
  printf '\n'
  printf '%s\n' "${SUMMARY[@]}"
  (( ! FAILED )) || fail "a stage FAILED, as listed above; what it said stands further up, under its name"
  say "every stage passed"
}

pack() {
  build
  assemble
  say "packing the extension, the widget, the npm package and the demo into pkg/pack/"
  node www/pack.mjs
}

bench() {
  build
  assemble
  packages tests/browser
  chromium_ready
  helpdesk_ready
  say "measuring natively (cargo bench)"
  cargo bench
  say "measuring in the browser"
  (cd tests/browser && npx --no-install playwright test --config bench.config.ts)
  say "measuring what the extension costs a helpdesk's pages"
  (cd tests/browser && PYTHONDONTWRITEBYTECODE=1 CI=1 npx --no-install playwright test --config bench-extension.config.ts)
}

look() {
  build
  assemble
  packages tests/browser
  chromium_ready
  helpdesk_ready
  say "taking pictures of every surface and state into .cache/look/"
  (cd tests/browser && npx --no-install playwright test --config look.config.ts)
  say "and of the extension's"
  (cd tests/browser && PYTHONDONTWRITEBYTECODE=1 CI=1 npx --no-install playwright test --config look-extension.config.ts)
}

clean() {
  say "removing target/, pkg/, .cache/ and the npm packages"
  rm -rf target pkg .cache www/node_modules tests/browser/node_modules tests/browser/test-results
}

case "${1:-}" in
  build) build ;;
  demo) demo ;;
  test) run_tests ;;
  bench) bench ;;
  pack) pack ;;
  look) look ;;
  clean) clean ;;
  *)
    cat >&2 <<'USAGE'
usage: ./build.sh COMMAND

  build   the command line, the engine for the browser, the client and the elements
  demo    build, make a synthetic helpdesk, train on it, and serve the demo (PORT=8000)
  test    build, then every check and test
  bench   build, then measure how fast the slow parts are, natively and in the browser
  pack    build, then pack what is handed out into pkg/pack/, with checksums
  look    build, then take pictures of every surface and state
  clean   remove everything that was built
USAGE
    exit 2
    ;;
esac
