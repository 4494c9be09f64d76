import CeleriacCore

/// The small frames: how a child begins and ends, and what both sides exchange while tasks run.
extension Frame {
    /// The first frame that a child receives.
    struct Setup: Sendable {
        /// The worker's node name, for the contexts of tasks.
        var worker: String
        /// Whether the child measures its memory after each task.
        var measuresMemory: Bool
    }

    /// A state that a running task has set.
    struct Progress: Sendable {
        /// The number of the run.
        let number: UInt64
        /// Answered by the frame `noted` of the same ticket.
        let ticket: UInt64
        let state: TaskState
        /// JSON text.
        let meta: [UInt8]
    }

    // MARK: From the supervisor

    static func setup(_ setup: Setup) -> [UInt8] {
        make(.setup) { writer in
            writer.put(version)
            writer.put(setup.worker)
            writer.put(setup.measuresMemory)
        }
    }

    static func cancel(_ number: UInt64, because reason: CancelReason) -> [UInt8] {
        make(.cancel) { writer in
            writer.put(number)
            writer.put(reason.code)
        }
    }

    /// - Parameter problem: why the state could not be recorded; `nil` if it was.
    static func noted(_ ticket: UInt64, problem: String?) -> [UInt8] {
        make(.noted) { writer in
            writer.put(ticket)
            writer.put(problem)
        }
    }

    /// Asks a child to end once nothing runs in it.
    static let retire = make(.retire) { _ in }

    /// Carries nothing. A child whose channel one of its tasks has closed notices this when a frame arrives.
    static let touch = make(.touch) { _ in }

    // MARK: From the child

    /// Reports that the child takes jobs.
    static let hello = make(.hello) { $0.put(version) }

    static func progress(_ progress: Progress) -> [UInt8] {
        make(.progress) { writer in
            writer.put(progress.number)
            writer.put(progress.ticket)
            writer.put(progress.state.rawValue)
            writer.put(progress.meta)
        }
    }

    // MARK: Reading them

    func checkVersion() throws(Violation) {
        var reader = FrameReader(self)
        let other: UInt16 = try reader.number()
        guard other == Self.version else {
            throw Violation(description: "version \(other) of the protocol; this program speaks \(Self.version)")
        }
    }

    func setup() throws(Violation) -> Setup {
        try checkVersion()
        var reader = FrameReader(self)
        _ = try reader.number(UInt16.self)
        return Setup(worker: try reader.text(), measuresMemory: try reader.bool())
    }

    func cancellation() throws(Violation) -> (number: UInt64, reason: CancelReason) {
        var reader = FrameReader(self)
        return (try reader.number(), CancelReason(code: try reader.byte()))
    }

    func note() throws(Violation) -> (ticket: UInt64, problem: String?) {
        var reader = FrameReader(self)
        return (try reader.number(), try reader.optionalText())
    }

    func progress() throws(Violation) -> Progress {
        var reader = FrameReader(self)
        return Progress(
            number: try reader.number(), ticket: try reader.number(), state: TaskState(rawValue: try reader.text()),
            meta: try reader.block()
        )
    }
}

extension CancelReason {
    fileprivate var code: UInt8 {
        switch self {
        case .softTimeLimit: 0
        case .revoked: 1
        case .shutdown: 2
        case .leaseLost: 3
        case .killed: 4
        }
    }

    fileprivate init(code: UInt8) {
        switch code {
        case 0: self = .softTimeLimit
        case 1: self = .revoked
        case 2: self = .shutdown
        case 4: self = .killed
        default: self = .leaseLost
        }
    }
}
