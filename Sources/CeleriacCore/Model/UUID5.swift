/// UUIDs that are derived from names: version 5 (RFC 9562, 5.5).
package enum UUID5 {
    /// Returns the UUID as text in lower case.
    ///
    /// - Parameter namespace: the 16 bytes of a UUID.
    package static func text(namespace: [UInt8], name: String) -> String {
        var bytes = Array(SHA1(of: namespace + name.utf8).bytes.prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x50
        bytes[8] = bytes[8] & 0x3F | 0x80
        var text: [UInt8] = []
        for (place, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(place) { text.append(.minus) }
            text += [.hexDigit(of: byte >> 4), .hexDigit(of: byte & 0xF)]
        }
        return String(decoding: text, as: UTF8.self)
    }
}
