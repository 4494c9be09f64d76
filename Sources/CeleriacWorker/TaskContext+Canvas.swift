import CeleriacCanvas
import CeleriacWire
import Synchronization

/// What a running task may do to the canvas that it is part of.
extension TaskContext {
    // MARK: Replacing the call

    /// Ends this call by putting a canvas in its place: `return try context.replace(with: $render(page))`.
    ///
    /// Callers that wait for this call receive the canvas's output under the same id. The callbacks, errbacks, rest of
    /// the chain and chord of this call become those of the canvas. Until the canvas ends, the call is PENDING again:
    /// nothing is recorded of this run. If one store is both broker and result backend, the canvas is sent in the
    /// transaction that takes the call off its queue.
    ///
    /// - Returns: never; the type requires that the output of the canvas is what the task returns.
    /// - Throws: always. Pass the error on: the worker understands it. `CeleriacError` with code `unsupported` for a
    ///   canvas that cannot be serialised, on `rq://`, and within a map, whose result does not belong to one item; with
    ///   `tooLarge` beyond 16 MiB of JSON.
    public func replace<Output>(with canvas: some CanvasPart<Output>) throws -> Output {
        try replace(by: canvas.canvasSignature())
    }

    /// The same with a group, whose output is the list of its members' outputs.
    public func replace<Output>(with group: CallGroup<Output>) throws -> [Output] {
        try replace(by: group.canvasSignature())
    }

    /// The same with a canvas that is known by names only. Its output type is not checked against the task's.
    public func replace<Output>(with canvas: CanvasSignature) throws -> Output { try replace(by: canvas) }

    private func replace<Output>(by canvas: CanvasSignature) throws -> Output {
        guard !task.rawValue.hasPrefix(TaskCatalogue.reservedPrefix) else {
            throw CeleriacError(
                .unsupported, "an item of \"\(task)\" cannot be replaced: its output is only a part of the result")
        }
        throw TaskDirective(.replace(try encode(canvas)))
    }

    // MARK: Adding to the chord

    /// Adds a call, or several composed calls, to the chord whose header contains this call: Celery's `add_to_chord`.
    ///
    /// The added calls are sent with the end of this call, if it succeeds or is replaced; an attempt that fails adds
    /// nothing. The body then waits for the added calls too, and receives their outputs at this call's place in its
    /// list, next to this call's own.
    ///
    /// - Throws: `CeleriacError` with code `invalidArguments` if the call is in the header of no chord, with
    ///   `unsupported` for options that a canvas cannot carry, with `tooLarge` if all added calls together exceed 16
    ///   MiB of JSON.
    public func addToChord(_ canvas: some CanvasPart) throws {
        try add(toChord: canvas.canvasSignature())
    }

    /// The same with the members of a group.
    public func addToChord(_ group: CallGroup<some Sendable>) throws {
        try add(toChord: group.canvasSignature())
    }

    private func add(toChord canvas: CanvasSignature) throws {
        let embed = try app.publisher.canvasCodec.decodeEmbed(app.codec.decode(envelope).embed)
        guard embed.chord != nil, headers.group != nil else {
            throw CeleriacError(
                .invalidArguments, "this call of \"\(task)\" is not part of a chord")
        }
        let addition = try encode(canvas)
        try additions.withLock { additions in
            try checkSize(additions.reduce(addition.count) { $0 + $1.count })
            additions.append(addition)
        }
    }

    // MARK: Detail

    /// - Throws: the errors that sending would throw, since the task can still handle them here.
    private func encode(_ canvas: CanvasSignature) throws -> [UInt8] {
        try app.publisher.checkThatCanvasIsCarried(canvas)
        try CanvasLimits().check(canvas)
        let text = app.publisher.canvasCodec.encode(canvas)
        try checkSize(text.count)
        return text
    }

    /// Everything that one call leaves behind must fit into one frame of a child's channel.
    private func checkSize(_ bytes: Int) throws {
        guard bytes > MessageLimits.hardBodyBytes else { return }
        throw CeleriacError(
            .tooLarge, "the canvas has \(bytes) bytes as JSON; at most \(MessageLimits.hardBodyBytes) are allowed")
    }
}
