/// Wraps the runs of tasks: the place for tracing, metrics, and resources that tasks need while they run.
///
/// The app's first middleware is the outermost.
public protocol RunMiddleware: Sendable {
    /// Wraps the run of one attempt, including the decoding of its arguments. The default implementation only runs the
    /// task.
    ///
    /// - Parameters:
    ///   - context: the context of the attempt.
    ///   - next: runs the task. The error that this method throws decides whether the call is retried: rethrow the
    ///     error of `next`, or throw another one.
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

    /// Runs the rest of the middleware, then the task.
    ///
    /// - Throws: the error of the task, or of a middleware.
    public func callAsFunction() async throws -> [UInt8] {
        guard let middleware = rest.first else { return try await last() }
        return try await middleware.run(context, next: RunNext(context: context, rest: rest.dropFirst(), last: last))
    }
}
