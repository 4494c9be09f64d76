/// Every statement of the hot path and of the transitions: one each, with bound parameters only, numbered from the left.
enum SQL: Int, CaseIterable {
    // Queues
    case findQueue, addQueue, queueName
    // Publishing
    case insertCall, reviveCall, holderOfKey, insertReady, insertDelayed, setFront
    // Claiming
    case nextLapse, lapsedLeases, promotable, selectReady, deleteReady, deleteDelayed, insertLease, freeKey, nextDue
    // Settling
    case endLease, extendLease, deliveriesOf, leasesOf, lapsedOf, place, setPlace, deleteCall, clearMessage,
        replaceMessage
    case callID, hasGrave, hasSameGrave, buryMessage, buryLetter, takeGrave, deleteGrave, graves, deleteOldestGrave,
        noteDropped
    // Recording
    case completeCall, recordByID, recordNew, recordChildren, forgetRecord, deleteBareCall
    // Sweeping
    case expiredCalls, deleteExpiredRevocations, deleteExpiredWorkers
    // Looking up, revoking, directory
    case callByID, headersOfCall, isLeased, waitingIn, lastCall, revoke, insertWorker, deleteWorker
    // The schedule
    case putEntry, deleteEntry, setGeneration, moveTick, isInRevision, noteRuns, claimTick, deleteClaim

