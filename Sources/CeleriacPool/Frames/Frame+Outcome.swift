import CeleriacCore

/// The end of a run, as its child reports it.
struct ChildOutcome: Sendable {
    let number: UInt64
    let end: RunEnd
    /// The memory that the child holds, in bytes; 0 if it does not measure its memory.
    let residentBytes: Int
}

extension FrameWriter {
    /// `number u64, resident u64, count u32, children, count u32, additions, outcome`
    mutating func put(_ ended: ChildOutcome) {
        put(.outcome) { writer in
            writer.put(ended.number)
            writer.put(UInt64(ended.residentBytes))
            writer.put(UInt32(ended.end.children.count))
            for child in ended.end.children { writer.put(child.rawValue) }
            writer.put(UInt32(ended.end.additions.count))
            for addition in ended.end.additions { writer.put(addition) }
            writer.put(ended.end.outcome)
        }
    }
}

extension ChildOutcome {
    init(_ frame: Frame) throws(Frame.Violation) {
        var reader = FrameReader(frame)
        number = try reader.number()
        residentBytes = Int(clamping: try reader.number(UInt64.self))
        var children: [TaskID] = []
        for _ in 0..<(try reader.number(UInt32.self)) { children.append(TaskID(try reader.text())) }
        var additions: [[UInt8]] = []
        for _ in 0..<(try reader.number(UInt32.self)) { additions.append(try reader.block()) }
        end = RunEnd(try reader.outcome(), children: children, additions: additions)
    }
}

/// The kind of an outcome, by its first byte. A child makes no others: calls that must not start are never sent to it.
private enum OutcomeTag: UInt8 {
    case success, failure, retry, snooze, rejected, discarded, interrupted, leaseLost, terminated, replaced
}

extension FrameWriter {
    fileprivate mutating func put(_ outcome: Outcome) {
        switch outcome {
        case .success(let result):
            put(tag: .success)
            put(result)
        case .failure(let failure, let reaction):
            put(tag: .failure)
            put(failure)
            put(reaction.code)
        case .retry(let failure, let pause):
            put(tag: .retry)
            put(failure)
            put(pause)
        case .snooze(let pause):
            put(tag: .snooze)
            put(Optional(pause))
        case .replaced(let canvas):
            put(tag: .replaced)
            put(canvas)
        case .rejected(let failure):
            put(tag: .rejected)
            put(failure)
        case .discarded(let failure):
            put(tag: .discarded)
            put(failure)
        case .revoked: put(tag: .terminated)
        case .leaseLost: put(tag: .leaseLost)
        case .interrupted, .postponed, .crashed: put(tag: .interrupted)
        }
    }

    private mutating func put(tag: OutcomeTag) { put(tag.rawValue) }

    private mutating func put(_ failure: TaskFailure) {
        put(failure.type)
        put(failure.module)
        put(failure.message)
        put(JSONValue.array(failure.arguments).bytes)
        put(failure.traceback)
    }
}

extension FrameReader {
    fileprivate mutating func outcome() throws(Frame.Violation) -> Outcome {
        guard let tag = OutcomeTag(rawValue: try byte()) else {
            throw Frame.Violation(description: "an outcome of an unknown kind")
        }
        switch tag {
        case .success: return .success(try block())
        case .failure:
            let failure = try failure()
            return .failure(failure, RetryPolicy.Reaction(code: try byte()))
        case .retry:
            let failure = try failure()
            return .retry(failure, pause: try duration())
        case .snooze: return .snooze(try duration() ?? .zero)
        case .replaced: return .replaced(by: try block())
        case .rejected: return .rejected(try failure())
        case .discarded: return .discarded(try failure())
        case .interrupted: return .interrupted
        case .leaseLost: return .leaseLost
        case .terminated: return .revoked(.terminated)
        }
    }

    private mutating func failure() throws(Frame.Violation) -> TaskFailure {
        let (type, module, message) = (try text(), try optionalText(), try text())
        let arguments = try? JSONValue(parsing: try block(), limits: .checkedBefore).arrayValue
        return TaskFailure(
            type: type, module: module, message: message, arguments: arguments ?? [], traceback: try optionalText()
        )
    }
}

extension RetryPolicy.Reaction {
    fileprivate var code: UInt8 {
        switch self {
        case .retry: 0
        case .discard: 1
        case .deadLetter: 2
        }
    }

    fileprivate init(code: UInt8) {
        switch code {
        case 0: self = .retry
        case 1: self = .discard
        default: self = .deadLetter
        }
    }
}
