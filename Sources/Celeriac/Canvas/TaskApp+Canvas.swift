#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacWire
import Logging

/// Sending a canvas: taken apart, through every middleware, and published in one go.
extension TaskApp {
    /// Sends a chain: its first step, which carries the others.
    ///
    /// - Returns: the handle of the last step, once the broker has the first.
    /// - Throws: `CeleriacError` with code `invalidArguments`, `tooLarge`, `unknownQueue`, `invalidName` or `unsupported` (an option that
    ///   no signature carries; `rq://`, which has no canvas; a chord without a result backend that counts its parts);
    ///   `BrokerError`.
    @discardableResult
    public func send<Output>(_ chain: Chain<Output>) async throws -> AsyncResult<Output> {
        let result = try await sendCanvas(chain.canvasSignature(priorities: canvasPriorities))
        return handle(of: result, chain)
    }

    /// Sends a group: all its members or none.
    ///
    /// - Throws: as for a chain.
    @discardableResult
    public func send<Output>(_ group: CallGroup<Output>) async throws -> GroupResult<Output> {
        guard !group.members.isEmpty else { return GroupResult(id: .random(), results: [], app: self) }
        let result = try await sendCanvas(group.canvasSignature(priorities: canvasPriorities))
        let members = result.members ?? []
        // Groups within, which only untyped ones hold, are taken apart.
        let isFlat = members.count == group.members.count
        let results = members.enumerated().map { handle(of: $1, group.members[isFlat ? $0 : 0]) }
        return GroupResult(id: result.id, results: results, app: self)
    }

    /// Sends a canvas of tasks that are known by name, for example such as live in Python.
    ///
    /// ```swift
    /// let sent = try await app.send(.chain([
    ///     .call("tasks.fetch", EncodedArguments(args: ["https://example.org"])),
    ///     .group([.call("tasks.resize"), .call("tasks.describe")]),
    /// ]))
    /// try await sent.get()                                          // JSONValue: an array of two
    /// ```
    ///
    /// - Throws: as for a chain; `invalidArguments` for one that is empty.
    @discardableResult
    public func send(_ canvas: CanvasSignature) async throws -> CanvasHandle {
        CanvasHandle(ids: try await sendCanvas(canvas), app: self)
    }

    // MARK: Detail

    func handle<Output>(of result: CanvasResult, _ part: any CanvasPart<Output>) -> AsyncResult<Output> {
        AsyncResult(id: result.id, app: self, parents: result.parents) { try part.decodeResult($0) }
    }

    /// Sends a chord: its header, each call with the body along.
    ///
    /// - Returns: the handle of the body, once the broker has the header; ``AsyncResult/header`` is that of the header.
    /// - Throws: as for a chain; `CeleriacError` with code `unsupported` where results are kept by nothing that counts parts.
    @discardableResult
    public func send<Output>(_ chord: Chord<Output>) async throws -> AsyncResult<Output> {
        let result = try await sendCanvas(chord.canvasSignature(priorities: canvasPriorities))
        return handle(of: result, chord)
    }

    func sendCanvas(_ canvas: CanvasSignature) async throws -> CanvasResult {
        try checkThatBrokerIsReached()
        try checkThatCanvasIsCarried(canvas)
        var expansion = CanvasExpansion(ids: .random, in: canvasSurroundings())
        let plan = try expansion.plan(canvas)
        guard let result = plan.results.first else {
            throw CeleriacError(.invalidArguments, "a chain or group without a call cannot be sent")
        }
        let messages = try messages(of: plan.calls, in: usualSerializer)
        let steps = chordSteps(opening: plan.chords)
        _ = try await wrapped(messages) { messages in
            try await SendClock.counting(if: !steps.isEmpty) {
                // Before any part can come.
                if !steps.isEmpty, let chords = self.backend.chords { try await chords.take(steps) }
                return try await self.hand(self.publications(of: messages, plan.calls))
            }
        }
        await afterPublishing(
            "the later steps of a canvas that was sent could not be announced", count: plan.calls.count
        ) {
            try await announce(plan)
        }
        if let parent = TaskContext.current, parent.app === self { parent.add(plan.children) }
        return result
    }

    func checkThatCanvasIsCarried(_ canvas: CanvasSignature) throws {
        try checkThatLinksAreCarried()
        if canvas.holdsChord { _ = try backend.require(.chords) }
    }

    /// RQ's jobs carry nothing of the kind.
    private func checkThatLinksAreCarried() throws {
        guard backend.jobs != nil else { return }
        throw CeleriacError(
            .unsupported,
            "RQ's layout has no chains, groups, callbacks, errbacks and stamps of Celery's: use dependsOn and group of its jobs"
        )
    }

    /// Puts into a lone call's message what it carries, and the stamps of the call that sends it.
    func carry(_ carried: CanvasOptions?, in message: inout Message, sentBy parent: MessageHeaders?) throws {
        if let carried {
            try checkThatLinksAreCarried()
            for signature in carried.links + carried.errbacks { try checkThatCanvasIsCarried(signature) }
            if !(carried.links.isEmpty && carried.errbacks.isEmpty) { message.embed = embed(of: carried) }
        }
        let inherited = parent?.extra["stamps"]?.objectValue ?? [:]
        guard carried != nil || !inherited.isEmpty else { return }
        (carried ?? CanvasOptions()).writeStamps(into: &message.headers.extra, inheriting: inherited)
    }

    private func embed(of carried: CanvasOptions) -> [UInt8] {
        canvasCodec.encode(
            CanvasEmbed(
                callbacks: carried.links.isEmpty ? nil : carried.links,
                errbacks: carried.errbacks.isEmpty ? nil : carried.errbacks))
    }

    /// Whether what will come later is told of, since a call of which nothing is known could not be waited for.
    var announces: Bool { backend.deriving != nil || interimStates.contains(.pending) }

    /// Says of the later steps that they will come.
    private func announce(_ plan: CanvasPlan) async throws {
        guard let results, announces, !options.ignoreResults else { return }
        let now = time.now
        var seen: Set<TaskID> = []
        let later = (plan.calls.flatMap { $0.embed.chain ?? [] } + plan.chords.map(\.body)).flatMap(\.awaited)
        let changes = later.filter { seen.insert($0.0).inserted }.map { id, task in
            var change = StateChange(
                id: id, state: .pending, at: now, expires: resultLifetime.map(now.addingTimeInterval))
            change.task = task
            return change
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
