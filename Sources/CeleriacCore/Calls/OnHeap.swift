/// A value that few carry and whose size all others would: kept apart.
final class OnHeap<Value: Sendable>: Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}
