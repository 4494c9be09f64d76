package import Synchronization

#if CELERIAC_TSAN
    /// A value behind a mutex, in a form that the thread sanitizer understands.
    ///
    /// On Linux the contended path of `Synchronization.Mutex` is in a library that is not instrumented: the sanitizer
    /// does not see that the lock was taken, and reports accesses under the lock as races. This type therefore informs
    /// the sanitizer that each critical section follows the previous one; accesses without the lock are still found.
    /// `make test-tsan` builds it.
    package struct Guarded<Value: ~Copyable>: ~Copyable, Sendable {
        private let mutex: Mutex<Value>
        // One allocation, whose address identifies the lock.
        private let address = Address()

        package init(_ value: consuming sending Value) { mutex = Mutex(value) }

        package borrowing func withLock<Result: ~Copyable, Failure: Error>(
            _ body: (inout sending Value) throws(Failure) -> sending Result
        ) throws(Failure) -> sending Result {
            let place = Unmanaged.passUnretained(address).toOpaque()
            return try mutex.withLock { value throws(Failure) in
                acquire(place)
                defer { release(place) }
                return try body(&value)
            }
        }
    }

    private final class Address: Sendable {}

    @_silgen_name("__tsan_acquire") private func acquire(_ address: UnsafeMutableRawPointer)
    @_silgen_name("__tsan_release") private func release(_ address: UnsafeMutableRawPointer)
#else
    /// A value behind a mutex.
    package typealias Guarded<Value: ~Copyable> = Mutex<Value>
#endif
