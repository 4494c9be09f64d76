/// One frame of a crashed thread's stack.
package struct CrashFrame: Sendable, Hashable {
    /// What its address points at.
    enum Kind: Sendable, Hashable {
        /// The instruction that was running.
        case instruction
        /// The instruction after a call: the call itself lies before it.
        case returnAddress
        /// The function with which an `async` caller continues.
        case resumption
    }

    /// The frame's index, counted from the innermost, 0; frames that the backtracer left out count too.
    let index: Int
    let address: UInt64
    let kind: Kind
    /// The demangled name; `nil` if it is unknown, or not looked up yet.
    var function: String?

    /// An address that certainly lies inside the function.
    var inside: UInt64 { kind == .returnAddress && address > 0 ? address - 1 : address }

    static func hex(_ address: UInt64) -> String { "0x" + String(address, radix: 16) }
}

/// A file that was mapped into the crashed process: the executable or a library.
package struct CrashImage: Sendable, Hashable {
    /// The addresses at which it lay in memory.
    var range: Range<UInt64>
    /// Identifies the file, in hexadecimal digits, in case it has been replaced since. `nil` if it is not known.
    var buildID: String?
    /// Identifies the file by the number that its file system gave it.
    var inode: UInt64?
    let name: String
    let path: String
}
