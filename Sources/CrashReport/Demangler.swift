#if os(Linux)
    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #endif

    /// Converts the linker's names to those in the source. Returns a name that it cannot read unchanged.
    enum Demangler {
        static func name(of symbol: String) -> String {
            guard symbol.utf8.count <= longest else { return symbol }
            return readable(simplified(symbol) ?? whole(symbol)) ?? symbol
        }

        /// Longer names are not demangled.
        private static let longest = 8_192

        private typealias Short =
            @convention(c) (UnsafePointer<CChar>, Int, UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<Int>?) ->
            UnsafeMutablePointer<CChar>?

        /// The runtime's demangler for backtraces, which leaves out modules and types: `boom(_:_:)`. It reads C++ as
        /// well. It is not part of the runtime's documented interface, and not visible in a static executable, so it is
        /// looked up. The cast is valid as long as `Short` matches its declaration in C: name, length, buffer and the
        /// buffer's size, to a text allocated by `malloc` or null. The tests that crash a program call it with the
        /// toolchain's own runtime.
        private static let short = dlsym(nil, "_swift_backtrace_demangle").map { unsafeBitCast($0, to: Short.self) }

        private static func simplified(_ symbol: String) -> UnsafeMutablePointer<CChar>? {
            short?(symbol, symbol.utf8.count, nil, nil)
        }

        private static func whole(_ symbol: String) -> UnsafeMutablePointer<CChar>? {
            swiftDemangle(symbol, symbol.utf8.count, nil, nil, 0)
        }

        /// Takes over memory that C allocated.
        private static func readable(_ name: UnsafeMutablePointer<CChar>?) -> String? {
            guard let name else { return nil }
            defer { free(name) }
            return String(cString: name)
        }
    }

    /// `swift/Demangling/Demangle.h`: the demangler that every Swift runtime has, for C. Five word-sized arguments and
    /// one result are passed in the same way by C's and Swift's calling conventions.
    @_silgen_name("swift_demangle")
    private func swiftDemangle(
        _ name: UnsafePointer<CChar>, _ length: Int, _ buffer: UnsafeMutablePointer<CChar>?,
        _ size: UnsafeMutablePointer<Int>?, _ flags: UInt32
    ) -> UnsafeMutablePointer<CChar>?
#endif
