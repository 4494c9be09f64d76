public import CeleriacCore
import CeleriacRQWire

extension RQStore: QueueReserving {
    public func objection(to queue: QueueName) -> String? { keys.objection(to: queue) }

    /// - Throws: ``BrokerError`` with code `refused` for a name that this store uses itself.
    func check(_ queue: QueueName) throws {
        guard let objection = objection(to: queue) else { return }
        throw BrokerError(.refused, "\"\(queue.rawValue.onOneLine)\" cannot be a queue of this store: \(objection)")
    }
}
