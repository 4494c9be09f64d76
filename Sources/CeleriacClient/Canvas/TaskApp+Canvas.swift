/// Sends a canvas.
extension TaskApp {
    /// Sends a chain: publishes its first step, which carries the others.
    ///
    /// - Returns: the handle of the last step, once the broker has the first.
    /// - Throws: `CeleriacError` with code `invalidArguments`, `tooLarge`, `unknownQueue`, `invalidName` or
    ///   `unsupported` (an option that signatures cannot carry; `rq://`, which has no canvas; a chord without a result
    ///   backend that counts parts); `BrokerError`.
    @discardableResult
    public func send<Output>(_ chain: Chain<Output>) async throws -> AsyncResult<Output> {
        let result = try await publisher.send(chain.canvasSignature())
        return handle(of: result, chain)
    }

    /// Sends a group: all its members or none.
    ///
    /// - Throws: as for a chain.
    @discardableResult
    public func send<Output>(_ group: CallGroup<Output>) async throws -> GroupResult<Output> {
        guard !group.members.isEmpty else { return GroupResult(id: .random(), results: [], app: self) }
        let result = try await publisher.send(group.canvasSignature())
        let members = result.members ?? []
        // Nested groups are flattened. Only untyped members can contain groups.
        let isFlat = members.count == group.members.count
        let results = members.enumerated().map { handle(of: $1, group.members[isFlat ? $0 : 0]) }
        return GroupResult(id: result.id, results: results, app: self)
    }

    /// Sends a canvas of tasks that are known by name, for example tasks in Python.
    ///
    /// ```swift
    /// let sent = try await app.send(.chain([
    ///     .call("tasks.fetch", EncodedArguments(args: ["https://example.org"])),
    ///     .group([.call("tasks.resize"), .call("tasks.describe")]),
    /// ]))
    /// try await sent.get()                                          // JSONValue: an array of two
    /// ```
    ///
    /// - Throws: as for a chain; `invalidArguments` if the canvas is empty.
    @discardableResult
    public func send(_ canvas: CanvasSignature) async throws -> CanvasHandle {
        CanvasHandle(ids: try await publisher.send(canvas), app: self)
    }

    /// Sends a chord: publishes its header, each call of which carries the body.
    ///
    /// - Returns: the handle of the body, once the broker has the header; its ``AsyncResult/header`` is the handle of
    ///   the header.
    /// - Throws: as for a chain; `CeleriacError` with code `unsupported` if no result backend counts parts.
    @discardableResult
    public func send<Output>(_ chord: Chord<Output>) async throws -> AsyncResult<Output> {
        let result = try await publisher.send(chord.canvasSignature())
        return handle(of: result, chord)
    }

    // MARK: Detail

    func handle<Output>(of result: CanvasResult, _ part: any CanvasPart<Output>) -> AsyncResult<Output> {
        AsyncResult(id: result.id, app: self, parents: result.parents) { try part.decodeResult($0) }
    }
}
