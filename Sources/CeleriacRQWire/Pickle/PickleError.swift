/// Why a pickle was refused. Says where and which name, never what the data was.
package struct PickleError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of error. More may come, so a `switch` over it needs a `default`.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        package let description: String
        package init(_ description: String) { self.description = description }

        /// It would import, build or call something that is no plain data.
        package static let refused = Code("refused")
        package static let unknownOpcode = Code("unknownOpcode")
        /// A protocol later than 5.
        package static let unknownProtocol = Code("unknownProtocol")
        /// It ends too early.
        package static let truncated = Code("truncated")
        package static let malformed = Code("malformed")
        /// A value that contains itself.
        package static let cyclic = Code("cyclic")
        /// A limit of ``PickleLimits`` was passed.
        package static let tooLarge = Code("tooLarge")
        /// Python has the value, JSON has none for it.
        package static let notJSON = Code("notJSON")
    }

    package let code: Code
    /// The opcode, the name or the limit it is about: `GLOBAL os.system`.
    package let reason: String
    /// Where in the pickle, in bytes; `nil` where it is no matter of a place.
    package let offset: Int?

    package init(_ code: Code, _ reason: String, at offset: Int? = nil) {
        self.code = code
        self.reason = reason
        self.offset = offset
    }

    /// For example `refused: GLOBAL os.system at byte 17`.
    package var description: String { "\(code): \(reason)" + (offset.map { " at byte \($0)" } ?? "") }
}

/// How large a pickle may be, packed and unpacked. Checked while it is read, before anything is built of it.
package struct PickleLimits: Sendable, Hashable {
    /// The longest pickle, in bytes. Default 1 MiB.
    package var bytes: Int
    /// Most containers inside each other; at most 512, since reading recurses. Default 64.
    package var depth: Int {
        didSet { depth = min(depth, Self.hardDepth) }
    }
    /// The most values that may be reached, one that is referred to twice counted twice. Default about a million.
    package var values: Int
    /// The most bytes of text and binary that may be reached, counted alike. Default 16 MiB.
    package var contentBytes: Int
    /// The most places of the memo. Default 262,144.
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
