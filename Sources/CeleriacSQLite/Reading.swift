import CeleriacCore
import Foundation
import GRDB

/// The statements that only read. `CROSS JOIN` keeps SQLite to the order written, from the few rows to the many.
///
/// `live` is a lease that has not lapsed; one that has, swept or not, counts as ready.
enum ReadSQL {
    /// Boot, uptime.
    private static let live = "l.boot = ?1 AND l.expires > ?2"

    /// Boot, uptime, id: the record in twelve columns, the message's place, and what the call has sent.
    static let record = """
        SELECT c.state, c.attempt, c.task, c.record_queue, c.worker, c.started_at, c.recorded_at, c.expires,
            c.parent_id, c.failure, c.meta, c.result,
            c.headers, q.name, c.not_before, l.call IS NOT NULL AND \(live), c.children
        FROM celeriac_calls c
            LEFT JOIN celeriac_leases l ON l.call = c.number LEFT JOIN celeriac_queues q ON q.number = c.queue
        WHERE c.id = ?3
        """

    // MARK: Messages, all in the same columns

    private static let columns = """
        c.id, c.rank, c.content_type, c.content_encoding, c.correlation_id, c.reply_to, c.headers, c.body, q.name,
            c.not_before, c.enqueued_at
        """

    /// Boot, uptime, id.
    static let message = """
        SELECT \(columns), l.call IS NOT NULL AND \(live), coalesce(l.deliveries, r.deliveries, d.deliveries, 0)
        FROM celeriac_calls c JOIN celeriac_queues q ON q.number = c.queue
            LEFT JOIN celeriac_leases l ON l.call = c.number
            LEFT JOIN celeriac_ready r
                ON r.queue = c.queue AND r.rank = c.rank AND r.position = c.position AND r.call = c.number
            LEFT JOIN celeriac_delayed d ON d.queue = c.queue AND d.due = c.not_before AND d.call = c.number
        WHERE c.id = ?3 AND c.headers IS NOT NULL
        """

    /// Boot, uptime, queue, now: where its ready messages lie.
    private static let ready = """
        SELECT rank, position, call, deliveries FROM celeriac_ready WHERE queue = ?3
        UNION ALL
        SELECT c.rank, c.position, c.number, d.deliveries
        FROM celeriac_delayed d CROSS JOIN celeriac_calls c ON c.number = d.call WHERE d.queue = ?3 AND d.due <= ?4
        UNION ALL
        SELECT c.rank, c.position, c.number, l.deliveries
        FROM celeriac_leases l CROSS JOIN celeriac_calls c ON c.number = l.call WHERE c.queue = ?3 AND NOT (\(live))
        """

    /// Boot, uptime, queue, now, limit, offset.
    static func messages(_ status: MessagePlace.Status) -> String {
        switch status {
        case .ready:
            """
            SELECT \(columns), 0, w.deliveries
            FROM (\(ready) ORDER BY 1, 2, 3 LIMIT ?5 OFFSET ?6) w
                JOIN celeriac_calls c ON c.number = w.call JOIN celeriac_queues q ON q.number = c.queue
            ORDER BY w.rank, w.position, w.call
            """
        case .delayed:
            """
            SELECT \(columns), 0, d.deliveries + 0 * (?1 + ?2)
            FROM celeriac_delayed d
                CROSS JOIN celeriac_calls c ON c.number = d.call JOIN celeriac_queues q ON q.number = d.queue
            WHERE d.queue = ?3 AND d.due > ?4 ORDER BY d.due, d.call LIMIT ?5 OFFSET ?6
            """
        case .leased:
            """
            SELECT \(columns), 1, l.deliveries + 0 * ?4
            FROM celeriac_leases l
                CROSS JOIN celeriac_calls c ON c.number = l.call JOIN celeriac_queues q ON q.number = c.queue
            WHERE c.queue = ?3 AND \(live) ORDER BY c.rank, c.position, l.call LIMIT ?5 OFFSET ?6
            """
        case .dead:
            """
            SELECT c.id, c.rank, c.content_type, c.content_encoding, c.correlation_id, c.reply_to, c.headers, c.body,
                q.name, NULL, c.enqueued_at, 0, c.deliveries + 0 * (?1 + ?2 + ?4)
            FROM celeriac_dead c JOIN celeriac_queues q ON q.number = c.queue
            WHERE c.queue = ?3 ORDER BY c.number DESC LIMIT ?5 OFFSET ?6
            """
        }
    }

