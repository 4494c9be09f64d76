import CeleriacCore

extension KombuEnvelope {
    /// Returns the message as kombu gives it back to its queue: `redelivered` is true in its headers and in its
    /// delivery information. All other bytes stay the same.
    ///
    /// - Throws: ``CeleriacError`` with code `malformedMessage` if one of the two is missing.
    package static func redelivered(_ raw: [UInt8]) throws -> [UInt8] {
        do throws(JSONError) {
            let limits = JSONLimits(
                depth: JSONLimits.hardDepth, keys: .max, stringBytes: .max, documentBytes: .max)
            var reader = try JSONReader(raw, limits: limits)
            var edits: [Edit] = []
            try reader.beginObject()
            while let name = try reader.nextKey() {
                switch name {
                case "headers": edits.append(try Edit(marking: &reader, of: raw))
                case "properties":
                    let edit = try reader.member("delivery_info") { reader throws(JSONError) in
                        try Edit(marking: &reader, of: raw)
                    }
                    if let edit { edits.append(edit) }
                default: try reader.skip()
                }
            }
            try reader.finish()
            guard edits.count == 2 else {
                throw JSONError(.missing, at: 0, "headers or delivery_info are missing or appear twice")
            }
            return edits.sorted { $0.range.lowerBound > $1.range.lowerBound }.reduce(into: raw) { text, edit in
                text.replaceSubrange(edit.range, with: edit.text)
            }
        } catch {
            throw CeleriacError(.malformedMessage, "cannot mark a message as redelivered", underlying: error)
        }
    }

    /// A replacement of a part of the text.
    private struct Edit {
        var range: Range<Int>
        var text: [UInt8]

        /// Creates the edit that makes `redelivered` true in the next object.
        init(marking reader: inout JSONReader, of raw: [UInt8]) throws(JSONError) {
            var isEmpty = true
            var value: Range<Int>?
            try reader.beginObject()
            while let name = try reader.nextKey() {
                let range = try reader.skip()
                if name == "redelivered" { value = range }
                isEmpty = false
            }
            if let value {
                (range, text) = (value, Array("true".utf8))
            } else {
                let end = reader.offset - 1
                (range, text) = (end..<end, Array("\(isEmpty ? "" : ",")\"redelivered\":true".utf8))
            }
        }
    }
}
