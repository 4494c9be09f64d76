import CeleriacCore
import Foundation
import Synchronization
import RedisKit

/// The names of this process in RQ's keys.
final class RQIdentity: Sendable {
    private struct State {
        var worker: String
        var stopped: Set<TaskID> = []
        var isSuspended = false
        var beatingWorker: String?
        /// The workers that listen to their commands themselves, and how many times each does.
        var ears: [String: Int] = [:]
        var address: String?
    }
    private let state: Guarded<State>
    /// Looked up only once, because that may need the network.
    static let host = ProcessInfo.processInfo.hostName
    static let processID = Int(ProcessInfo.processInfo.processIdentifier)
    /// The name under which this process holds scheduler locks.
    let scheduler = RQIdentity.randomName()

    init(worker: String?) { state = Guarded(State(worker: worker ?? Self.randomName())) }

    /// The worker in whose name claims are made: the one that sent the last heartbeat.
    var worker: String { state.withLock { $0.worker } }

    /// The worker of this process that sends heartbeats, until it leaves; `nil` while something else receives its
    /// commands.
    var workerWithoutEar: String? {
        state.withLock { state in
            state.beatingWorker.flatMap { state.ears[$0] == nil ? $0 : nil }
        }
    }

    func gainsEar(_ worker: String) { state.withLock { $0.ears[worker, default: 0] += 1 } }

    func losesEar(_ worker: String) {
        state.withLock { state in
            let left = (state.ears[worker] ?? 0) - 1
            state.ears[worker] = left > 0 ? left : nil
        }
    }

    func hasBeaten(_ worker: String) {
        state.withLock { state in
            state.worker = worker
            state.beatingWorker = worker
        }
    }

    func hasLeft(_ worker: String) {
        state.withLock { if $0.beatingWorker == worker { $0.beatingWorker = nil } }
    }

    /// The address of our connection as the server sees it: `<ip>:<port>`; `nil` if not known yet.
    var address: String? {
        get { state.withLock { $0.address } }
        set { state.withLock { $0.address = newValue } }
    }

    /// Whether the last claim found that workers must pause.
    var isSuspended: Bool {
        get { state.withLock { $0.isSuspended } }
        set { state.withLock { $0.isSuspended = newValue } }
    }

    /// Remembers that a job is to be stopped, so that its end is RQ's `stopped`.
    func stop(_ id: TaskID) { state.withLock { _ = $0.stopped.insert(id) } }

    func isToBeStopped(_ id: TaskID) -> Bool { state.withLock { $0.stopped.contains(id) } }

    /// Forgets the stop requests for jobs that have ended in any way.
    func haveEnded(_ ids: some Sequence<TaskID>) {
        state.withLock { state in
            if !state.stopped.isEmpty { state.stopped.subtract(ids) }
        }
    }

    /// Returns 24 digits for the executions of one claim; 8 more digits number them.
    static func nonce() -> String {
        Hexadecimal.text(UInt64.random(in: 0 ... .max)) + Hexadecimal.text(UInt32.random(in: 0 ... .max))
    }

    private static func randomName() -> String { nonce() + Hexadecimal.text(UInt32.random(in: 0 ... .max)) }
}
