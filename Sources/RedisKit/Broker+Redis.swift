public import CeleriacCore
public import RESPClient

/// A store that lies in Redis.
package protocol RedisConnected {
    /// The client that the store itself uses, connected to the server of its URL. Do not close it.
    var connection: RESPClient { get }
}

extension Broker {
    /// The Redis client of a broker that is in Redis: what RQ's `get_current_connection()` is to a job.
    ///
    /// ```swift
    /// @Task func visit(_ context: TaskContext, page: String) async throws -> Int {
    ///     guard let redis = context.app.broker.redis else { return 0 }
    ///     return Int(try await redis.send(RESPCommand("INCR", "visits:\(page)")).integer ?? 0)
    /// }
    /// ```
    ///
    /// It shares the connection of the worker, so that it costs none; a command that blocks belongs into
    /// `RESPClient.block(_:timeout:)`. Do not close it. Keys are those of the database as they are: the broker's prefix is
    /// not put before them.
    ///
    /// `nil` for all other brokers.
    public var redis: RESPClient? { (self as? any RedisConnected)?.connection }
}
