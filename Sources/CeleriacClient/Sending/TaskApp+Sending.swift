/// Sending calls.
extension TaskApp {
    /// Sends one call.
    ///
    /// - Returns: the handle of the call, as soon as the broker has it. If another call holds the unique key, the
    ///   handle of that call.
    /// - Throws: `CeleriacError` with code `invalidArguments`, `tooLarge`, `unknownQueue`, `duplicateJob`
    ///   (`JobOptions.isUnique`) or `unsupported` (the broker does not support one of its options); `BrokerError`.
    @discardableResult
    public func send<Output>(_ signature: Signature<Output>) async throws -> AsyncResult<Output> {
        let id = try await publisher.send(signature.call)
        return AsyncResult(id: id, app: self, isNew: true, decode: signature.decode)
    }

    /// Sends many calls in one go: all of them or none, unless the broker takes calls one by one.
    ///
    /// - Returns: their handles, in the same order.
    /// - Throws: as for a single call; `BrokerError` with code `refused` if the broker takes calls one by
    ///   one and has not taken all of them. Its message names the calls that are not sent; the others are.
    @discardableResult
    public func send<Output>(_ signatures: [Signature<Output>]) async throws -> [AsyncResult<Output>] {
        let ids = try await publisher.send(signatures.map(\.call))
        return zip(ids, signatures).map { AsyncResult(id: $0, app: self, isNew: true, decode: $1.decode) }
    }

    /// Sends a call by the name of its task, for a task whose code is in another program.
    ///
    /// ```swift
    /// let sum = try await app.send("tasks.add", args: [2, 2])
    /// try await sum.get()                                         // JSONValue
    /// ```
    @discardableResult
    public func send(
        _ task: TaskName, args: [JSONValue] = [], kwargs: JSONObject = [:],
        options: CallOptions = CallOptions()
    ) async throws -> AsyncResult<JSONValue> {
        try await send(Signature(task, EncodedArguments(args: args, kwargs: kwargs), options: options))
    }

    /// Prepares a call without sending it, for a transaction of your own. See ``PreparedCall``.
    public func prepare<Output>(_ signature: Signature<Output>) async throws -> PreparedCall<Output> {
        let (id, publication) = try await publisher.prepare(signature.call)
        return PreparedCall(
            publication: publication, result: AsyncResult(id: id, app: self, decode: signature.decode))
    }
}
