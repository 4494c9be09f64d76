/// What a listener heard, for one who waits for it.
final class Heard<Value: Sendable>: Sendable {
    private let stream: AsyncStream<Value>
    private let continuation: AsyncStream<Value>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(of: Value.self) }

    func hear(_ value: Value) { continuation.yield(value) }

    /// The next one, as soon as there is one; `nil` when cancelled. One caller at a time.
    func next() async -> Value? {
        var values = stream.makeAsyncIterator()
        return await values.next()
    }
}
