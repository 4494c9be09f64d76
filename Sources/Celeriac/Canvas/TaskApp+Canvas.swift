#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CeleriacWire

/// Sending a canvas: taken apart, through every middleware, and published in one go.
extension TaskApp {
    /// Sends a chain: its first step, which carries the others.
    ///
    /// - Returns: the handle of the last step, once the broker has the first.
    /// - Throws: `CeleriacError` with code `invalidArguments`, `tooLarge`, `unknownQueue`, `invalidName` or `unsupported` (what
    ///   this version does not send, such as a chord; `rq://`, which has no canvas); `BrokerError`.
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

    private func handle<Output>(of result: CanvasResult, _ part: any CanvasPart<Output>) -> AsyncResult<Output> {
        AsyncResult(id: result.id, app: self, parents: result.parents.flatMap(\.leaves), origin: result) {
            try part.decodeResult($0)
        }
    }

    private func sendCanvas(_ canvas: CanvasSignature) async throws -> CanvasResult {
        try checkThatCanvasIsCarried(canvas)
        var expansion = CanvasExpansion(ids: .random, in: canvasSurroundings())
        let plan = try expansion.plan(canvas)
        guard let result = plan.results.first else {
            throw CeleriacError(.invalidArguments, "a chain or group without a call cannot be sent")
        }
        let messages = try messages(of: plan.calls)
        _ = try await wrapped(messages) { messages in
            try await self.hand(self.publications(of: messages, plan.calls))
        }
        try await announce(plan)
        if let parent = TaskContext.current, parent.app === self { parent.add(plan.children) }
        return result
    }

    private func checkThatCanvasIsCarried(_ canvas: CanvasSignature) throws {
        try checkThatBrokerIsReached()
        try checkThatLinksAreCarried()
        let kinds = canvas.kinds
        guard !kinds.isEmpty else { return }
        let names = CanvasKind.allCases.filter(kinds.contains).map(\.rawValue).joined(separator: ", ")
        throw CeleriacError(
            .unsupported,
            "this version does not send \(names): chains, groups, callbacks and errbacks only (a group with a step behind it is a "
                + "chord)")
    }

    /// RQ's jobs carry nothing of the kind.
    private func checkThatLinksAreCarried() throws {
        guard broker is any JobBroker else { return }
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
        (carried ?? CanvasOptions()).writeStamps(into: &message.headers.extra, inheriting: inherited)
    }

    private func embed(of carried: CanvasOptions) -> [UInt8] {
        canvasCodec.encode(
            CanvasEmbed(
                callbacks: carried.links.isEmpty ? nil : carried.links,
                errbacks: carried.errbacks.isEmpty ? nil : carried.errbacks))
    }

    /// Says of the later steps that they will come, where a call of which nothing is known could not be waited for.
    private func announce(_ plan: CanvasPlan) async throws {
        guard let results, results is any StateDerivingStore || interimStates.contains(.pending), !options.ignoreResults
        else { return }
        let now = time.now
        let changes = plan.calls.flatMap { ($0.embed.chain ?? []).flatMap(\.awaited) }.map { id, task in
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
        case .call(let task, _): options.ignoreResult == true ? [] : options.id.map { [($0, task)] } ?? []
        case .chain(let steps): steps.flatMap(\.awaited)
        case .group(let members): members.flatMap(\.awaited)
        case .chord, .map, .chunks: []
        }
    }
}