    /// Boot, uptime, queue, now.
    static let counts = """
        SELECT (SELECT count(*) FROM celeriac_ready WHERE queue = ?3),
            (SELECT count(*) FROM celeriac_delayed WHERE queue = ?3),
            (SELECT count(*) FROM celeriac_delayed WHERE queue = ?3 AND due <= ?4),
            (SELECT ifnull(sum(\(live)), 0) FROM celeriac_leases l CROSS JOIN celeriac_calls c ON c.number = l.call
                WHERE c.queue = ?3),
            (SELECT ifnull(sum(NOT (\(live))), 0) FROM celeriac_leases l CROSS JOIN celeriac_calls c ON c.number = l.call
                WHERE c.queue = ?3),
            (SELECT count(*) FROM celeriac_dead WHERE queue = ?3)
        """

    /// Boot, uptime, queue, now: the earliest due time of what is ready. One seek for each priority; only messages at the
    /// front, whose position is no time, are looked at singly.
    static let oldestReady = """
        WITH RECURSIVE ranks (rank) AS (VALUES (1) UNION ALL SELECT rank + 2 FROM ranks WHERE rank < 19)
        SELECT min(due) FROM (
            SELECT (SELECT position FROM celeriac_ready WHERE queue = ?3 AND rank = ranks.rank
                ORDER BY position LIMIT 1) AS due FROM ranks
            UNION ALL
            SELECT ifnull(c.not_before, c.enqueued_at)
            FROM ranks CROSS JOIN celeriac_ready r ON r.queue = ?3 AND r.rank = ranks.rank - 1
                CROSS JOIN celeriac_calls c ON c.number = r.call
            UNION ALL
            SELECT min(due) FROM celeriac_delayed WHERE queue = ?3 AND due <= ?4
            UNION ALL
            SELECT ifnull(c.not_before, c.enqueued_at)
            FROM celeriac_leases l CROSS JOIN celeriac_calls c ON c.number = l.call WHERE c.queue = ?3 AND NOT (\(live))
        )
        """

    /// Boot, uptime, queue, now, rank, position, call.
    static let position = "SELECT count(*) FROM (\(ready)) WHERE (rank, position, call) < (?5, ?6, ?7)"

    static let queues = "SELECT name FROM celeriac_queues ORDER BY name"
    static let queue = "SELECT number FROM celeriac_queues WHERE name = ?"
    static let place = """
        SELECT number, queue, rank, position FROM celeriac_calls WHERE id = ? AND headers IS NOT NULL
        """

    // MARK: Dead letters

    private static let deadLetter = """
        SELECT d.id, d.rank, d.content_type, d.content_encoding, d.correlation_id, d.reply_to, d.headers, d.body, q.name,
            d.enqueued_at, d.deliveries, d.reason, d.died_at, d.number
        FROM celeriac_dead d JOIN celeriac_queues q ON q.number = d.queue
        """
    static let deadLetterOf = "\(deadLetter) WHERE d.id = ?"
    /// Limit, the number that all are below.
    static let deadLetters = "\(deadLetter) WHERE d.number < ?2 ORDER BY d.number DESC LIMIT ?1"
    /// Limit, the number that all are below, queue.
    static let deadLettersIn = "\(deadLetter) WHERE d.queue = ?3 AND d.number < ?2 ORDER BY d.number DESC LIMIT ?1"

    static let droppedDeadLetters = "SELECT name, dead_dropped FROM celeriac_queues WHERE dead_dropped > 0"

    // MARK: Revocations and workers

    /// Id, now.
    static let revocation = "SELECT terminate, until FROM celeriac_revocations WHERE id = ? AND until > ?"
    static let generation = "SELECT seq FROM sqlite_sequence WHERE name = 'celeriac_revocations'"
    static let workers = "SELECT status FROM celeriac_workers WHERE expires > ? ORDER BY name"

    // MARK: The schedule

    static let generationOfSchedule = "SELECT generation FROM celeriac_schedule_generation"
    static let entries = """
        SELECT name, revision, paused, first_seen, last_tick, last_call, last_published, runs, entry, dealt
        FROM celeriac_schedule
        """
    static let entry = "\(entries) WHERE name = ?"
}

extension Database {
    /// The statement, prepared once for each connection.
    func use(_ sql: String) throws -> PreparedStatement { PreparedStatement(try cachedStatement(sql: sql)) }

    /// The statement with the two parameters by which it knows a live lease.
    func use(_ sql: String, at moment: Moment) throws -> PreparedStatement {
        var statement = try use(sql)
        statement.bind(moment.boot)
        statement.bind(moment.uptime.microseconds)
        return statement
    }

    func number(of queue: QueueName) throws -> Int64? {
        var find = try use(ReadSQL.queue)
        find.bind(queue.rawValue)
        return try find.step() ? find.int(0) : nil
    }
}
