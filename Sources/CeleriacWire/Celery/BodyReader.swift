package import CeleriacCore

/// Splits Celery bodies into the ranges of their arguments. Decodes no argument.
package enum BodyReader {
    /// Reads `[args, kwargs, embed]`. As in Celery's workers, a body has exactly three items.
    ///
    /// - Parameter canvas: the limits of the third item, which holds calls of its own. The reader's limits apply to the
    ///   arguments.
    static func protocol2(
        _ reader: inout JSONReader, _ body: [UInt8], canvas: JSONLimits
    ) throws(JSONError) -> ReceivedCall {
        let start = reader.offset
        try reader.beginArray()
        guard try reader.nextElement() else { throw miscounted(at: start) }
        let positional = try positional(&reader)
        guard try reader.nextElement() else { throw miscounted(at: start) }
        let keywords = try keywords(&reader)
        guard try reader.nextElement() else { throw miscounted(at: start) }
        let embed = try reader.within(canvas) { reader throws(JSONError) in try reader.raw() }
        guard try !reader.nextElement() else { throw miscounted(at: start) }
        return ReceivedCall(
            arguments: ReceivedArguments(body: body, positional: positional, keywords: keywords), embed: embed
        )
    }

    /// Reads an object with `args`, `kwargs`, and the members that protocol 2 keeps in its third item.
    static func protocol1(
        _ reader: inout JSONReader, _ body: [UInt8], canvas: JSONLimits
    ) throws(JSONError) -> ReceivedCall {
        let start = reader.offset
        var positionalRanges: [Range<Int>]?
        var keywordRanges: [ReceivedArguments.Keyword] = []
        var embed = JSONWriter()
        embed.beginObject()
        try reader.beginObject()
        while let name = try reader.nextKey() {
            switch name {
            case "args": positionalRanges = try positional(&reader)
            case "kwargs": keywordRanges = try keywords(&reader)
            case "callbacks", "errbacks", "chain", "chord":
                embed.key(name)
                embed.raw(try reader.within(canvas) { reader throws(JSONError) in try reader.raw() })
            default: try reader.skip()
            }
        }
        embed.endObject()
        guard let positionalRanges else {
            throw JSONError(.missing, at: start, "a body that is an object needs the member args")
        }
        let arguments = ReceivedArguments(body: body, positional: positionalRanges, keywords: keywordRanges)
        return ReceivedCall(arguments: arguments, embed: embed.bytes)
    }

    /// Skips a body of three items that is about to be sent.
    static func check(_ reader: inout JSONReader, canvas: JSONLimits) throws(JSONError) {
        try reader.beginArray()
        for place in 0... {
            guard try reader.nextElement() else { return }
            if place < 2 {
                try reader.skip()
            } else {
                try reader.within(canvas) { reader throws(JSONError) in _ = try reader.skip() }
            }
        }
    }

    /// Reads an array; `null` counts as an empty one.
    package static func positional(_ reader: inout JSONReader) throws(JSONError) -> [Range<Int>] {
        if try reader.null() { return [] }
        var ranges: [Range<Int>] = []
        try reader.beginArray()
        while try reader.nextElement() { ranges.append(try reader.skip()) }
        return ranges
    }

    /// Reads an object; `null` counts as an empty one. If two members have the same name, the last one counts.
    package static func keywords(_ reader: inout JSONReader) throws(JSONError) -> [ReceivedArguments.Keyword] {
        if try reader.null() { return [] }
        var keywords: [ReceivedArguments.Keyword] = []
        try reader.beginObject()
        while let name = try reader.nextExactKey() {
            keywords.append(ReceivedArguments.Keyword(name: name, range: try reader.skip()))
        }
        return withoutRepeats(keywords)
    }

    package static func withoutRepeats(_ keywords: [ReceivedArguments.Keyword]) -> [ReceivedArguments.Keyword] {
        guard keywords.count > 1 else { return keywords }
        var seen: Set<JSONKey> = []
        let last = keywords.reversed().filter { seen.insert($0.name).inserted }
        return last.count == keywords.count ? keywords : last.reversed()
    }

    private static func miscounted(at offset: Int) -> JSONError {
        JSONError(.missing, at: offset, "a body has exactly three items: args, kwargs and embed")
    }
}
