/// Takes part in the sending of calls: the place for tracing, metrics, tenants, encryption.
///
/// ```
/// send ( plan ---> publish ---> published )       where the app publishes: a call, a canvas, a tick of the schedule
///        plan ---> ………………………… ---> published         where a store publishes what follows a call, with the end of that call
/// ```
///
/// The default implementations change nothing. `plan` runs in the order of ``AppOptions/middleware``, once for each
/// call; the `send` of the first middleware is the outermost.
public protocol SendMiddleware: Sendable {
    /// Changes messages before they are encoded, adds headers, or leaves some messages out.
    ///
    /// Nothing is published yet, and perhaps nothing ever will be: another beat may be faster, or a lease may be lost.
    ///
    /// - Parameter messages: all messages that are published together; at least one.
    /// - Returns: the messages to publish.
    /// - Throws: any error, which refuses all of the messages.
    func plan(_ messages: [Message]) async throws -> [Message]

    /// Wraps a send by this app: the planning, the publish and the report.
    ///
    /// - Parameters:
    ///   - messages: all messages that are sent together, before any middleware has changed them.
    ///   - next: sends them. Call it once, and return what it returns.
    func send<Value>(_ messages: [Message], next: SendNext<Value>) async throws -> Value

    /// Receives the report of a publish.
    ///
    /// A call that `TaskApp.prepare(_:)` made ready counts as published at once, because the app does not see its
    /// publish.
    ///
    /// - Parameters:
    ///   - publications: the messages as they were encoded, with their queues.
    ///   - report: names the calls that were not taken. It is empty if a store published the messages together with the
    ///     end of a call.
    func published(_ publications: [Publication], _ report: PublishReport) async
}

extension SendMiddleware {
    public func plan(_ messages: [Message]) async throws -> [Message] { messages }

    public func send<Value>(_ messages: [Message], next: SendNext<Value>) async throws -> Value { try await next() }

    public func published(_ publications: [Publication], _ report: PublishReport) async {}
}

/// The rest of a send, as a middleware sees it: `try await next()`.
public struct SendNext<Value: Sendable>: Sendable {
    let messages: [Message]
    let rest: ArraySlice<any SendMiddleware>
    let last: @Sendable () async throws -> Value

    /// Runs the rest of the middleware, then plans, publishes and reports.
    ///
    /// - Throws: any error of these; nothing is sent if planning fails.
    public func callAsFunction() async throws -> Value {
        guard let middleware = rest.first else { return try await last() }
        return try await middleware.send(
            messages, next: SendNext(messages: messages, rest: rest.dropFirst(), last: last))
    }
}
