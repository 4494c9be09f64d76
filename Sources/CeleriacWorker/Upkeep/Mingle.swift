import Logging

/// Asks the workers that are already running which calls have been revoked, and for the time of their logical clocks.
///
/// Source: `celery/worker/consumer/mingle.py`.
struct Mingle: Sendable {
    private static let patience = Duration.seconds(1)

    let channel: any ControlChannel
    let node: String
    let revoked: RevokedCalls
    let clock: LogicalClock
    let logger: Logger

    /// Takes a second if other workers may answer. The worker claims without waiting for it.
    func run() async {
        let hello = ControlCommand(
            "hello",
            ["from_node": .string(node), "revoked": .array(revoked.ids.map { .string($0.rawValue) })]
        )
        do {
            let replies = try await channel.ask(hello, timeout: Self.patience)
            for reply in replies where reply.node != node { merge(reply.value) }
        } catch is CancellationError {
            return
        } catch {
            logger.warning("other workers could not be asked", metadata: ["error": "\(error)"])
        }
    }

    private func merge(_ reply: JSONValue) {
        if let clock = reply["clock"]?.intValue { self.clock.adjust(to: Int64(clock)) }
        revoked.add(reply["revoked"]?.taskIDs ?? [])
    }
}

extension JSONValue {
    /// Ids as workers send them: a list or, from older versions, an object with ids as keys.
    var taskIDs: [TaskID] {
        let texts = arrayValue?.compactMap(\.stringValue) ?? objectValue.map { $0.keys.map(\.text) } ?? []
        return texts.prefix(RevokedCalls.most).filter { $0.utf8.count <= 255 }.map { TaskID($0) }
    }
}
