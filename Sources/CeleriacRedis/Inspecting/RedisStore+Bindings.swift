#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import CeleriacCore
import RESPClient
import RedisKit

extension RedisStore: BindingDirectory {
    /// - Complexity: O(*n*) in the number of all keys, since kombu has no list of its exchanges.
    public func bindings() async throws -> [QueueBinding] {
        let start = keys.binding("")
        var bindings: Set<QueueBinding> = []
        for table in try await scanBindings() {
            let exchange = String(table.dropFirst(start.count))
            let members = try await send(RESPCommand("SMEMBERS", table)).texts
            bindings.formUnion(members.compactMap { binding(in: $0, of: exchange) })
        }
        return bindings.sorted { ($0.exchange, $0.queue.rawValue, $0.key) < ($1.exchange, $1.queue.rawValue, $1.key) }
    }

    /// - Parameter member: routing key, pattern and queue, as kombu joins them.
    /// - Returns: `nil` if the member has another form, or names no queue.
    private func binding(in member: String, of exchange: String) -> QueueBinding? {
        let parts = member.components(separatedBy: keys.separator)
        guard parts.count == 3, let queue = QueueName(rawValue: parts[2]) else { return nil }
        return QueueBinding(queue: queue, exchange: exchange, key: parts[0])
    }
}
