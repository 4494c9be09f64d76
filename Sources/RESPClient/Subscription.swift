import Logging

/// One `subscribe` call: it has a connection of its own, and makes a new one whenever that is lost.
struct Subscription: Sendable {
    let connector: Connector
    let channels: [String]
    let patterns: [String]
    let isListening: @Sendable () async -> Void
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
        defer { connection.close(.clientClosed) }
        try await withTaskCancellationHandler {
            connection.run { [commands] in $0.subscribe(with: commands, to: mailbox) }
            var unconfirmed = channels.count + patterns.count
            while true {
                let (items, wasFull) = try await mailbox.take()
                if wasFull { connection.run { $0.resumeReading() } }
                unconfirmed = try await deliver(items, unconfirmed: unconfirmed, whenConfirmed)
            }
        } onCancel: {
            mailbox.close(CancellationError())
        }
    }

    /// Returns the number of confirmations that are still awaited.
    private func deliver(_ items: [[RESPValue]], unconfirmed: Int, _ whenConfirmed: () -> Void) async throws -> Int {
        var unconfirmed = unconfirmed
        var messages: [RESPMessage] = []
        for item in items {
            if let message = RESPMessage(item) { messages.append(message) }
            guard item.first?.text == "subscribe" || item.first?.text == "psubscribe" else { continue }
            unconfirmed -= 1
            guard unconfirmed == 0 else { continue }
            whenConfirmed()
            await isListening()
        }
        try Task.checkCancellation()
        if !messages.isEmpty { await handle(messages) }
        return unconfirmed
    }

    private var commands: [RESPCommand] {
        var commands: [RESPCommand] = []
        if !channels.isEmpty {
            var command = RESPCommand("SUBSCRIBE")
            command.append(contentsOf: channels)
            commands.append(command)
        }
        if !patterns.isEmpty {
            var command = RESPCommand("PSUBSCRIBE")
            command.append(contentsOf: patterns)
            commands.append(command)
        }
        return commands
    }
}

extension RESPMessage {
    /// Elements: `message`, channel, payload; or `pmessage`, pattern, channel, payload.
    init?(_ push: [RESPValue]) {
        switch (push.first?.text, push.count) {
        case ("message", 3):
            guard let channel = push[1].text, let payload = push[2].bytes else { return nil }
            self.init(channel: channel, payload: payload)
        case ("pmessage", 4):
            guard let pattern = push[1].text, let channel = push[2].text, let payload = push[3].bytes else {
                return nil
            }
            self.init(channel: channel, pattern: pattern, payload: payload)
        default: return nil
        }
    }
}
