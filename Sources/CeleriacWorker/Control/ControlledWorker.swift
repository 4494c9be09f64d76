#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacPool
import Logging

/// A running worker as remote control sees it: what commands may read, and what they may change.
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
    /// `nil` if the broker carries no events.
    let events: EventDispatcher?
    /// `nil` unless the worker scales itself.
    let autoscaler: Autoscaler?
    let startedAt: Duration
    /// Makes the worker claim again, after the settings of its claims have changed.
    let reclaim: @Sendable () -> Void
    /// Ends the worker in order.
    let shutDown: @Sendable () -> Void

    func task(_ name: String) -> AnyTask? { app.registry[TaskName(name)] }

    /// Logs who changed what: nothing else shows it.
    func log(_ message: Logger.Message, _ metadata: Logger.Metadata = [:]) {
        app.logger.info(message, metadata: metadata.merging(["worker": "\(node)"]) { $1 })
    }
}
