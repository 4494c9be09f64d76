/// A string with lone surrogates, which Python can hold and Swift's `String` cannot.
///
/// Python makes such a string from a file name that is not UTF-8 (`os.listdir`, `surrogateescape`): each invalid byte
/// 0x80 to 0xFF becomes U+DC80 to U+DCFF. JSON carries them as escapes, `"caf\udce9"`. Unicode calls such text
/// ill-formed.
public struct IllFormedString: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// UTF-8 in which each lone surrogate takes three bytes: Python's `text.encode("utf-8", "surrogatepass")`.
    public let bytes: [UInt8]

    /// - Parameter bytes: UTF-8 with surrogates of three bytes each.
    /// - Returns: `nil` if the bytes are anything else, or contain no surrogate, in which case a `String` can hold the
    ///   text.
    public init?(bytes: some Sequence<UInt8>) {
        let bytes = Array(bytes)
        var isIllFormed = false
        for piece in Self.pieces(of: bytes) {
            switch piece {
            case .surrogate: isIllFormed = true
            case .text(let range):
                guard String(validating: bytes[range], as: UTF8.self) != nil else { return nil }
            }
        }
        guard isIllFormed else { return nil }
        self.bytes = bytes
    }

    /// - Parameter bytes: in the form of ``bytes``; the caller has checked them.
    init(checked bytes: [UInt8]) { self.bytes = bytes }

    /// The text with U+FFFD in place of each lone surrogate.
    public var description: String {
        var text = ""
        for piece in Self.pieces(of: bytes) {
            switch piece {
            case .text(let range): text += String(decoding: bytes[range], as: UTF8.self)
            case .surrogate: text.unicodeScalars.append("\u{FFFD}")
            }
        }
        return text
    }

    /// The bytes of the file name that Python made the string from (`os.fsencode`); `nil` if it did not come from a
    /// file name.
    public var fileNameBytes: [UInt8]? {
        var name: [UInt8] = []
        for piece in Self.pieces(of: bytes) {
            switch piece {
            case .text(let range): name += bytes[range]
            case .surrogate(let unit):
                guard (0xDC80...0xDCFF).contains(unit) else { return nil }
                name.append(UInt8(unit - 0xDC00))
            }
        }
        return name
    }

    public static func < (left: IllFormedString, right: IllFormedString) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }

    // MARK: Pieces

    package enum Piece {
        case text(Range<Int>)
        case surrogate(UInt16)
    }

    /// The lone surrogates and the texts between them.
    package var pieces: [Piece] { Self.pieces(of: bytes) }

    private static func pieces(of bytes: [UInt8]) -> [Piece] {
        var pieces: [Piece] = []
        var (start, place) = (0, 0)
        while place < bytes.count {
            guard let unit = surrogate(at: place, in: bytes) else {
                place += 1
                continue
            }
            if start < place { pieces.append(.text(start..<place)) }
            pieces.append(.surrogate(unit))
            place += 3
            start = place
        }
        if start < bytes.count { pieces.append(.text(start..<bytes.count)) }
        return pieces
    }

    private static func surrogate(at place: Int, in bytes: [UInt8]) -> UInt16? {
        guard bytes[place] == 0xED, place + 2 < bytes.count, (0xA0...0xBF).contains(bytes[place + 1]),
            (0x80...0xBF).contains(bytes[place + 2])
        else { return nil }
        return 0xD000 | UInt16(bytes[place + 1] & 0x3F) << 6 | UInt16(bytes[place + 2] & 0x3F)
    }
}
