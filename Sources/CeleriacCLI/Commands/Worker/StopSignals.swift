import Celeriac
import UnixSignals

/// Stops a worker when the process receives signals: each further signal stops it more urgently.
///
/// | | first | second | third | fourth |
/// |---|---|---|---|---|
/// | SIGTERM, SIGINT | warm | soft | cold | leaves at once |
/// | SIGQUIT | soft | cold | leaves at once | |
struct StopSignals: Sendable {
    let worker: Worker
    let options: WorkerOptions
    let signals: UnixSignalsSequence
    let terminal: Terminal
    /// Ends the process without waiting for the leases to be given back.
    let leave: @Sendable () -> Void

    /// Runs until it is cancelled.
    func run() async {
        for await signal in signals {
            terminal.endLine(after: signal)
            guard let urgency = Self.urgency(after: signal, from: worker.urgency) else { return leave() }
            worker.stop(urgency)
            terminal.note(words(for: urgency))
        }
    }

    /// - Parameter urgency: how urgently the worker is stopping already, whoever asked for it; `nil` if it is not.
    /// - Returns: `nil` if nothing is more urgent.
    static func urgency(after signal: UnixSignal, from urgency: Worker.Urgency?) -> Worker.Urgency? {
        switch urgency {
        case nil: signal == .sigquit ? .soft : .warm
        case .warm: .soft
        case .soft: .cold
        case .cold: nil
        }
    }

    private func words(for urgency: Worker.Urgency) -> String {
        switch urgency {
        case .warm:
            "Stopping: running tasks have \(options.shutdownLimit.brief) to finish. Send the signal again to cancel them."
        case .soft:
            "Cancelling: running tasks have \(options.cancellationGrace.brief) to end. Send the signal again to leave them."
        case .cold: "Leaving: unfinished calls are given back."
        }
    }
}
