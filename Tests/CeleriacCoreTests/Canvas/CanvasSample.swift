import CeleriacCanvas
import CeleriacCore
import Foundation

/// Short for tests.
enum Sample {
    static let now = Date(timeIntervalSince1970: 1_795_335_186)
    static let failure = TaskFailure(type: "ValueError", module: "builtins", message: "x")

    static func call(_ name: TaskName, _ args: JSONValue...) -> CanvasSignature {
        .call(name, EncodedArguments(args: args))
    }

    /// With ids that tests can tell: derived ones of "test".
    static func plan(
        _ canvas: CanvasSignature, partial: EncodedArguments = .none, given: CanvasOptions = CanvasOptions(),
        in surroundings: CanvasSurroundings = CanvasSurroundings(now: now), limits: CanvasLimits = CanvasLimits()
    ) throws -> CanvasPlan {
        var expansion = CanvasExpansion(ids: .derived(from: "test", for: "test"), in: surroundings, limits: limits)
        return try expansion.plan(canvas, partial: partial, given: given)
    }

    static func finished(_ call: CanvasCall) -> FinishedCall {
        FinishedCall(headers: call.message.headers, embed: call.embed)
    }

    static func args(_ call: CanvasCall) -> String {
        String(decoding: call.message.arguments.args, as: UTF8.self)
    }
}

/// Runs a canvas to its end, with tasks that add, as workers and stores would.
struct CanvasRunner {
    /// What each call came to, by task, in the order in which they ran.
    private(set) var ran: [String] = []
    private(set) var results: [TaskID: [UInt8]] = [:]
    private(set) var failed: [TaskID: TaskFailure] = [:]
    private var parts: [String: [ChordPart]] = [:]
    private var chords: [String: OpenedChord] = [:]
    private var pending: [CanvasCall] = []
    private var done: Set<TaskID> = []
    /// Tasks of these names fail.
    var failing: Set<TaskName> = []
    /// Whether each call runs twice, as after a crash before its settlement.
    var isRepeating = false
    private let surroundings = CanvasSurroundings(now: Sample.now)

    mutating func run(_ plan: CanvasPlan) throws {
        publish(plan)
        var count = 0
        while !pending.isEmpty {
            count += 1
            guard count < 100_000 else { throw CeleriacError(.timeout, "the canvas does not end") }
            let call = pending.removeFirst()
            let times = isRepeating ? 2 : 1
            for _ in 0..<times { try settle(call) }
        }
    }

    private mutating func publish(_ plan: CanvasPlan) {
        for chord in plan.chords where chords[chord.groupID] == nil { chords[chord.groupID] = chord }
        for call in plan.calls where done.insert(call.id).inserted { pending.append(call) }
    }

    private mutating func settle(_ call: CanvasCall) throws {
        ran.append("\(call.message.task)\(Sample.args(call))")
        let outcome: CanvasOutcome =
            failing.contains(call.message.task)
            ? .failure(Sample.failure) : .success(result: Self.sum(of: call.message.arguments.args))
        let finished = Sample.finished(call)
        let end = try CanvasContinuation(of: finished, outcome, in: surroundings)
        publish(end.plan)
        switch outcome {
        case .success(let result): results[call.id] = result
        case .failure(let failure): failed[call.id] = failure
        case .revoked, .ignored: break
        }
        for lost in end.failed { failed[lost.id] = lost.failure }
        for part in end.parts { try report(part, after: finished) }
    }

    private mutating func report(_ part: ChordPart, after last: FinishedCall) throws {
        parts[part.groupID, default: []].append(part)
        guard let chord = chords[part.groupID] else { return }
        switch ChordJoin(chord).outcome(of: parts[part.groupID] ?? []) {
        case .waiting: break
        case .complete(let results):
            publish(
                try ChordJoin.plan(
                    part.body, ofChord: part.groupID, results: results, after: last, in: surroundings))
        case .failed(let failure):
            let end = try CanvasContinuation(after: failure, in: surroundings)
            publish(end.plan)
            for lost in end.failed { failed[lost.id] = lost.failure }
            for part in end.parts { try report(part, after: last) }
        }
    }

    /// All numbers, lists taken apart.
    private static func sum(of args: [UInt8]) -> [UInt8] {
        func sum(_ value: JSONValue) -> Int {
            value.arrayValue?.reduce(0) { $0 + sum($1) } ?? value.intValue ?? 0
        }
        return Array("\(sum((try? JSONValue(parsing: args)) ?? .null))".utf8)
    }
}
