package import Synchronization

#if CELERIAC_TSAN
    /// A value behind a mutex, as the thread sanitizer must see it.
    ///
    /// On Linux the contended path of `Synchronization.Mutex` lies in a library that is not instrumented: the sanitizer misses
    /// that the lock was taken and calls what it protects a race. So it is told here that what happens under the lock
    /// follows what happened under it before; accesses beside the lock are still found. `make test-tsan` builds this.
    package struct Guarded<Value: ~Copyable>: ~Copyable, Sendable {
        private let mutex: Mutex<Value>
        // One allocation, whose address stands for the lock.
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