    var text: String {
        switch self {
        case .findQueue: "SELECT number FROM celeriac_queues WHERE name = ?"
        case .addQueue: "INSERT INTO celeriac_queues (name) VALUES (?)"
        case .queueName: "SELECT name FROM celeriac_queues WHERE number = ?"

        // id, queue, rank, position, not_before, enqueued_at, key, until_start, type, encoding, correlation, reply_to,
        // headers, body
        case .insertCall:
            """
            INSERT INTO celeriac_calls (id, queue, rank, position, not_before, enqueued_at, unique_key, until_start,
                content_type, content_encoding, correlation_id, reply_to, headers, body)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO NOTHING
            """
        // The same, for an id of which only a record stands.
        case .reviveCall:
            """
            UPDATE celeriac_calls SET queue = ?2, rank = ?3, position = ?4, not_before = ?5, enqueued_at = ?6,
                unique_key = ?7, until_start = ?8, content_type = ?9, content_encoding = ?10, correlation_id = ?11,
                reply_to = ?12, headers = ?13, body = ?14
            WHERE id = ?1 AND headers IS NULL RETURNING number
            """
        case .holderOfKey: "SELECT id FROM celeriac_calls WHERE unique_key = ?"
        // queue, rank, position, call, deliveries, token
        case .insertReady: "INSERT INTO celeriac_ready VALUES (?, ?, ?, ?, ?, ?)"
        // queue, due, call, deliveries
        case .insertDelayed: "INSERT INTO celeriac_delayed VALUES (?, ?, ?, ?)"
        case .setFront: "UPDATE celeriac_calls SET position = -number WHERE number = ? RETURNING position"

        case .nextLapse: "SELECT min(expires) FROM celeriac_leases"
        // boot, uptime, limit
        case .lapsedLeases:
            """
            SELECT l.call, l.deliveries, l.token, c.queue, c.rank, c.position
            FROM celeriac_leases l CROSS JOIN celeriac_calls c ON c.number = l.call
            WHERE l.boot <> ? OR l.expires <= ? LIMIT ?
            """
        // queue, now, limit
        case .promotable:
            """
            SELECT d.due, d.call, d.deliveries, c.rank, c.position
            FROM celeriac_delayed d CROSS JOIN celeriac_calls c ON c.number = d.call
            WHERE d.queue = ? AND d.due <= ? ORDER BY d.due, d.call LIMIT ?
            """
        // now, queue, limit
        case .selectReady:
            """
            SELECT r.rank, r.position, r.call, r.deliveries, c.id, c.until_start, c.content_type, c.content_encoding,
                c.correlation_id, c.reply_to, c.headers, c.body,
                EXISTS (SELECT 1 FROM celeriac_revocations v WHERE v.id = c.id AND v.until > ?)
            FROM celeriac_ready r CROSS JOIN celeriac_calls c ON c.number = r.call
            WHERE r.queue = ? ORDER BY r.rank, r.position, r.call LIMIT ?
            """
        // queue, rank, position, call
        case .deleteReady:
            "DELETE FROM celeriac_ready WHERE queue = ? AND rank = ? AND position = ? AND call = ?"
        // queue, due, call
        case .deleteDelayed: "DELETE FROM celeriac_delayed WHERE queue = ? AND due = ? AND call = ?"
        // call, token, boot, expires, deliveries, consumer
        case .insertLease: "INSERT INTO celeriac_leases VALUES (?, ?, ?, ?, ?, ?)"
        case .freeKey: "UPDATE celeriac_calls SET unique_key = NULL, until_start = NULL WHERE number = ?"
        case .nextDue: "SELECT due FROM celeriac_delayed WHERE queue = ? ORDER BY due LIMIT 1"

        // call, token
        case .endLease: "DELETE FROM celeriac_leases WHERE call = ? AND token = ?"
        // call, token, boot, expires
        case .extendLease:
            "UPDATE celeriac_leases SET boot = ?3, expires = ?4 WHERE call = ?1 AND token = ?2"
        case .deliveriesOf: "SELECT deliveries FROM celeriac_leases WHERE call = ? AND token = ?"
        case .leasesOf:
            """
            SELECT l.call, l.token, c.queue FROM celeriac_leases l CROSS JOIN celeriac_calls c ON c.number = l.call
            WHERE l.consumer = ?
            """
        // call, token: a lease that lapsed and that nobody has claimed since.
        case .lapsedOf:
            """
            SELECT r.queue, r.rank, r.position, r.deliveries
            FROM celeriac_calls c JOIN celeriac_ready r
                ON r.queue = c.queue AND r.rank = c.rank AND r.position = c.position AND r.call = c.number
            WHERE c.number = ? AND r.token = ?
            """
        case .place: "SELECT queue, rank, position, not_before FROM celeriac_calls WHERE number = ?"
        // call, rank, position, not_before
        case .setPlace: "UPDATE celeriac_calls SET rank = ?2, position = ?3, not_before = ?4 WHERE number = ?1"
        case .deleteCall: "DELETE FROM celeriac_calls WHERE number = ? AND state IS NULL"
        case .clearMessage:
            """
            UPDATE celeriac_calls SET queue = NULL, rank = NULL, position = NULL, not_before = NULL, enqueued_at = NULL,
                unique_key = NULL, until_start = NULL, content_type = NULL, content_encoding = NULL,
                correlation_id = NULL, reply_to = NULL, headers = NULL, body = NULL
            WHERE number = ?
            """
        // call, rank, position, not_before, type, encoding, correlation, reply_to, headers, body
        case .replaceMessage:
            """
            UPDATE celeriac_calls SET rank = ?2, position = ?3, not_before = ?4, content_type = ?5,
                content_encoding = ?6, correlation_id = ?7, reply_to = ?8, headers = ?9, body = ?10
            WHERE number = ?1 RETURNING queue
            """
        case .callID: "SELECT id, queue FROM celeriac_calls WHERE number = ?"
        case .hasGrave: "SELECT 1 FROM celeriac_dead WHERE id = ?"
        case .hasSameGrave: "SELECT 1 FROM celeriac_dead WHERE id = ? AND died_at = ?"
        // id, queue, rank, reason, died_at, type, encoding, correlation, reply_to, headers, body
        case .buryLetter:
            """
            INSERT INTO celeriac_dead (id, queue, rank, reason, died_at, enqueued_at, deliveries,
                content_type, content_encoding, correlation_id, reply_to, headers, body)
            VALUES (?1, ?2, ?3, ?4, ?5, ?5, 1, ?6, ?7, ?8, ?9, ?10, ?11)
            """
        // call, id of the letter, reason, died_at, deliveries
        case .buryMessage:
            """
            INSERT INTO celeriac_dead (id, queue, rank, reason, died_at, enqueued_at, deliveries,
                content_type, content_encoding, correlation_id, reply_to, headers, body)
            SELECT ?2, queue, rank, ?3, ?4, enqueued_at, ?5, content_type, content_encoding, correlation_id, reply_to,
                headers, body
            FROM celeriac_calls WHERE number = ?1
            """
        case .takeGrave:
            """
            SELECT queue, rank, content_type, content_encoding, correlation_id, reply_to, headers, body
            FROM celeriac_dead WHERE id = ?
            """
        case .deleteGrave: "DELETE FROM celeriac_dead WHERE id = ?"
        case .graves: "SELECT dead_count, dead_bytes FROM celeriac_queues WHERE number = ?"
        case .deleteOldestGrave:
            "DELETE FROM celeriac_dead WHERE number = (SELECT min(number) FROM celeriac_dead WHERE queue = ?)"
        case .noteDropped: "UPDATE celeriac_queues SET dead_dropped = dead_dropped + 1 WHERE number = ?"

        // state, attempt, task, queue, worker, started_at, recorded_at, expires, parent, failure, meta, result (1-12),
        // now, three states that do not yield (13-16), call, id
        case .completeCall:
            """
            UPDATE celeriac_calls SET \(SQL.recordColumns),
                queue = NULL, rank = NULL, position = NULL, not_before = NULL, enqueued_at = NULL,
                unique_key = NULL, until_start = NULL, content_type = NULL, content_encoding = NULL,
                correlation_id = NULL, reply_to = NULL, headers = NULL, body = NULL
            WHERE number = ?17 AND id = ?18 AND \(SQL.recordYields)
            """
        // The same parameters, then id
        case .recordByID:
            "UPDATE celeriac_calls SET \(SQL.recordColumns) WHERE id = ?17 AND \(SQL.recordYields)"
        // The twelve of a record, then id
        case .recordNew:
            """
            INSERT INTO celeriac_calls (state, attempt, task, record_queue, worker, started_at, recorded_at, expires,
                parent_id, failure, meta, result, id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO NOTHING
            """
        case .recordChildren: "UPDATE celeriac_calls SET children = ? WHERE id = ?"
        case .forgetRecord:
            """
            UPDATE celeriac_calls SET state = NULL, attempt = NULL, task = NULL, record_queue = NULL, worker = NULL,
                started_at = NULL, recorded_at = NULL, expires = NULL, parent_id = NULL, failure = NULL, meta = NULL,
                result = NULL, children = NULL
            WHERE id = ? AND headers IS NOT NULL
            """
        case .deleteBareCall: "DELETE FROM celeriac_calls WHERE id = ? AND headers IS NULL"

        // now, limit
        case .expiredCalls: "SELECT id FROM celeriac_calls WHERE expires <= ? ORDER BY expires LIMIT ?"
        case .deleteExpiredRevocations: "DELETE FROM celeriac_revocations WHERE until <= ?"
        case .deleteExpiredWorkers: "DELETE FROM celeriac_workers WHERE expires <= ?"

        case .callByID:
            """
            SELECT number, queue, rank, position, not_before FROM celeriac_calls
            WHERE id = ? AND headers IS NOT NULL
            """
        case .headersOfCall: "SELECT headers FROM celeriac_calls WHERE number = ?"
        case .isLeased: "SELECT 1 FROM celeriac_leases WHERE call = ?"
        // queue, last call, limit
        case .waitingIn:
            """
            SELECT c.id FROM (
                SELECT call FROM celeriac_ready WHERE queue = ?1 UNION ALL
                SELECT call FROM celeriac_delayed WHERE queue = ?1
            ) w CROSS JOIN celeriac_calls c ON c.number = w.call
            WHERE w.call <= ?2 LIMIT ?3
            """
        case .lastCall: "SELECT max(number) FROM celeriac_calls"
        // id, terminate, until: a new number each time, and what was asked for before stays asked for.
        case .revoke:
            """
            INSERT OR REPLACE INTO celeriac_revocations (id, terminate, until)
            SELECT ?1, max(?2, ifnull(max(terminate), 0)), max(?3, ifnull(max(until), ?3))
            FROM celeriac_revocations WHERE id = ?1
            """
        case .insertWorker: "INSERT OR REPLACE INTO celeriac_workers (name, expires, status) VALUES (?, ?, ?)"
        case .deleteWorker: "DELETE FROM celeriac_workers WHERE name = ?"

        // name, revision, paused, first_seen, last_tick, last_call, last_published, runs, entry, dealt
        case .putEntry: "INSERT OR REPLACE INTO celeriac_schedule VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        case .deleteEntry: "DELETE FROM celeriac_schedule WHERE name = ?"
        case .setGeneration: "UPDATE celeriac_schedule_generation SET generation = ?"
        // name, revision, the last tick as it was, the last tick from now on, all that has been dealt with
        case .moveTick:
            """
            UPDATE celeriac_schedule SET last_tick = ?4, dealt = ?5
            WHERE name = ?1 AND revision = ?2 AND NOT paused AND last_tick IS ?3
            """
        // name, revision
        case .isInRevision: "SELECT 1 FROM celeriac_schedule WHERE name = ? AND revision = ?"
        // name, revision, the last tick as it was, the beat, when, microseconds for which a claim stands
        case .claimTick:
            """
            INSERT INTO celeriac_schedule_claims (name, revision, after_tick, beat, claimed_at)
            SELECT name, revision, last_tick, ?4, ?5 FROM celeriac_schedule
            WHERE name = ?1 AND revision = ?2 AND NOT paused AND last_tick IS ?3
            ON CONFLICT (name) DO UPDATE SET revision = excluded.revision, after_tick = excluded.after_tick,
                beat = excluded.beat, claimed_at = excluded.claimed_at
            WHERE beat = excluded.beat OR revision <> excluded.revision OR after_tick IS NOT excluded.after_tick
                OR abs(excluded.claimed_at - claimed_at) >= ?6
            """
        case .deleteClaim: "DELETE FROM celeriac_schedule_claims WHERE name = ?"
        // name, how many, the last call, when
        case .noteRuns:
            """
            UPDATE celeriac_schedule SET runs = min(runs, 1000000000) + ?2, last_call = ?3, last_published = ?4 WHERE name = ?1
            """
        }
    }

    private static let recordColumns = """
        state = ?1, attempt = ?2, task = ?3, record_queue = ?4, worker = ?5, started_at = ?6, recorded_at = ?7,
            expires = ?8, parent_id = ?9, failure = ?10, meta = ?11, result = ?12, children = NULL
        """

    /// Whether nothing is recorded, or what is has expired, or yields by ``TaskState/yields(to:)``.
    private static let recordYields = "(state IS NULL OR state NOT IN (?14, ?15, ?16) OR expires <= ?13)"
}
