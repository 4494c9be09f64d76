public import CeleriacCore
public import Foundation
import PostgresClient

extension PostgresStore: StartLimiter {
    public func reserveStart(of id: TaskID, under key: String, every interval: Duration) async throws -> Date? {
        let start = try await transaction(on: .relaxed) { session in
            try await session.reserveStart(StoredKey(id).key, StoredKey(key).key, interval)
        }
        return here(start)
    }
}

extension Session {
    /// Reserves a start by the server's clock. The row of the limit is locked meanwhile.
    ///
    /// - Returns: `nil` if the call may start now, else the time at which it may.
    fileprivate func reserveStart(_ id: String, _ key: String, _ interval: Duration) async throws -> Date? {
        let names: [PostgresValue] = [.text(key), .text(id)]
        let answers = try await run([Request(.lockLimit, [.text(key)]), Request(.reservation, names)])
        guard let limit = answers[0].first, let reservation = answers[1].first else { return nil }
        let now = try limit.date(1)
        var (free, reserved) = (try limit.date(0), try reservation.optionalDate(0))
        // Each instant ahead is reserved for a call. A first free instant beyond them shows that the clock ran ahead
        // and was set right: the limit starts over.
        if free > now.adding(interval * (Int(clamping: try reservation.int(1)) + 2)) {
            try await run(.unreserveAll, .text(key))
            (free, reserved) = (now, nil)
        }
        if let reserved {
            if reserved > now { return reserved }
            try await run([Request(.unreserve, names)])
            return nil
        }
        let start = max(now, free)
        try await run(.setLimit, .text(key), .date(start.adding(interval)))
        guard start > now else { return nil }
        try await run([Request(.reserve, names + [.date(start)])])
        return start
    }
}
