/// Wraps the runs of tasks: the place for tracing, metrics, and what tasks need around them.
///
/// The app's first middleware is the outermost.
public protocol RunMiddleware: Sendable {
    /// Wraps the run of one attempt, decoding of its arguments included. Runs the task and nothing else unless written.
    ///
    /// - Parameters:
    ///   - context: the attempt's.
    ///   - next: runs the task. What it throws decides about retry; throw it on, or something else.
    /// - Returns: the result as JSON text.
    func run(_ context: TaskContext, next: RunNext) async throws -> [UInt8]
}

extension RunMiddleware {
    public func run(_ context: TaskContext, next: RunNext) async throws -> [UInt8] { try await next() }
}

/// The rest of a run, as a middleware sees it: `try await next()`.
public struct RunNext: Sendable {
    let context: TaskContext
    let rest: ArraySlice<any RunMiddleware>
    let last: @Sendable () async throws -> [UInt8]

    public func callAsFunction() async throws -> [UInt8] {
        guard let middleware = rest.first else { return try await last() }
        return try await middleware.run(context, next: RunNext(context: context, rest: rest.dropFirst(), last: last))
    }
}
