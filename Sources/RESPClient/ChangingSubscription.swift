import Logging

/// A subscription whose channels change: it has a connection of its own, and makes a new one whenever that is lost.
struct ChangingSubscription: Sendable {
    let connector: Connector
    let channels: RESPChannels
    let isListening: @Sendable ([String]) async -> Void
    let handle: @Sendable ([RESPMessage]) async -> Void

    /// Runs until an error is thrown; never returns.
    func run() async throws {
        var backoff = Backoff()
        while true {
            let connection = try await connector.connectPatiently(for: .subscription)
            do {
                try await listen(on: connection) { backoff.reset() }
            } catch let error as RESPError where error.isTransient && !connector.connections.isClosed {
                connector.logger.debug("subscription broken", metadata: ["reason": "\(error)"])
                try await Pause.sleep(backoff.next())
            }
        }
    }

    private func listen(on connection: RESPConnection, _ whenConfirmed: () -> Void) async throws {
        let mailbox = Mailbox()
        defer {
            channels.detach()
            connection.close(.clientClosed)
        }
        try await withTaskCancellationHandler {
            channels.attach { command in connection.run { $0.subscribe(with: [command], to: mailbox) } }
            while true {
                let (items, wasFull) = try await mailbox.take()
                if wasFull { connection.run { $0.resumeReading() } }
                try Task.checkCancellation()
                whenConfirmed()
                await deliver(items)
            }
        } onCancel: {
            mailbox.close(CancellationError())
        }
    }

    /// Passes on confirmations and messages in the order in which they arrived.
    private func deliver(_ items: [[RESPValue]]) async {
        var confirmed: [String] = []
        var messages: [RESPMessage] = []
        for item in items {
            if let message = RESPMessage(item) {
                await tell(&confirmed)
                messages.append(message)
            } else if item.first?.text == "subscribe", item.count > 1, let name = item[1].text {
                if !messages.isEmpty { await handle(messages) }
                messages = []
                confirmed.append(name)
            }
        }
        await tell(&confirmed)
        if !messages.isEmpty { await handle(messages) }
    }

    private func tell(_ confirmed: inout [String]) async {
        if !confirmed.isEmpty { await isListening(confirmed) }
        confirmed = []
    }
}
