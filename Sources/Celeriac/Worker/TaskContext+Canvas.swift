import CeleriacCanvas
import CeleriacWire
import Synchronization

/// What a running task may do to the canvas that it is part of.
extension TaskContext {
    // MARK: Replacing the call

    /// Ends this call by putting a canvas in its place: `return try context.replace(with: $render(page))`.
    ///
    /// Who waits for this call gets what the canvas comes to, under the same id; callbacks, errbacks, the rest of the chain
    /// and the chord of this call become those of the canvas. Until then the call is PENDING again: nothing is recorded of
    /// this run. Where one store is broker and result backend, the canvas is sent in the transaction that takes the call off
    /// its queue.
    ///
    /// - Returns: never; the type says that the canvas must come to what the task returns.
    /// - Throws: always: what the worker understands, to be passed on. `CeleriacError` with code `unsupported` for what
    ///   cannot travel in a canvas, on `rq://`, and within a map, whose result is not one item's; with `tooLarge` beyond
    ///   16 MiB of JSON.
    public func replace<Output>(with canvas: some CanvasPart<Output>) throws -> Output {
        try replace(by: canvas.canvasSignature())
    }

    /// The same with a group, which comes to the list of its members' outputs.
    public func replace<Output>(with group: CallGroup<Output>) throws -> [Output] {
        try replace(by: group.canvasSignature())
    }

    /// The same with a canvas that is known by names only. Whether it comes to what the task returns is not checked.
    public func replace<Output>(with canvas: CanvasSignature) throws -> Output { try replace(by: canvas) }

    private func replace<Output>(by canvas: CanvasSignature) throws -> Output {
        guard !task.rawValue.hasPrefix(BuiltInTask.prefix) else {
            throw CeleriacError(
                .unsupported, "an item of \"\(task)\" cannot be replaced: its output is but a part of the result")
        }
        throw TaskDirective(.replace(try encode(canvas)))
    }

    // MARK: Adding to the chord

    /// Adds a call, or several composed, to the chord that this call is in the header of: Celery's `add_to_chord`.
    ///
    /// Sent with the end of this call, if it succeeds or is replaced; of an attempt that fails nothing is added. The body then
    /// waits for the added calls too, and gets their outputs at this call's place in its list, next to its own.
    ///
    /// - Throws: `CeleriacError` with code `invalidArguments` if the call is in the header of no chord, with `unsupported` for
    ///   what cannot travel in a canvas, with `tooLarge` if all that is added has more than 16 MiB of JSON.
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
                .invalidArguments, "this call of \"\(task)\" is in the header of no chord that could be added to")
        }
        let addition = try encode(canvas)
        try additions.withLock { additions in
            try checkSize(additions.reduce(addition.count) { $0 + $1.count })
            additions.append(addition)
        }
    }

    // MARK: Detail

    /// - Throws: what sending it would throw, since here the task can still be told.
    private func encode(_ canvas: CanvasSignature) throws -> [UInt8] {
        try app.publisher.checkThatCanvasIsCarried(canvas)
        try CanvasLimits().check(canvas)
        let text = app.publisher.canvasCodec.encode(canvas)
        try checkSize(text.count)
        return text
    }

    /// All that one call leaves behind fits into one frame of a child's.
    private func checkSize(_ bytes: Int) throws {
        guard bytes > MessageLimits.hardBodyBytes else { return }
        throw CeleriacError(
            .tooLarge, "the canvas has \(bytes) bytes of JSON; the limit is \(MessageLimits.hardBodyBytes)")
    }
}
