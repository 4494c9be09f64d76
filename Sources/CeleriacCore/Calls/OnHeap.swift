/// A value that few carry and whose size all others would: kept apart.
package final class OnHeap<Value: Sendable>: Sendable {
    package let value: Value

    package init(_ value: Value) { self.value = value }
}
