import Logging

/// Listens to requests to end, for as long as the worker runs.
struct ShutdownListener: Sendable {
    let app: TaskApp
    let channel: any ShutdownChannel
    let node: String
    /// Opened once requests arrive, or it is known that for now they cannot.
    let listening: Gate
    let shutDown: @Sendable () -> Void

    /// Returns when cancelled.
    func run() async {
        var pauses = Pauses()
        while !Task.isCancelled {
            do {
                try await channel.serveShutdowns(of: node, isListening: { listening.open() }) {
                    app.logger.warning("shutdown by remote control", metadata: ["worker": "\(node)"])
                    shutDown()
                }
            } catch is CancellationError {
                return
            } catch {
                listening.open()
                app.logger.warning(
                    "requests to end cannot be heard, trying again", metadata: ["error": "\(error)"])
                guard (try? await app.time.sleep(for: pauses.next())) != nil else { return }
            }
        }
    }
}
