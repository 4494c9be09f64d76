import CeleriacCore
import RedisKit

/// Where a page of jobs ended. Some stages are two of RQ's lists, one after the other.
enum RQPageEnd {
    /// In the list of a queue: the words of the script `look`.
    case list([String])
    /// Behind a job of the sorted set of scheduled jobs; `nil` at its beginning.
    case scheduled(ScoredCursor?)
    /// Behind a job of the sorted set of jobs that wait for others.
    case deferred(ScoredCursor)
    /// Behind a member of the sorted set of started jobs.
    case started(String)
    /// Behind a failed job.
    case failed(ScoredCursor)

    init?(_ key: [String], of status: MessagePlace.Status) {
        guard let list = key.first else { return nil }
        let rest = Array(key.dropFirst())
        switch (list, status) {
        case ("list", .ready):
            guard rest.count > 2, let before = Int(rest[0]), let count = Int(rest[1]), (0...(1 << 40)).contains(before),
                (1..<rest.count - 2).contains(count)
            else { return nil }
            self = .list(rest)
        case ("scheduled", .ready) where rest.isEmpty: self = .scheduled(nil)
        case ("scheduled", .ready), ("scheduled", .delayed):
            guard let last = ScoredCursor(key: rest) else { return nil }
            self = .scheduled(last)
        case ("deferred", .delayed):
            guard let last = ScoredCursor(key: rest) else { return nil }
            self = .deferred(last)
        case ("started", .leased):
            guard rest.count == 1 else { return nil }
            self = .started(rest[0])
        case ("failed", .dead):
            guard let last = ScoredCursor(key: rest) else { return nil }
            self = .failed(last)
        default: return nil
        }
    }

    var key: [String] {
        switch self {
        case .list(let words): ["list"] + words
        case .scheduled(let last): ["scheduled"] + (last?.key ?? [])
        case .deferred(let last): ["deferred"] + last.key
        case .started(let member): ["started", member]
        case .failed(let last): ["failed"] + last.key
        }
    }
}
