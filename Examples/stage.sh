# What the scripts of the bridges share: programs in the background that end with the script, and a client that asks Flask.
#
#   set -euo pipefail; cd <the package's root>; source Examples/stage.sh
#
# Everything runs on free ports of this machine, with its files in a folder that is deleted at the end.

readonly python=$PWD/.venv/bin/python
export PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
folder=$(mktemp -d)
readonly folder
pids=()

# Ends a program: asked first, and made to if it does not listen. A caller may have it ignore SIGTERM.
end() {
    local tries=60
    kill -TERM "$1" 2>/dev/null || true
    while kill -0 "$1" 2>/dev/null && ((tries-- > 0)); do sleep 0.05; done
    kill -KILL "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

cleanup() {
    local place
    # The last one started ends first: Redis is there until nobody needs it.
    for ((place = ${#pids[@]} - 1; place >= 0; place--)); do end "${pids[place]}"; done
    rm -rf "$folder"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

fail() {
    printf 'run: %s\n' "$*" >&2
    local log
    for log in "$folder"/*.log; do
        [[ ! -s "$log" ]] || { printf -- '--- %s\n' "${log##*/}" && tail -n 15 "$log"; } >&2
    done
    exit 1
}

say() { printf '\n%s\n' "$*"; }

# Starts a program in the background: start NAME COMMAND…
start() {
    local name=$1
    shift
    "$@" >"$folder/$name.log" 2>&1 </dev/null &
    pids+=($!)
}

# Waits for a command to succeed, such as a look into a log: until_ready NAME COMMAND…
until_ready() {
    local name=$1 tries=400
    shift
    until "$@" >/dev/null 2>&1; do
        kill -0 "${pids[-1]}" 2>/dev/null || fail "$name ended early"
        ((tries-- > 0)) || fail "$name did not start"
        sleep 0.05
    done
}

# A server of the script's own; sets server to its host, port and database.
start_redis() {
    local port
    port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    start redis redis-server --bind 127.0.0.1 --port "$port" --dir "$folder" --save "" --appendonly yes
    until_ready redis redis-cli -h 127.0.0.1 -p "$port" ping
    server=127.0.0.1:$port/0
}

# Sets base to the URL under which it listens: start_flask PROGRAM
start_flask() {
    PORT=0 start flask "$python" "$1"
    until_ready flask grep -q '^listening on ' "$folder/flask.log"
    base=$(sed -n 's/^listening on //p' "$folder/flask.log")
}

# A text member of a JSON object, quickly enough to see each state: field NAME < json
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

# POST: 202, the id, and where to look; sets place to that: order PATH JSON
order() {
    curl -sS -m 10 -i -H 'Content-Type: application/json' -d "$2" "$base$1" >"$folder/answer" || fail "no answer"
    tr -d '\r' <"$folder/answer" | grep -E '^(HTTP|Location)|^\{' | sed 's/^/  /'
    grep -q '^HTTP/1.1 202 ' "$folder/answer" || fail "expected 202"
    place=$(tr -d '\r' <"$folder/answer" | sed -n 's/^Location: //p')
    [[ "$place" == "$1"/* ]] || fail "expected a Location"
}

# GET until a member of the answer has one of the values, each answer once: follow PLACE NAME EXPECTED OTHER-END
follow() {
    local view last="" now tries=800
    while ((tries-- > 0)); do
        view=$(curl -sS -m 10 "$base$1") || fail "no answer"
        now=$(field "$2" <<<"$view")
        [[ "$view" == "$last" ]] || printf '  %s\n' "$(tr -d '\n' <<<"$view")"
        last=$view
        [[ "$now" != "$3" ]] || return 0
        [[ "$now" != "$4" ]] || fail "expected $3"
        sleep 0.05
    done
    fail "$1 did not end"
}

command -v redis-server >/dev/null || fail "no redis-server; run scripts/setup"
[[ -x "$python" ]] || fail "no $python; run scripts/setup"
