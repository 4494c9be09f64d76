import CeleriacCore
import Foundation
import Synchronization
import RedisKit

/// Under which names this process stands in RQ's keys.
final class RQIdentity: Sendable {
    private struct State {
        var worker: String
        var stopped: Set<TaskID> = []
        var isSuspended = false
        var beatingWorker: String?
        /// Workers that listen to their commands themselves, and how often.
        var ears: [String: Int] = [:]
        var address: String?
    }
    private let state: Guarded<State>
    /// Asked once: the name may have to be looked up.
    static let host = ProcessInfo.processInfo.hostName
    static let processID = Int(ProcessInfo.processInfo.processIdentifier)
    /// The holder of scheduler locks.
    let scheduler = RQIdentity.randomName()

    init(worker: String?) { state = Guarded(State(worker: worker ?? Self.randomName())) }

    /// The worker that claims are made for: the one that beat last.
    var worker: String { state.withLock { $0.worker } }

    /// The worker of this process that beats, until it leaves, if nobody hears commands for it.
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

    /// Of our connection, as the server sees it: `<ip>:<port>`; `nil` = not known yet.
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

    /// Forgets it of jobs that have ended, one way or another.
    func haveEnded(_ ids: some Sequence<TaskID>) {
        state.withLock { state in
            if !state.stopped.isEmpty { state.stopped.subtract(ids) }
        }
    }

    /// 24 digits for the executions of one claim; 8 more number them.
    static func nonce() -> String {
        Hexadecimal.text(UInt64.random(in: 0 ... .max)) + Hexadecimal.text(UInt32.random(in: 0 ... .max))
    }

    private static func randomName() -> String { nonce() + Hexadecimal.text(UInt32.random(in: 0 ... .max)) }
}
