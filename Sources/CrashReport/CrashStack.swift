#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A second stack for a thread's signal handlers. Without it, a thread whose own stack is full dies without a
/// backtrace.
///
/// Swift's backtracer gives one to the main thread only. Threads of the cooperative pool have none.
package enum CrashStack {
    /// The handler needs less than 16 KB, and any processor's registers fit as well.
    private static let size = 64 << 10

    /// Gives the current thread a second stack, unless it already has one. The memory is never freed, so use it for
    /// threads that live as long as the process. Costs one system call if the thread has a second stack.
    package static func install() {
        guard isMissing, let memory = allocate() else { return }
        if !use(memory) { munmap(memory, size) }
    }

    /// Gives the current thread a second stack while `body` runs.
    package static func during(_ body: () -> Void) {
        guard isMissing, let memory = allocate(), use(memory) else { return body() }
        body()
        var none = stack_t()
        none.ss_flags = Int32(SS_DISABLE)
        if sigaltstack(&none, nil) == 0 { munmap(memory, size) }
    }

    private static var isMissing: Bool {
        var current = stack_t()
        return sigaltstack(nil, &current) == 0 && current.ss_flags & Int32(SS_DISABLE) != 0
    }

    private static func allocate() -> UnsafeMutableRawPointer? {
        let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
        return memory == MAP_FAILED ? nil : memory
    }

    private static func use(_ memory: UnsafeMutableRawPointer) -> Bool {
        var stack = stack_t()
        stack.ss_sp = memory
        stack.ss_size = numericCast(size)
        return sigaltstack(&stack, nil) == 0
    }
}
