/// Stores a rarely used value on the heap, so that it does not enlarge every value that could hold it.
package final class OnHeap<Value: Sendable>: Sendable {
    package let value: Value

    package init(_ value: Value) { self.value = value }
}
