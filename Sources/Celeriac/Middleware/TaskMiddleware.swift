/// Wraps publishing and running: the place for tracing, metrics, tenants, encryption.
///
/// Each method does nothing unless written. The app's first middleware is the outermost.
public protocol TaskMiddleware: Sendable {
    /// Wraps a publish. May change messages, add headers, or keep some from being published.
    ///
    /// - Parameters:
    ///   - messages: all that one call publishes, before they are encoded.
    ///   - next: publishes the messages handed to it. Call it once.
    func publish(_ messages: [Message], next: PublishNext) async throws -> PublishReport

    /// Wraps the run of one attempt, decoding of its arguments included.
    ///
    /// - Parameters:
    ///   - context: the attempt's.
    ///   - next: runs the task. What it throws decides about retry; throw it on, or something else.
    /// - Returns: the result as JSON text.
    func run(_ context: TaskContext, next: RunNext) async throws -> [UInt8]
}

/// The rest of a publish, as a middleware sees it: `try await next(messages)`.
public struct PublishNext: Sendable {
    let rest: ArraySlice<any TaskMiddleware>
    let last: @Sendable ([Message]) async throws -> PublishReport

    public func callAsFunction(_ messages: [Message]) async throws -> PublishReport {
        guard let middleware = rest.first else { return try await last(messages) }
        return try await middleware.publish(messages, next: PublishNext(rest: rest.dropFirst(), last: last))
    }
}

/// The rest of a run, as a middleware sees it: `try await next()`.
public struct RunNext: Sendable {
    let context: TaskContext
    let rest: ArraySlice<any TaskMiddleware>
    let last: @Sendable () async throws -> [UInt8]

    public func callAsFunction() async throws -> [UInt8] {
        guard let middleware = rest.first else { return try await last() }
        return try await middleware.run(context, next: RunNext(context: context, rest: rest.dropFirst(), last: last))
    }
}

extension TaskMiddleware {
    public func publish(_ messages: [Message], next: PublishNext) async throws -> PublishReport {
        try await next(messages)
    }

    public func run(_ context: TaskContext, next: RunNext) async throws -> [UInt8] {
        try await next()
    }
}
