/// The values that a listener has heard, for one task that waits for them.
final class Heard<Value: Sendable>: Sendable {
    private let stream: AsyncStream<Value>
    private let continuation: AsyncStream<Value>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(of: Value.self) }

    func hear(_ value: Value) { continuation.yield(value) }

    /// Waits for the next value; `nil` when cancelled. Only one task may call it at a time.
    func next() async -> Value? {
        var values = stream.makeAsyncIterator()
        return await values.next()
    }
}
