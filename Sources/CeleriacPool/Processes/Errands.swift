/// Runs asynchronous work that is started where nothing can be awaited, such as on the reactor's thread, and holds it
/// until it ends.
///
/// One task holds all of it as children. The owner ends it with ``finish()``, or ``cancel()`` and then ``finish()``.
final class Errands: Sendable {
    /// An errand handles its own errors: any error that it throws is dropped.
    typealias Errand = @Sendable () async throws -> Void

    private let entrance: AsyncStream<Errand>.Continuation
    private let group: Task<Void, Never>

    init() {
        let (errands, entrance) = AsyncStream.makeStream(of: Errand.self)
        self.entrance = entrance
        group = Task {
            await withDiscardingTaskGroup { group in
                // What an errand throws is the cancellation of a pause: there is nothing to report.
                for await errand in errands { group.addTask { try? await errand() } }
            }
        }
    }

    deinit { entrance.finish() }

    /// Starts one. Does nothing after ``finish()`` or ``cancel()``.
    func start(_ errand: @escaping Errand) { entrance.yield(errand) }

    /// Cancels the running errands, and starts no other.
    func cancel() {
        entrance.finish()
        group.cancel()
    }

    /// Starts no other, and returns once all have ended.
    func finish() async {
        entrance.finish()
        await group.value
    }
}
