/// The values that a listener has heard, for one task that waits for them.
package final class Heard<Value: Sendable>: Sendable {
    private let stream: AsyncStream<Value>
    private let continuation: AsyncStream<Value>.Continuation

    package init() { (stream, continuation) = AsyncStream.makeStream(of: Value.self) }

    package func hear(_ value: Value) { continuation.yield(value) }

    /// Waits for the next value; `nil` when cancelled. Only one task may call it at a time.
    package func next() async -> Value? {
        var values = stream.makeAsyncIterator()
        return await values.next()
    }
}
