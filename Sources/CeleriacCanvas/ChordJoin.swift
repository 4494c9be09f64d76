package import CeleriacCore

/// Puts the parts of a chord together: the list that its body gets, or why it gets none. Pure.
package struct ChordJoin: Sendable {
    /// What became of a header.
    package enum Outcome: Sendable, Hashable {
        /// The body's argument, one list, as JSON text.
        case complete(results: [UInt8])
        /// Calls whose parts are not there yet; in the header's order where that is known.
        case waiting(missing: [TaskID], count: Int)
        case failed(Failure)
    }

    package struct Failure: Sendable, Hashable {
        /// The first part, in order, that has failed.
        package var part: ChordPart
        /// `ChordError("Dependency <id> raised ValueError('x')")`: what the body fails with.
        package var chordError: TaskFailure
    }

    /// How many parts the chord has.
    package let size: Int
    /// The header's results, where they are known: they tell which parts are missing, and nest the list where
    /// ``OpenedChord/isNested``.
    package let header: CanvasResult?

    package init(size: Int, header: CanvasResult? = nil) {
        self.size = size
        self.header = header
    }

    package init(_ chord: OpenedChord) { self.init(size: chord.size, header: chord.header) }

    /// Joins what was reported.
    ///
    /// Parts are in the order of their places, and those of one place in the order of their texts, as in a sorted set of
    /// Redis. A part that was reported twice counts once. One that failed counts only when all are there: as in Celery, the
    /// last one to arrive decides.
    /// Source: `celery/backends/redis.py`, `on_chord_part_return`.
    ///
    /// - Parameter describe: shows a failure, Python's `repr` of the exception.
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
    ///   - last: the call whose part was the last; it is the body's parent, as in Celery.
    /// - Returns: the same ids whoever does it: derived from the group's id.
    package static func plan(
        _ body: CanvasSignature, ofChord groupID: String, results: [UInt8], after last: FinishedCall,
        in others: CanvasSurroundings, limits: CanvasLimits = CanvasLimits()
    ) throws -> CanvasPlan {
        var surroundings = last.surroundings(like: others)
        // Which part is the last is chance; what the body is stamped with must not be.
        surroundings.stamps = others.stamps
        var expansion = CanvasExpansion(
            ids: .derived(from: TaskID(groupID), for: "chord-body"), in: surroundings, limits: limits)
        return try expansion.plan(body, partial: EncodedArguments(result: results))
    }

    /// An error as Python shows it, for plain types and messages: `ValueError('x')`.
    package static func description(of failure: TaskFailure) -> String {
        let message = failure.message.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
        return message.isEmpty ? "\(failure.type)()" : "\(failure.type)('\(message)')"
    }

    // MARK: Detail

    static func ordered(_ parts: [ChordPart]) -> [ChordPart] {
        // All texts begin alike, `[1, "<id>"`, so that the ids decide.
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

    /// By the header's shape where it is nested and each of its results is there; else all in one list.
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
