#!/usr/bin/env bash
# The one script: ./build.sh [serve [ADDR] | test | build | dev | bench | check]
# serve and build need only Go; the others install what they lack.
set -euo pipefail
cd "$(dirname "$0")"

export GOFLAGS="${GOFLAGS:-} -buildvcs=false"
cache=$PWD/.cache

usage() {
  cat <<'END'
./build.sh [serve [ADDR]]  build the site and serve it, by default at 127.0.0.1:8080
./build.sh build           dist/ (the site), dist/flopbook.html, dist/flopbook.zip
./build.sh test            every ring of tests; installs chromium and npm packages if missing
./build.sh dev [ADDR]      serve, rebuild on every change, reload the page
./build.sh bench           Go benchmarks, sizes, loading times, Lighthouse
./build.sh check           test, and: equal builds, stale files, longer fuzzing, other browsers
END
}

# --- what must be there -------------------------------------------------------

have() { command -v "$1" >/dev/null 2>&1; }

apt_install() {
  have apt-get || { echo "Please install $*: there is no apt-get here." >&2; exit 1; }
  local as=()
  [ "$(id -u)" = 0 ] || as=(sudo)
  echo "installing $*" >&2
  "${as[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as[@]}" apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

need_chromium() {
  have node && have npm || apt_install nodejs npm
  have chromium || apt_install chromium fonts-dejavu-core
  CHROME_PATH=$(command -v chromium)
  export CHROME_PATH
}

# npm_ci FOLDER [ARGS]: by lockfile, again only when the lockfile has changed.
npm_ci() {
  local dir=$1 want
  shift
  want="$(sha256sum <"$dir/package-lock.json") $*"
  if [ "$(cat "$dir/node_modules/.installed" 2>/dev/null)" != "$want" ]; then
    echo "npm ci in $dir" >&2
    (cd "$dir" && npm ci --no-audit --no-fund --loglevel=error "$@" >&2)
    echo "$want" >"$dir/node_modules/.installed"
  fi
}

# --- rings --------------------------------------------------------------------

passed=0 failed=0

# count NAME PASSED FAILED SKIPPED SECONDS
count() {
  passed=$((passed + $2)) failed=$((failed + $3))
  printf '%-34s %5d passed, %d failed, %d skipped  (%d s)\n' "$1" "$2" "$3" "$4" "$5"
}

# one NAME COMMAND...: a command that passes or fails as a whole.
one() {
  local name=$1 start=$SECONDS log=$cache/one.log
  shift
  if "$@" >"$log" 2>&1; then
    count "$name" 1 0 0 $((SECONDS - start))
  else
    cat "$log"
    count "$name" 0 1 0 $((SECONDS - start))
  fi
}

# gotest NAME COMMAND...: go test -json, each test counted, the output of failed ones shown.
gotest() {
  local name=$1 start=$SECONDS log=$cache/gotest.json sum p f s
  shift
  "$@" >"$log" 2>"$cache/gotest.err" || true
  sum=$(awk -f e2e/gotest.awk "$log")
  sed '$d' <<<"$sum"
  read -r p f s <<<"${sum##*$'\n'}"
  if [ "$p$f" = 00 ] && [ -s "$cache/gotest.err" ]; then
    cat "$cache/gotest.err"
    f=1
  fi
  count "$name" "$p" "$f" "$s" $((SECONDS - start))
}

# nodetest NAME FOLDER: node's own test runner on the tests in a folder of e2e/.
nodetest() {
  local name=$1 start=$SECONDS tap=$cache/node.tap
  shift
  (cd e2e && node --test --test-concurrency=1 --test-reporter=tap "$1"/*.test.mjs) >"$tap" 2>&1 || true
  local p f s
  p=$(sed -n 's/^# pass //p' "$tap") f=$(sed -n 's/^# fail //p' "$tap") s=$(sed -n 's/^# skipped //p' "$tap")
  [ -n "$p" ] || { p=0 f=1 s=0; }
  f=$((f + $(sed -n 's/^# cancelled //p' "$tap" | grep . || echo 0)))
  if [ "$f" != 0 ]; then
    grep -v '^ *\(---\|\.\.\.\|duration_ms\|type:\|# Subtest\|ok \)' "$tap"
  fi
  sed -n 's/^ *ok [0-9]* - \(.*\) # SKIP \(.*\)/  skipped: \1: \2/p' "$tap"
  count "$name" "$p" "$f" "${s:-0}" $((SECONDS - start))
}

# fuzz COUNT: every target on so many new inputs; what a failure found lies
# under testdata/fuzz. Not a time: on a busy machine Go reports a target that
# is still working when its time is over as failed (go.dev/issue/75804).
fuzz() {
  local file target
  while IFS=: read -r file target; do
    one "fuzz $(dirname "$file") $target" \
      go test -run '^$' -fuzz "^$target\$" -fuzztime "$1x" -fuzzminimizetime 20x "./$(dirname "$file")"
  done < <(grep -roE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' core app | sed 's/:func /:/' | sort)
}

unformatted() {
  local bad
  bad=$(gofmt -l app core)
  [ -z "$bad" ] || { echo "not gofmt-clean:"; echo "$bad"; return 1; }
}

# wasm COMMAND...: Go for the browser, with few variables: what a wasm program
# gets as arguments and environment together is limited to a few kilobytes.
wasm() {
  env -i PATH="$PATH" HOME="$HOME" GOOS=js GOARCH=wasm GOFLAGS="$GOFLAGS" \
    GOCACHE="$(go env GOCACHE)" GOMODCACHE="$(go env GOMODCACHE)" GOPROXY="$(go env GOPROXY)" \
    CHROME_PATH="$CHROME_PATH" ${FLOPBOOK_GOLDEN:+FLOPBOOK_GOLDEN="$FLOPBOOK_GOLDEN"} "$@"
}

rings() {
  mkdir -p "$cache"
  need_chromium
  npm_ci e2e "$@"
  one "gofmt" unformatted
  one "go vet" go vet ./...
  one "go vet for the browser" wasm go vet ./core/... ./app/...
  gotest "native" go test -json ./...
  gotest "core under wasm in Node" wasm go test -json -exec "$(go env GOROOT)/lib/wasm/go_js_wasm_exec" ./core/...
  gotest "components on a real DOM" wasm go test -json -exec "$PWD/e2e/dom_exec.mjs" ./app ./app/view/...
  one "build" go run ./app build
  nodetest "Chromium" .
}

finish() {
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
}

# --- the commands -------------------------------------------------------------

case "${1:-serve}" in
serve)
  exec go run ./app serve "${@:2}"
  ;;
build)
  exec go run ./app build "${@:2}"
  ;;
dev)
  # vgrun restarts the server when the server itself has changed; every other
  # source the server watches itself. vgrun drops the second of two quick
  # saves, so it must not stand between an edit and the page.
  exec go tool vgrun -no-generate -bin-dir .cache/bin -auto-reload-at 127.0.0.1:0 -watch-dir app -watch-pattern '(site|cli)/[^/]*\.go$|app/main\.go$' ./app serve --dev "${@:2}"
  ;;
test)
  rings --omit=dev
  fuzz 20000
  finish
  ;;
check)
  rings
  one "two builds, the same bytes" bash -c '
    set -e
    a=$(mktemp -d) b=$(mktemp -d)
    trap "rm -rf $a $b .cache/compressed" EXIT
    rm -rf .cache/compressed
    go run ./app build --out "$a/dist"
    rm -rf .cache/compressed
    go run ./app build --out "$b/dist"
    diff -r "$a" "$b"'
  one "generated parts of index.html" go run ./app build --stale
  npm_ci e2e/vendor
  one "web/vendor" npm --prefix e2e/vendor run check
  one "pictures of the start page" npm --prefix e2e/vendor run pictures -- --check
  have firefox-esr || apt_install firefox-esr
  # WebKit is tried where its packages exist; without them its tests skip and say so.
  have WebKitWebDriver || (apt_install webkit2gtk-driver xvfb) || true
  nodetest "Firefox and WebKit" other
  fuzz 200000
  finish
  ;;
bench)
  mkdir -p "$cache"
  go test -run '^$' -bench . -benchmem ./core/...
  go run ./app build --weigh
  need_chromium
  npm_ci e2e
  (cd e2e && node bench.mjs)
  ;;
help | -h | --help)
  usage
  ;;
*)
  usage >&2
  exit 1
  ;;
esac
