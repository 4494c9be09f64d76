/// The messages of one queue in one stage, as a store lists them: the list that a ``Cursor`` belongs to.
///
/// A cursor of such a list is its store, stage and queue, then the key of the last message in parts that the store
/// defines, then a checksum, divided by colons. So a cursor of another list, a mistyped or an invented one is refused
/// instead of being read as a position.
package struct MessageList: Sendable {
    private let heading: [String]

    /// - Parameter store: the name of the layout, such as "sqlite".
    package init(_ store: String, _ queue: QueueName, _ stage: MessagePlace.Status) {
        heading = [store, stage.rawValue, queue.rawValue].map(\.escaped)
    }

    /// Returns the cursor behind the message with this key.
    package func cursor(_ key: [String]) -> Cursor {
        let text = (heading + key.map(\.escaped)).joined(separator: ":")
        return Cursor(rawValue: "\(text):\(text.checksum)")
    }

    /// Returns the queue and the stage of the list that a cursor claims to belong to; `nil` if it names none. Only
    /// ``key(of:)`` checks the rest of it.
    package static func place(of cursor: Cursor) -> (QueueName, MessagePlace.Status)? {
        let fields = cursor.rawValue.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard fields.count > 3, let stage = MessagePlace.Status(rawValue: fields[1].unescaped),
            let queue = QueueName(rawValue: fields[2].unescaped)
        else { return nil }
        return (queue, stage)
    }

    /// Returns the parts of the key in a cursor of this list.
    ///
    /// - Throws: ``BrokerError`` with code `refused` for any other cursor.
    package func key(of cursor: Cursor) throws(BrokerError) -> [String] {
        var fields = cursor.rawValue.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard fields.count > heading.count + 1, let checksum = fields.popLast(),
            fields.joined(separator: ":").checksum == checksum, Array(fields.prefix(heading.count)) == heading
        else { throw cursor.refusal }
        return fields.dropFirst(heading.count).map(\.unescaped)
    }
}

extension String {
    /// The text with every byte as `%xx` that is no letter, digit, dot, underscore or sign, so that a cursor is safe in
    /// a URL, in a shell and between colons.
    fileprivate var escaped: String {
        utf8.reduce(into: "") { text, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default: text += (byte < 16 ? "%0" : "%") + String(byte, radix: 16)
            }
        }
    }

    fileprivate var unescaped: String {
        var bytes: [UInt8] = []
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            else {
                bytes.append(byte)
                continue
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The 32-bit FNV-1a hash of the text. It detects errors, not forgery: a forged cursor is only a position.
    fileprivate var checksum: String {
        String(utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }, radix: 16)
    }
}
