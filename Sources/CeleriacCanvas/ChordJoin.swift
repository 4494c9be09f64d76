package import CeleriacCore

/// Joins the parts of a chord: into the list for its body, or into the reason why the body gets none. Pure.
package struct ChordJoin: Sendable {
    /// The state of a header.
    package enum Outcome: Sendable, Hashable {
        /// Complete: the body's argument, one list, as JSON text.
        case complete(results: [UInt8])
        /// The calls whose parts are missing, in the header's order if that is known.
        case waiting(missing: [TaskID], count: Int)
        case failed(Failure)
    }

    package struct Failure: Sendable, Hashable {
        /// The first failed part, in order.
        package var part: ChordPart
        /// The error with which the body fails, such as `ChordError("Dependency <id> raised ValueError('x')")`.
        package var chordError: TaskFailure
    }

    /// The number of parts of the chord.
    package let size: Int
    /// The header's results, if they are known. They show which parts are missing, and how to nest the list if
    /// ``OpenedChord/isNested``.
    package let header: CanvasResult?

    package init(size: Int, header: CanvasResult? = nil) {
        self.size = size
        self.header = header
    }

    package init(_ chord: OpenedChord) { self.init(size: chord.size, header: chord.header) }

    /// Joins the parts that were reported.
    ///
    /// Parts are sorted by their positions, and those with equal positions by their texts, as in a sorted set of Redis.
    /// A part that was reported twice counts once. A failed part only counts when all parts have arrived: as in Celery,
    /// the last part to arrive decides.
    /// Source: `celery/backends/redis.py`, `on_chord_part_return`.
    ///
    /// - Parameter describe: formats a failure like Python's `repr` of the exception.
    package func outcome(
        of parts: [ChordPart], describe: (TaskFailure) -> String = ChordJoin.description
    ) -> Outcome {
        var seen: Set<String> = []
        let ordered = Self.ordered(parts.filter { seen.insert($0.key).inserted })
        guard ordered.count >= size else { return waiting(for: ordered) }
        if let part = ordered.first(where: { $0.failure != nil }), let failure = part.failure {
            let message = "Dependency \(part.id) raised \(describe(failure))"
            let error = TaskFailure(type: "ChordError", module: "celery.exceptions", message: message)
            return .failed(Failure(part: part, chordError: error))
        }
        return .complete(results: results(ordered))
    }

    /// Expands a body that is due.
    ///
    /// - Parameters:
    ///   - results: the list from ``Outcome/complete(results:)``.
    ///   - last: the call whose part arrived last; it is the body's parent, as in Celery.
    /// - Returns: a plan whose ids are derived from the group's id, so that every process gets the same ids.
    package static func plan(
        _ body: CanvasSignature, ofChord groupID: String, results: [UInt8], after last: FinishedCall,
        in others: CanvasSurroundings, limits: CanvasLimits = CanvasLimits()
    ) throws -> CanvasPlan {
        var surroundings = last.surroundings(like: others)
        // Which part is the last one is random; the body's stamps must not be.
        surroundings.stamps = others.stamps
        var expansion = CanvasExpansion(
            ids: .derived(from: TaskID(groupID), for: "chord-body"), in: surroundings, limits: limits)
        return try expansion.plan(body, partial: EncodedArguments(result: results))
    }

    /// Formats an error as Python shows it, for plain types and messages: `ValueError('x')`.
    package static func description(of failure: TaskFailure) -> String {
        let message = failure.message.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
        return message.isEmpty ? "\(failure.type)()" : "\(failure.type)('\(message)')"
    }

    // MARK: Detail

    static func ordered(_ parts: [ChordPart]) -> [ChordPart] {
        // All texts begin with `[1, "<id>"`, so that the ids decide.
        parts.sorted { left, right in
            let (first, second) = (left.index ?? .max, right.index ?? .max)
            return first == second
                ? left.id.rawValue.utf8.lexicographicallyPrecedes(right.id.rawValue.utf8) : first < second
        }
    }

    private func waiting(for ordered: [ChordPart]) -> Outcome {
        let arrived = Set(ordered.map(\.id))
        let missing = header?.leaves.filter { !arrived.contains($0) } ?? []
        return .waiting(missing: missing, count: size - ordered.count)
    }

    /// Nests the results by the header's shape if that is nested and each of its results has arrived; otherwise returns
    /// one flat list.
    private func results(_ ordered: [ChordPart]) -> [UInt8] {
        var texts: [TaskID: [UInt8]] = [:]
        for part in ordered { if case .success(let text) = part.result { texts[part.id] = text } }
        if let members = header?.members, members.contains(where: { $0.members != nil }),
            header?.leaves.allSatisfy({ texts[$0] != nil }) == true
        {
            return Self.nested(members, texts)
        }
        return JSONText.array(ordered.lazy.compactMap { texts[$0.id] })
    }

    private static func nested(_ members: [CanvasResult], _ texts: [TaskID: [UInt8]]) -> [UInt8] {
        JSONText.array(members.map { $0.members.map { nested($0, texts) } ?? texts[$0.id] ?? Array("null".utf8) })
    }
}
