import Logging

/// Listens to remote control for as long as the worker runs.
///
/// Runs on the worker's own lane, so that it answers while tasks hold every thread of the pool.
struct ControlListener: Sendable {
    let channel: any ControlChannel
    let panel: ControlPanel
    /// Opens once commands arrive, or once it is clear that they cannot arrive for now.
    let listening: Gate
    /// Called if another worker of this name is alive when this one starts.
    let onConflict: @Sendable (BrokerError) -> Void

    /// How long the broker may take to notice that a worker of this name has died.
    private static let grace = Duration.seconds(3)

    /// Takes in the logical clocks of other workers; `nil` if the worker does not gossip.
    private var hear: (@Sendable (_ clock: Int64) -> Void)? {
        guard panel.worker.options.gossips else { return nil }
        return { [clock = panel.worker.app.clock] other in clock.adjust(to: other) }
    }

    /// Returns when cancelled, or after a conflict.
    func run() async {
        var pauses = Pauses()
        let worker = panel.worker
        let began = worker.app.time.uptime
        while !Task.isCancelled {
            do {
                try await channel.serve(as: worker.node, hearing: hear, isListening: { listening.open() }) { command in
                    await panel.answer(command)
                }
            } catch is CancellationError {
                return
            } catch let error as BrokerError where error.code == .nameTaken && !listening.isOpen {
                guard worker.app.time.uptime - began < Self.grace else { return onConflict(error) }
                guard (try? await worker.app.time.sleep(for: pauses.next())) != nil else { return }
            } catch {
                listening.open()
                worker.app.logger.warning("remote control is cut off, trying again", metadata: ["error": "\(error)"])
                guard (try? await worker.app.time.sleep(for: pauses.next())) != nil else { return }
            }
        }
    }
}
