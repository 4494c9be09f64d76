package import CeleriacCore

extension KombuEnvelope {
    /// The size of the largest message that is read under these limits, in bytes of JSON.
    package static func largestMessage(under limits: MessageLimits) -> Int {
        let propertyBytes = 16 << 10
        return Base64.length(of: limits.bodyBytes) + limits.shownHeaderBytes + propertyBytes
    }
}

extension MessageLimits {
    /// The largest header block that is read. The headers also contain Celery's texts of the arguments for people: two
    /// of 1024 characters, each of at most twelve bytes.
    package var shownHeaderBytes: Int { headerBytes + 24 << 10 }
}

/// The outermost object of any kombu message, split into its members.
struct KombuText<Headers: Sendable>: Sendable {
    var headers: Headers?
    var contentType = Envelope.json
    var contentEncoding = "utf-8"
    var properties = KombuProperties()
    /// Decoded from base64 if it was sent so.
    var body: [UInt8] = []

    /// - Throws: ``CeleriacError`` with code `tooLarge` or `malformedMessage`, which names what is missing.
    init(
        _ raw: [UInt8], limits: MessageLimits,
        readHeaders: (inout JSONReader) throws(JSONError) -> Headers
    ) throws {
        let most = KombuEnvelope.largestMessage(under: limits)
        guard raw.count <= most else {
            throw CeleriacError(.tooLarge, "refused a message of \(raw.count) bytes; at most \(most) are read")
        }
        do throws(JSONError) {
            let json = JSONLimits(
                depth: limits.json.depth, keys: limits.json.keys, stringBytes: raw.count, documentBytes: raw.count
            )
            try read(JSONReader(raw, limits: json), raw, limits, readHeaders)
        } catch {
            throw CeleriacError(
                error.isLimit ? .tooLarge : .malformedMessage, "refused message: \(error)", underlying: error
            )
        }
        guard body.count <= limits.bodyBytes else {
            throw CeleriacError(
                .tooLarge, "refused a body of \(body.count) bytes; at most \(limits.bodyBytes) are read")
        }
    }

    private mutating func read(
        _ reader: consuming JSONReader, _ raw: [UInt8], _ limits: MessageLimits,
        _ readHeaders: (inout JSONReader) throws(JSONError) -> Headers
    ) throws(JSONError) {
        var bodyRange: Range<Int>?
        try reader.beginObject()
        while let key = try reader.nextKey(in: KombuKey.table) {
            guard case .known(let place) = key else {
                try reader.skip()
                continue
            }
            switch KombuKey.all[place] {
            case .body:
                guard reader.kind() == .string else {
                    throw JSONError(.typeMismatch, at: reader.offset, "the body is not a string")
                }
                bodyRange = try reader.skip()
            case .headers:
                let start = reader.offset
                headers = try readHeaders(&reader)
                try Self.check(reader.offset - start, limits)
            case .properties: properties = try KombuProperties(from: &reader)
            case .contentType: contentType = try reader.stringOrNil() ?? contentType
            case .contentEncoding: contentEncoding = try reader.stringOrNil() ?? contentEncoding
            }
        }
        try reader.finish()
        guard let bodyRange else { throw JSONError(.missing, at: 0, "the message has no body") }
        body = try content(of: raw, in: bodyRange)
    }

    private static func check(_ size: Int, _ limits: MessageLimits) throws(JSONError) {
        guard size <= limits.shownHeaderBytes else {
            throw JSONError(.tooLong, at: 0, "headers of \(size) bytes; at most \(limits.shownHeaderBytes) are read")
        }
    }

    /// Returns the content of a JSON string. The range includes the quotes.
    private func content(of raw: [UInt8], in range: Range<Int>) throws(JSONError) -> [UInt8] {
        let inner = raw[range.lowerBound + 1..<range.upperBound - 1]
        var text: ArraySlice<UInt8> = inner
        // Some writers escape the slashes of base64.
        if !properties.isBase64 || inner.contains(UInt8(ascii: "\\")) {
            var reader = try JSONReader(raw, in: range, limits: .checkedBefore)
            text = try Array(reader.string().utf8)[...]
        }
        guard properties.isBase64 else { return Array(text) }
        guard let bytes = Base64.decode(text) else {
            throw JSONError(.syntax, at: range.lowerBound, "the body is not base64")
        }
        return bytes
    }
}

/// The members of the outermost object.
private enum KombuKey: String, CaseIterable {
    case body, headers, properties
    case contentType = "content-type"
    case contentEncoding = "content-encoding"

    static let all = allCases
    static let table = KeyTable(all.map(\.rawValue))
}
