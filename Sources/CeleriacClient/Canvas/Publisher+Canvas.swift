#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Logging

/// Sends a canvas.
extension Publisher {
    /// Sends a canvas: expands it into calls, runs every middleware, and publishes all calls together.
    ///
    /// - Throws: `CeleriacError` as for a chain in `TaskApp.send(_:)`.
    func send(_ canvas: CanvasSignature) async throws -> CanvasResult {
        try checkThatBrokerIsReached()
        try checkThatCanvasIsCarried(canvas)
        var surroundings = canvasSurroundings()
        surroundings.replyTo = try await replyQueue(for: canvas)
        var expansion = CanvasExpansion(ids: .random, in: surroundings)
        let plan = try expansion.plan(canvas.answered(at: surroundings.replyTo))
        guard let result = plan.results.first else {
            throw CeleriacError(.invalidArguments, "a chain or group without a call cannot be sent")
        }
        let (calls, steps) = (try outgoing(plan.calls, in: usualSerializer), chordSteps(opening: plan.chords))
        try await wrapped(calls) { try await self.publish(self.plan(calls), opening: steps) }
        await afterPublishing(
            "the state PENDING of a canvas's later steps could not be recorded", count: plan.calls.count
        ) {
            try await announce(plan)
        }
        note(plan.children)
        return result
    }

    /// Opens the chords before any part can arrive, then publishes.
    private func publish(_ publications: [Publication], opening steps: [ChordStep]) async throws {
        try await SendClock.counting(if: !steps.isEmpty) {
            if !steps.isEmpty, let chords = backend.chords { try await chords.take(steps) }
            try await publish(publications)
        }
    }

    /// Whether later steps are recorded as PENDING at once, so that callers can wait for them.
    package var announces: Bool { backend.deriving != nil || interimStates.contains(.pending) }

    /// Records later steps as PENDING.
    private func announce(_ plan: CanvasPlan) async throws {
        guard let results, announces, !options.ignoreResults else { return }
        let now = time.now
        var seen: Set<TaskID> = []
        let later = (plan.calls.flatMap { $0.embed.chain ?? [] } + plan.chords.map(\.body)).flatMap(\.awaited)
        let changes = later.filter { seen.insert($0.0).inserted }.map { id, task in
            StateChange.pending(id, task, at: now, expires: resultLifetime.map(now.addingTimeInterval))
        }
        if !changes.isEmpty { try await results.record(changes) }
    }
}

extension CanvasSignature {
    /// The calls of a frozen canvas whose results will be kept.
    fileprivate var awaited: [(TaskID, TaskName)] {
        switch work {
        case .call(let task, _): awaited(task)
        case .map(_, _, let isStarred): awaited(isStarred ? "celery.starmap" : "celery.map")
        case .chain(let steps): steps.flatMap(\.awaited)
        case .group(let members): members.flatMap(\.awaited)
        case .chord(let chord): (chord.header + (chord.body.map { [$0] } ?? [])).flatMap(\.awaited)
        case .chunks: []  // They are a group.
        }
    }

    private func awaited(_ task: TaskName) -> [(TaskID, TaskName)] {
        options.ignoreResult == true ? [] : options.id.map { [($0, task)] } ?? []
    }
}
