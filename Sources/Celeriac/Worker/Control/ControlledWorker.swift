#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacPool
import Logging

/// A running worker as remote control sees it: what may be asked about, and what may be changed.
struct ControlledWorker: Sendable {
    let app: TaskApp
    let options: WorkerOptions
    let node: String
    let slots: Slots
    let consumer: OpenConsumer
    let pool: any WorkerPool
    let queues: LiveQueues
    let limits: LiveLimits
    let rates: RateGovernor
    let revoked: RevokedCalls
    let settler: Settler
    /// `nil` where the broker carries no events.
    let events: EventDispatcher?
    /// `nil` unless the worker scales by itself.
    let autoscaler: Autoscaler?
    let startedAt: Duration
    /// Makes the worker claim anew, after what it claims by was changed.
    let reclaim: @Sendable () -> Void
    /// Ends it, in order.
    let shutDown: @Sendable () -> Void

    func task(_ name: String) -> AnyTask? { app.registry[TaskName(name)] }

    /// Says in the log who changed what: nobody sees it otherwise.
    func log(_ message: Logger.Message, _ metadata: Logger.Metadata = [:]) {
        app.logger.info(message, metadata: metadata.merging(["worker": "\(node)"]) { $1 })
    }
}
