import Logging

/// Listens to remote control for as long as the worker runs.
///
/// On the worker's own lane, so that it answers while tasks hold every thread of the pool.
struct ControlListener: Sendable {
    let channel: any ControlChannel
    let panel: ControlPanel
    /// Opened once commands arrive, or it is known that for now they cannot.
    let listening: Gate

    /// Returns when cancelled.
    func run() async {
        var pauses = Pauses()
        let worker = panel.worker
        while !Task.isCancelled {
            do {
                try await channel.serve(as: worker.node, isListening: { listening.open() }) { await panel.answer($0) }
            } catch is CancellationError {
                return
            } catch {
                listening.open()
                worker.app.logger.warning("remote control is cut off, trying again", metadata: ["error": "\(error)"])
                guard (try? await worker.app.time.sleep(for: pauses.next())) != nil else { return }
            }
        }
    }
}
