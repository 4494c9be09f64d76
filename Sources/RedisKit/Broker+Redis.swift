public import CeleriacCore
public import RESPClient

/// A store whose data is in Redis.
package protocol RedisConnected {
    /// The client that the store itself uses, connected to the server of its URL. Do not close it.
    var connection: RESPClient { get }
}

extension Broker {
    /// The Redis client of a broker that is in Redis; the counterpart of RQ's `get_current_connection()`.
    ///
    /// ```swift
    /// @Task func visit(_ context: TaskContext, page: String) async throws -> Int {
    ///     guard let redis = context.app.broker.redis else { return 0 }
    ///     return Int(try await redis.send(RESPCommand("INCR", "visits:\(page)")).integer ?? 0)
    /// }
    /// ```
    ///
    /// The client shares the worker's connection, so it needs no connection of its own. Use
    /// `RESPClient.block(_:timeout:)` for commands that block. Do not close the client. Keys are used as they are: the
    /// broker's prefix is not added.
    ///
    /// `nil` for all other brokers.
    public var redis: RESPClient? { (self as? any RedisConnected)?.connection }
}
