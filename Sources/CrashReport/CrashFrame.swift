/// One step of a crashed thread's way.
package struct CrashFrame: Sendable, Hashable {
    /// What its address is of.
    enum Kind: Sendable, Hashable {
        /// The instruction that was being run.
        case instruction
        /// The instruction behind a call: the call itself lies before it.
        case returnAddress
        /// The function with which an `async` caller goes on.
        case resumption
    }

    /// Counted from the innermost, 0; frames that the backtracer left out are counted too.
    let index: Int
    let address: UInt64
    let kind: Kind
    /// The demangled name; `nil` where it is not known, or not yet.
    var function: String?

    /// An address that surely lies inside of the function.
    var inside: UInt64 { kind == .returnAddress && address > 0 ? address - 1 : address }

    static func hex(_ address: UInt64) -> String { "0x" + String(address, radix: 16) }
}

/// A file that was mapped into the crashed process: the executable or a library.
package struct CrashImage: Sendable, Hashable {
    /// Where it lay in memory.
    var range: Range<UInt64>
    /// By which a file that was replaced since is told from the one that crashed, in hexadecimal digits; `nil` = it has none,
    /// or nobody said.
    var buildID: String?
    /// The same, by the number that its file system gave it.
    var inode: UInt64?
    let name: String
    let path: String
}
