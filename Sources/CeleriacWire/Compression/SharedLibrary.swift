import CeleriacCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A C library that is loaded if the machine has it, so that programs need not link it. Never unloaded.
struct SharedLibrary {
    private let handle: UnsafeMutableRawPointer

    /// - Parameter names: tried in order.
    /// - Returns: `nil` if none of them is installed.
    init?(_ names: [String]) {
        guard let handle = names.lazy.compactMap({ dlopen($0, RTLD_NOW) }).first else { return nil }
        self.handle = handle
    }

    /// Finds a function by its name.
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
