/// Why a pickle was refused. Contains the place and the name, never the data.
package struct PickleError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of error. Later versions may add codes, so a `switch` over it needs a `default`.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        package let description: String
        package init(_ description: String) { self.description = description }

        /// The pickle would import, build or call something that is not plain data.
        package static let refused = Code("refused")
        package static let unknownOpcode = Code("unknownOpcode")
        /// The pickle declares a protocol later than 5.
        package static let unknownProtocol = Code("unknownProtocol")
        /// The pickle ends too early.
        package static let truncated = Code("truncated")
        package static let malformed = Code("malformed")
        /// A value that contains itself.
        package static let cyclic = Code("cyclic")
        /// The pickle exceeds a limit of ``PickleLimits``.
        package static let tooLarge = Code("tooLarge")
        /// The value exists in Python but has no form in JSON.
        package static let notJSON = Code("notJSON")
    }

    package let code: Code
    /// The opcode, name or limit that the error is about: `GLOBAL os.system`.
    package let reason: String
    /// The place in the pickle, in bytes; `nil` if the error has no place.
    package let offset: Int?

    package init(_ code: Code, _ reason: String, at offset: Int? = nil) {
        self.code = code
        self.reason = reason
        self.offset = offset
    }

    /// For example `refused: GLOBAL os.system at byte 17`.
    package var description: String { "\(code): \(reason)" + (offset.map { " at byte \($0)" } ?? "") }
}

/// How large a pickle may be, packed and unpacked. Checked while reading, before anything is built.
package struct PickleLimits: Sendable, Hashable {
    /// The longest pickle, in bytes. Default 1 MiB.
    package var bytes: Int
    /// The most containers inside each other; at most 512, because reading recurses. Default 64.
    package var depth: Int {
        didSet { depth = min(depth, Self.hardDepth) }
    }
    /// The most values that may be reached; a value that is referred to twice counts twice. Default about a million.
    package var values: Int
    /// The most bytes of text and binary data that may be reached; repeated references count again. Default 16 MiB.
    package var contentBytes: Int
    /// The most entries of the memo. Default 262,144.
    package var memo: Int

    package static let hardDepth = 512

    package init(
        bytes: Int = 1 << 20, depth: Int = 64, values: Int = 1 << 20, contentBytes: Int = 16 << 20, memo: Int = 1 << 18
    ) {
        self.bytes = bytes
        self.depth = min(depth, Self.hardDepth)
        self.values = values
        self.contentBytes = contentBytes
        self.memo = memo
    }
}
