#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
package import CeleriacCore
import RESPClient

/// The paused queues in Redis, the same in both layouts: a hash, queue -> pause as JSON. Claims read its fields.
package struct PauseBoard: Sendable {
    private let server: ServerLink
    private let key: String

    package init(_ server: ServerLink, key: String) {
        self.server = server
        self.key = key
    }

    /// The pause without its queue, which is the field's name.
    private struct Line: Codable {
        let actor: String
        let note: String
        let at: Date
    }

    package func pause(_ pause: QueuePause) async throws {
        let line = [UInt8](try JSONEncoder().encode(Line(actor: pause.actor, note: pause.note, at: pause.at)))
        _ = try await server.send(RESPCommand("HSET", key, pause.queue.rawValue, line), isShielded: true)
    }

    package func resume(_ queue: QueueName) async throws {
        _ = try await server.send(RESPCommand("HDEL", key, queue.rawValue), isShielded: true)
    }

    /// A queue whose line cannot be read is paused all the same.
    package func pauses() async throws -> [QueuePause] {
        let words = try await server.send(RESPCommand("HGETALL", key)).elements ?? []
        return stride(from: 0, to: words.count - 1, by: 2).compactMap { pause(words[$0], words[$0 + 1]) }
            .sorted { $0.queue.rawValue < $1.queue.rawValue }
    }

    private func pause(_ name: RESPValue, _ text: RESPValue) -> QueuePause? {
        guard let queue = name.text.flatMap(QueueName.init(rawValue:)) else { return nil }
        let line = text.bytes.flatMap { try? JSONDecoder().decode(Line.self, from: Data($0)) }
        return QueuePause(
            queue: queue, actor: line?.actor ?? "", note: line?.note ?? "",
            at: line?.at ?? Date(timeIntervalSince1970: 0))
    }
}
