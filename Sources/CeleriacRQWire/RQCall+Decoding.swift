package import CeleriacCore
import CeleriacWire

extension RQCall {
    /// Reads a call.
    ///
    /// - Parameter serializer: `nil` detects it from the bytes.
    /// - Throws: ``CeleriacError``: code `unsupported` if the call is a method of an object or a pickle that holds more
    ///   than data, `malformedMessage`, `tooLarge`.
    package static func decode(
        _ data: [UInt8], as serializer: RQSerializer? = nil, limits: MessageLimits = MessageLimits()
    ) throws -> RQCall {
        guard data.count <= limits.bodyBytes else {
            throw CeleriacError(
                .tooLarge, "refused a call of \(data.count) bytes; at most \(limits.bodyBytes) are read")
        }
        switch serializer ?? RQSerializer(detecting: data) {
        case .json: return try fromJSON(data, limits: limits)
        case .pickle:
            let call = try RQSerializer.unpickled(data, limits: limits) { value throws(PickleError) in
                try unpickled(value)
            }
            guard let call else { throw misshapen }
            return call
        }
    }

    private static func fromJSON(_ data: [UInt8], limits: MessageLimits) throws -> RQCall {
        let call = try RQSerializer.reading("a call") { () throws(JSONError) -> RQCall? in
            var reader = try JSONReader(data, limits: limits.json)
            try reader.beginArray()
            guard try reader.nextElement(), reader.kind() == .string else { return nil }
            let task = TaskName(try reader.string())
            guard try reader.nextElement(), try reader.null(), try reader.nextElement(), reader.kind() == .array else {
                return nil
            }
            let positional = try BodyReader.positional(&reader)
            guard try reader.nextElement(), reader.kind() == .object else { return nil }
            let keywords = try BodyReader.keywords(&reader)
            guard try !reader.nextElement() else { return nil }
            try reader.finish()
            return RQCall(
                task: task, arguments: ReceivedArguments(body: data, positional: positional, keywords: keywords))
        }
        guard let call else { throw misshapen }
        return call
    }

    /// - Returns: `nil` if the value is not a call.
    private static func unpickled(_ value: PickleValue) throws(PickleError) -> RQCall? {
        guard let parts = value.elements, parts.count == 4, case .string(let name) = parts[0], parts[1] == .none,
            let args = parts[2].elements, case .dictionary(let kwargs) = parts[3]
        else { return nil }
        var writer = JSONWriter()
        var positional: [Range<Int>] = []
        var keywords: [ReceivedArguments.Keyword] = []
        writer.beginArray()
        for argument in args { positional.append(try writer.appendRange(of: argument)) }
        for argument in kwargs {
            guard let name = argument.key.text else { return nil }
            keywords.append(.init(name: name, range: try writer.appendRange(of: argument.value)))
        }
        writer.endArray()
        let arguments = ReceivedArguments(
            body: writer.bytes, positional: positional, keywords: BodyReader.withoutRepeats(keywords))
        return RQCall(task: TaskName(name), arguments: arguments)
    }

    private static var misshapen: CeleriacError {
        CeleriacError(
            .unsupported,
            "refused a call: expected a function's name, no instance, a list of arguments and a dict of named arguments"
        )
    }
}

extension JSONWriter {
    /// Writes a value as the next element.
    ///
    /// - Returns: its range in the text.
    fileprivate mutating func appendRange(of value: PickleValue) throws(PickleError) -> Range<Int> {
        separate()
        // The value's own writer would add the comma again.
        var part = JSONWriter()
        try value.write(to: &part)
        let start = bytes.count
        bytes += part.bytes
        return start..<bytes.count
    }
}
