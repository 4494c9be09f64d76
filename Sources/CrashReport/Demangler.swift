#if os(Linux)
    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #endif

    /// Turns the linker's names into those that people wrote. Returns a name that it cannot read unchanged.
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

        /// The runtime's demangler for backtraces, without modules and types: `boom(_:_:)`. It reads C++ as well. Not in the
        /// runtime's documented face, and not to be seen in a static executable: so it is looked up. The cast holds as
        /// long as `Short` is its declaration in C: name, length, buffer and the buffer's size, to a text of `malloc`'s or null.
        /// The tests that crash a program call it with the toolchain's own runtime.
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

    /// `swift/Demangling/Demangle.h`: the demangler that every Swift runtime has, for C. Five words in and one out travel alike
    /// in C's and Swift's calls.
    @_silgen_name("swift_demangle")
    private func swiftDemangle(
        _ name: UnsafePointer<CChar>, _ length: Int, _ buffer: UnsafeMutablePointer<CChar>?,
        _ size: UnsafeMutablePointer<Int>?, _ flags: UInt32
    ) -> UnsafeMutablePointer<CChar>?
#endif
