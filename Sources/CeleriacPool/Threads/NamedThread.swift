#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import CrashReport

/// A system thread with a name that debuggers and backtraces show, and with a second stack for a backtrace of an
/// overflow.
package enum NamedThread {
    /// As much as the main thread has. The default of some C libraries is so small that it overflows early.
    private static let stackSize = 8 << 20

    /// Starts a thread that ends when `body` returns.
    ///
    /// - Parameters:
    ///   - name: at most 15 bytes, which is what Linux keeps.
    ///   - body: run once, on the new thread.
    /// - Returns: whether the thread was started; otherwise `body` is not run.
    package static func start(_ name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
        let work = Unmanaged.passRetained(Work(name: name, body: body))
        // In raw memory, since the type has no initialiser that is visible here on Linux.
        let isStarted = withUnsafeTemporaryAllocation(of: pthread_attr_t.self, capacity: 1) { memory in
            guard let attributes = memory.baseAddress, pthread_attr_init(attributes) == 0 else { return false }
            defer { pthread_attr_destroy(attributes) }
            pthread_attr_setdetachstate(attributes, Int32(PTHREAD_CREATE_DETACHED))
            pthread_attr_setstacksize(attributes, stackSize)
            return create(attributes, work.toOpaque())
        }
        if !isStarted { work.release() }
        return isStarted
    }

    private static func create(_ attributes: UnsafePointer<pthread_attr_t>, _ work: UnsafeMutableRawPointer) -> Bool {
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        return pthread_create(&thread, attributes, entry, work) == 0
    }

    private final class Work: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }

        func run() {
            NamedThread.nameCurrent(name)
            CrashStack.during(body)
        }
    }

    /// Glibc's function for it is not visible in Swift; the kernel has a file for it.
    private static func nameCurrent(_ name: String) {
        #if os(Linux)
            let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
            guard file >= 0 else { return }
            defer { close(file) }
            _ = name.withCString { write(file, $0, strlen($0)) }
        #else
            pthread_setname_np(name)
        #endif
    }

    #if canImport(Darwin)
        private static let entry: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = { work in
            Unmanaged<Work>.fromOpaque(work).takeRetainedValue().run()
            return nil
        }
    #else
        private static let entry: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { work in
            if let work { Unmanaged<Work>.fromOpaque(work).takeRetainedValue().run() }
            return nil
        }
    #endif
}
