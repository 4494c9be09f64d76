import Logging

/// Listens to orders for this worker for as long as it runs.
struct OrderListener: Sendable {
    let app: TaskApp
    let channel: any WorkerOrderChannel
    let node: String
    let reach: ControlReach
    /// Opens once orders arrive, or once it is clear that they cannot arrive for now.
    let listening: Gate
    let carryOut: @Sendable (WorkerOrder) -> Void

    /// Returns when cancelled.
    func run() async {
        var pauses = Pauses()
        while !Task.isCancelled {
            do {
                try await channel.serveOrders(of: node, isListening: { listening.open() }) { obey($0) }
            } catch is CancellationError {
                return
            } catch {
                listening.open()
                app.logger.warning("orders cannot be received, trying again", metadata: ["error": "\(error)"])
                guard (try? await app.time.sleep(for: pauses.next())) != nil else { return }
            }
        }
    }

    private func obey(_ order: WorkerOrder) {
        let metadata: Logger.Metadata = ["worker": "\(node)", "order": "\(order)"]
        guard reach == .full else {
            return app.logger.warning("an order was refused: \(ControlReach.howToWiden)", metadata: metadata)
        }
        app.logger.warning("order by remote control", metadata: metadata)
        carryOut(order)
    }
}
