import CeleriacCore

/// Text in columns. PostgreSQL's `text` holds no NUL, so a NUL is stored as `\0`, and a backslash as `\\`.
enum StoredText {
    static func column(_ text: String) -> String {
        guard !isPlain(text) else { return text }
        var stored: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0: stored += [backslash, UInt8(ascii: "0")]
            case backslash: stored += [backslash, backslash]
            default: stored.append(byte)
            }
        }
        return String(decoding: stored, as: UTF8.self)
    }

    private static func isPlain(_ text: String) -> Bool {
        let isPlain = text.utf8.withContiguousStorageIfAvailable { bytes in
            bytes.allSatisfy { $0 != 0 && $0 != backslash }
        }
        return isPlain ?? text.utf8.allSatisfy { $0 != 0 && $0 != backslash }
    }

    static func text(_ column: String) -> String {
        guard column.utf8.contains(backslash) else { return column }
        var text: [UInt8] = []
        var rest = column.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == backslash, let next = rest.popFirst() else { text.append(byte); continue }
            text.append(next == UInt8(ascii: "0") ? 0 : next)
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static let backslash = UInt8(ascii: "\\")
}

/// A text that an index can hold, whatever its length: PostgreSQL refuses keys of more than 2,700 bytes.
///
/// A text of more than 1,000 bytes is represented by its beginning and its SHA-1. `\#` cannot come from another text,
/// since ``StoredText`` doubles every backslash. Two keys are equal if their bytes are.
struct StoredKey: Sendable, Hashable {
    let key: String
    /// The whole text, if the key is not.
    let long: String?

    init(_ text: String) {
        let column = StoredText.column(text)
        let isShort = column.utf8.count <= Self.longest
        key = isShort ? column : Self.beginning(of: column) + "\\#" + SHA1.digest(of: column)
        long = isShort ? nil : column
    }

    init(_ id: TaskID) { self.init(id.rawValue) }

    /// A key as it stands in a column.
    init(stored key: String) {
        self.key = key
        long = nil
    }

    static func == (one: StoredKey, other: StoredKey) -> Bool {
        let isEqual = one.key.utf8.withContiguousStorageIfAvailable { mine in
            other.key.utf8.withContiguousStorageIfAvailable { mine.elementsEqual($0) }
        }
        return (isEqual ?? nil) ?? one.key.utf8.elementsEqual(other.key.utf8)
    }

    func hash(into hasher: inout Hasher) {
        var key = key
        key.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    /// Returns the text of two columns.
    static func text(_ key: String, _ long: String?) -> String { StoredText.text(long ?? key) }

    /// Not up to a backslash, so that the one of `\\#` is no half of a doubled one.
    private static func beginning(of column: String) -> String {
        var bytes = column.utf8.prefix(kept)
        while bytes.last == UInt8(ascii: "\\") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let longest = 1_000
    private static let kept = 500
}
