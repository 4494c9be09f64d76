import CeleriacCore

/// The names of all keys in Redis: kombu's and Celery's where they have one, `celeriac.…` for our own.
///
/// ```
/// LIST Q, Q<sep>3, …                 kombu's: messages by priority step; pushed at the left, taken from the right
/// HASH unacked                       kombu's: tag -> [message, exchange, routing key] of all that is held
/// ZSET unacked_index                 kombu's: tag -> when it was claimed or renewed, in seconds; ours: no two alike
/// ZSET celeriac.leases:Q             tag -> when the lease ends, in microseconds: those of `unacked` that we hold
/// HASH celeriac.renewed              tag -> "<score of the claim> <score of the last renewal>"
/// ZSET celeriac.delayed:Q            "<number>:<priority>:<message>" -> when it is due, in microseconds; "<priority>^" = then
///                                    at the front
/// HASH celeriac.deliveries           tag -> "<leases that lapsed> <when the last did, in seconds>"
/// ZSET celeriac.revoked              id -> until when, in seconds
/// STR  celeriac.unique:<digest>      "<nonce>:<id>" of the call that holds the key; see `Fragments/uniqueness.lua` for what lies
///                                    beside it, and for the last call of an entry of the schedule
/// STR  celeriac.last, .sequence      the last score in microseconds; the last number of a delayed message
/// SET  celeriac.queues               names of queues that held a message
/// HASH celeriac.paused               queue -> by whom, why and since when nothing is claimed from it
/// HASH celeriac.audit                id -> entry; ZSET .order: id -> number; STR .sequence: the last number
/// HASH celeriac.schedule             name -> entry of the beat's schedule; celeriac.schedule.state: name -> how far it has come
/// STR  celeriac.schedule.generation  grows with each change of an entry
/// STR  celeriac.schedule.claim.<entry>  the tick that a beat is about to publish through another broker
///
/// … celery-taskset-meta-<group>      Celery's, of a chord: itself the saved header where that is nested, and with a suffix
///      .s .t                         STR how many parts it began with, and how many more were asked for
///      .j .d                         ZSET part -> place (see `ChordMember`); SET "<id>:<place>" counted, "+<id>" has extended it
///      .c                            STR who launches it, for a while; then "done", for five minutes
/// HASH celeriac.chord:<group>        size, body, root, last: what those lack; like the next two under the prefix of results
/// ZSET celeriac.chords.due           group -> since when it is complete, or until when somebody launches it, in microseconds
/// ZSET celeriac.chords.open          group -> when to look at it, since its last part may not be one of ours
///
/// CHAN celeriac.wake:Q, .push:Q      hints to those who wait; see ``Hint``
/// ```
///
/// Priorities are those of the wire: 0 is served first. Sources: `kombu/transport/redis.py`,
/// `celery/backends/redis.py`, `celery/backends/base.py` (5.7).
struct RedisKeys: Sendable {
    let prefix: String
    let resultPrefix: String
    let separator: String
    let steps: [Int]
    let database: Int
    /// Kombu's hash of held deliveries.
    let unacked: String
    let unackedIndex: String
    /// The names that no queue can have.
    let taken: TakenNames

    init(_ options: RedisOptions, database: Int) {
        prefix = options.keyPrefix
        let result = options.resultKeyPrefix
        resultPrefix = result.isEmpty || ":_-.".contains(result.last ?? " ") ? result : result + "_"
        separator = options.separator
        steps = options.prioritySteps
        self.database = database
        unacked = prefix + options.unackedKey
        unackedIndex = prefix + options.unackedIndexKey
        taken = TakenNames(options, prefix: prefix, results: resultPrefix)
    }

    /// Returns the list of one priority step of a queue.
    func list(_ queue: QueueName, step: Int) -> String {
        step == 0 ? prefix + queue.rawValue : "\(prefix)\(queue)\(separator)\(step)"
    }

    /// Returns the list for a priority of the wire: the one of the largest step not above it.
    func list(_ queue: QueueName, priority: Int) -> String {
        list(queue, step: steps.last { $0 <= priority } ?? steps.first ?? 0)
    }

    /// Returns all lists of a queue, in the order in which they are served.
    func lists(_ queue: QueueName) -> [String] { steps.map { list(queue, step: $0) } }

    func binding(_ exchange: String) -> String { "\(prefix)_kombu.binding.\(exchange)" }

    /// The key that repeats the bindings of queues that do not expire.
    func permanentBinding(_ exchange: String) -> String { "\(prefix)_kombu.binding_permanent.\(exchange)" }

    /// The channel of a fanout exchange. It has the prefix, as in kombu.
    func channel(_ exchange: String, key: String = "") -> String {
        "\(prefix)/\(database).\(exchange)" + (key.isEmpty ? "" : "/\(key)")
    }

    /// The key and channel of a call's result.
    func result(_ id: TaskID) -> String { "\(resultPrefix)celery-task-meta-\(id)" }

    /// The key of the time until which that result is kept, in virtual time.
    func expiry(ofResult id: TaskID) -> String { result(id) + ":expires" }

    /// The name of a key that only this library uses.
    func own(_ name: String) -> String { "\(prefix)celeriac.\(name)" }

    func leases(_ queue: QueueName) -> String { own("leases:\(queue)") }
    func delayed(_ queue: QueueName) -> String { own("delayed:\(queue)") }
    func hint(_ hint: Hint, _ queue: QueueName) -> String { own("\(hint.rawValue):\(queue)") }
    var revoked: String { own("revoked") }
    var queues: String { own("queues") }
    var paused: String { own("paused") }
}

/// What a channel signals to those who wait for messages of a queue.
enum Hint: String, Sendable {
    /// A message came into the list of the first step. A consumer that blocks on that list knows already.
    case push
    /// A message came into another list, or is due earlier than all delayed messages before.
    case wake
}

extension RedisKeys {
    /// The KEYS of every script that includes `Scripts/Fragments/prelude.lua`, in the order in which it names them.
    var shared: [String] {
        [
            unacked, unackedIndex, own("last"), own("renewed"), own("deliveries"), revoked, own("sequence"), queues,
            dead, deadMessages, workers[1], paused,
        ]
    }

    /// The prefixes of queue names (or of digests of unique keys) in the keys that scripts build.
    var stems: [String] {
        [prefix, own("leases:"), own("delayed:"), own("wake:"), own("push:"), own("dead:"), own("unique:")]
    }
}
