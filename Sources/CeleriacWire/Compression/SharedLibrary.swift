import CeleriacCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A C library that is used where the machine has it, so that no program must be linked with it. Never unloaded.
struct SharedLibrary {
    private let handle: UnsafeMutableRawPointer

    /// - Parameter names: tried in order.
    /// - Returns: `nil` where none of them is installed.
    init?(_ names: [String]) {
        guard let handle = names.lazy.compactMap({ dlopen($0, RTLD_NOW) }).first else { return nil }
        self.handle = handle
    }

    /// Finds a function.
    ///
    /// - Parameter type: the C type of the function's declaration in the library's header. The cast trusts it.
    func function<Function>(_ name: String, as type: Function.Type) -> Function? {
        dlsym(handle, name).map { unsafeBitCast($0, to: type) }
    }

    static func missing(_ names: [String], for compression: BodyCompression) -> CeleriacError {
        CeleriacError(
            .unsupported, "refused compression \"\(compression.rawValue)\": the library \(names[0]) is not installed")
    }
}
