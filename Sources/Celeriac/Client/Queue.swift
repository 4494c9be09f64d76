#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// RQ's face: a queue that one puts calls into and looks into. Nothing but a name and an app.
///
/// ```swift
/// let queue = app.queue("emails")
/// try await queue.enqueue($sendWelcomeEmail(to: "ada@example.com"))
/// try await queue.enqueue($sendWelcomeEmail(to: "ada@example.com"), in: .minutes(5))
/// ```
public struct Queue: Sendable {
    public let name: QueueName
    let app: TaskApp

    // MARK: Putting in

    /// Puts a call into this queue, whatever queue its task names.
    @discardableResult
    public func enqueue<Output>(
        _ call: Signature<Output>, options: CallOptions? = nil
    ) async throws -> AsyncResult<Output> {
        try await app.send(call.with(here(options ?? call.options)))
    }

    /// Puts a call in that is not to start before `delay` is over.
    @discardableResult
    public func enqueue<Output>(_ call: Signature<Output>, in delay: Duration) async throws -> AsyncResult<Output> {
        var options = call.options
        options.countdown = delay
        options.eta = nil
        return try await enqueue(call, options: options)
    }

    /// Puts a call in that is not to start before `date`.
    @discardableResult
    public func enqueue<Output>(_ call: Signature<Output>, at date: Date) async throws -> AsyncResult<Output> {
        var options = call.options
        options.eta = date
        return try await enqueue(call, options: options)
    }

    /// Puts many calls in at once: all or none, in one transaction or round trip.
    @discardableResult
    public func enqueueMany<Output>(_ calls: [Signature<Output>]) async throws -> [AsyncResult<Output>] {
        try await app.send(calls.map { $0.with(here($0.options)) })
    }

    private func here(_ options: CallOptions) -> CallOptions {
        var options = options
        options.queue = name
        return options
    }

    // MARK: Looking in

    public var counts: QueueCounts {
        get async throws { try await app.broker.counts(of: name) }
    }

    /// How many calls are ready to start, as RQ counts: neither delayed nor running.
    public var count: Int {
        get async throws { try await counts.ready }
    }

    /// Calls that are ready, in the order in which they will start.
    ///
    /// - Throws: `CeleriacError` with code `unsupported` if the broker cannot be looked into.
    public func jobs(
        _ status: MessagePlace.Status = .ready, offset: Int = 0, limit: Int = 100
    ) async throws -> [Job] {
        let messages = try await inspector().messages(in: name, status, offset: offset, limit: limit)
        return messages.map { Job(id: $0.id, app: app) }
    }

    /// How many calls start before it; `nil` if it is not ready in any queue.
    public func position(of id: TaskID) async throws -> Int? { try await inspector().position(of: id) }

    /// The call with that id, wherever it stands.
    ///
    /// - Returns: `nil` if nothing is known of it.
    public func job(_ id: TaskID) async throws -> Job? { try await app.job(id) }

    // MARK: Taking out

    /// Removes what waits, delayed calls included.
    ///
    /// - Returns: how many calls that were.
    @discardableResult
    public func empty() async throws -> Int { try await app.broker.purge(name) }

    private func inspector() throws -> any Inspector {
        try app.require((any Inspector).self, for: "be looked into")
    }
}
