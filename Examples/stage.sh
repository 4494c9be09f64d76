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

# Waits for a command to succeed, such as a look into a log: [tries=NUMBER] until_ready NAME COMMAND…
until_ready() {
    local name=$1 tries=${tries:-400}
    shift
    until "$@" >/dev/null 2>&1; do
        kill -0 "${pids[-1]}" 2>/dev/null || fail "$name ended early"
        ((tries-- > 0)) || fail "$name did not start"
        sleep 0.05
    done
}

# Prints so many ports of the loopback that nobody uses: free_ports COUNT
free_ports() {
    "$python" - "$1" <<'END'
import socket, sys
held = [socket.socket() for _ in range(int(sys.argv[1]))]
for one in held:
    one.bind(("127.0.0.1", 0))
print(*(one.getsockname()[1] for one in held))
END
}

takes_connections() { (exec 3<>"/dev/tcp/127.0.0.1/$1"); }

# A server of the script's own; sets server to its host, port and database.
start_redis() {
    local port
    port=$(free_ports 1)
    start redis redis-server --bind 127.0.0.1 --port "$port" --dir "$folder" --save "" --appendonly yes
    until_ready redis redis-cli -h 127.0.0.1 -p "$port" ping
    server=127.0.0.1:$port/0
}

# The same for RabbitMQ: a node with its own data, name, cookie and port mapper; sets broker to its URL. Debian's scripts in
# /usr/sbin insist on its system user and its one node, so RabbitMQ's own are used.
start_rabbitmq() {
    local home=$folder/rabbitmq port distribution mapper
    local programs=/usr/lib/rabbitmq/bin
    [[ -x $programs/rabbitmq-server ]] || programs=$(dirname "$(command -v rabbitmq-server)") || true
    [[ -x $programs/rabbitmq-server ]] || fail "no rabbitmq-server; run scripts/setup"
    read -r port distribution mapper <<<"$(free_ports 3)"
    mkdir -m 700 "$home"
    "$python" -c 'import secrets; print(secrets.token_hex(20), end="")' >"$home/.erlang.cookie"
    chmod 400 "$home/.erlang.cookie"
    printf 'disk_free_limit.absolute = 10MB\n' >"$home/rabbitmq.conf"
    printf '[].' >"$home/plugins"
    start port-mapper epmd -port "$mapper" -address 127.0.0.1
    start rabbitmq env HOME="$home" ERL_EPMD_PORT="$mapper" ERL_EPMD_ADDRESS=127.0.0.1 \
        RABBITMQ_NODENAME="celeriac-$port@localhost" RABBITMQ_NODE_PORT="$port" RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 \
        RABBITMQ_DIST_PORT="$distribution" RABBITMQ_MNESIA_BASE="$home/data" RABBITMQ_LOG_BASE="$home/log" \
        RABBITMQ_PID_FILE="$home/pid" RABBITMQ_ENABLED_PLUGINS_FILE="$home/plugins" \
        RABBITMQ_CONFIG_FILE="$home/rabbitmq.conf" RABBITMQ_ADVANCED_CONFIG_FILE="$home/advanced.config" \
        RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_FEATURE_FLAGS_FILE="$home/flags" \
        RABBITMQ_GENERATED_CONFIG_DIR="$home/generated" RABBITMQ_ALLOW_INPUT=1 "$programs/rabbitmq-server" -noinput
    tries=2400 until_ready rabbitmq takes_connections "$port"
    broker=amqp://guest:guest@127.0.0.1:$port//
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
