public import CeleriacCore

/// What a job's field `data` says: which function is called, and with what.
///
/// On the wire a sequence of four: the dotted name, the object whose method it is or `None`, a sequence of the positional
/// arguments and a mapping of the named ones. Source: RQ 3.0.0, `job.py`.
public struct RQCall: Sendable {
    public let task: TaskName
    /// In JSON text, whatever the serialiser was.
    public let arguments: ReceivedArguments

    // MARK: Encoding

    /// Writes the call of a function.
    ///
    /// - Throws: ``CeleriacError`` with code `invalidArguments` or `tooLarge`, or why an argument could not be encoded.
    public static func encode(
        _ task: TaskName, _ arguments: EncodedArguments, as serializer: RQSerializer,
        limits: MessageLimits = MessageLimits()
    ) throws -> [UInt8] {
        if let failure = arguments.failure { throw failure }
        let data =
            serializer == .json
            ? inJSON(task, arguments) : try pickled(task, arguments, limits: limits)
        guard data.count <= limits.bodyBytes else {
            throw CeleriacError(
                .tooLarge, "the call of \(task) would have \(data.count) bytes; at most \(limits.bodyBytes) are sent")
        }
        return data
    }

    private static func inJSON(_ task: TaskName, _ arguments: EncodedArguments) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        writer.string(task.rawValue)
        writer.null()
        writer.raw(arguments.args)
        writer.raw(arguments.kwargs)
        writer.endArray()
        return PythonJSON.text(of: writer.bytes)
    }

    private static func pickled(
        _ task: TaskName, _ arguments: EncodedArguments, limits: MessageLimits
    ) throws -> [UInt8] {
        do throws(JSONError) {
            let args = try PickleValue(json: arguments.args, limits: limits.json)
            let kwargs = try PickleValue(json: arguments.kwargs, limits: limits.json)
            return Pickle.encode(.tuple([.string(task.rawValue), .none, .tuple(args.elements ?? []), kwargs]))
        } catch {
            throw CeleriacError(
                error.isLimit ? .tooLarge : .invalidArguments,
                "the arguments of \(task) cannot be sent: \(error.reason)", underlying: error)
        }
    }

    // MARK: Decoding

    /// Reads a call.
    ///
    /// - Parameter serializer: `nil` = whatever the bytes look like.
    /// - Throws: ``CeleriacError``: code `unsupported` where it is a method of an object or a pickle that holds more than
    ///   data, `malformedMessage`, `tooLarge`.
    public static func decode(
        _ data: [UInt8], as serializer: RQSerializer? = nil, limits: MessageLimits = MessageLimits()
    ) throws -> RQCall {
        guard data.count <= limits.bodyBytes else {
            throw CeleriacError(
                .tooLarge, "refused a call of \(data.count) bytes; at most \(limits.bodyBytes) are read")
        }
        switch serializer ?? RQSerializer(detecting: data) {
        case .json: return try fromJSON(data, limits: limits)
        case .pickle:
            let (task, body) = try RQSerializer.unpickled(data, limits: limits) { value throws(PickleError) in
                try RQCall.json(of: value)
            }
            guard let task, let body else { throw misshapen }
            return RQCall(task: task, arguments: body)
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

    /// The call's name, and its arguments as JSON text; `nil` where the value is no call.
    private static func json(
        of value: PickleValue
    ) throws(PickleError) -> (TaskName?, ReceivedArguments?) {
        guard let parts = value.elements, parts.count == 4, case .string(let name) = parts[0], parts[1] == .none,
            let args = parts[2].elements, case .dictionary(let kwargs) = parts[3]
        else { return (nil, nil) }
        var writer = JSONWriter()
        var positional: [Range<Int>] = []
        var keywords: [ReceivedArguments.Keyword] = []
        writer.beginArray()
        for argument in args { positional.append(try writer.appendRange(of: argument)) }
        for argument in kwargs {
            guard case .string(let name) = argument.key else { return (nil, nil) }
            keywords.append(.init(name: name, range: try writer.appendRange(of: argument.value)))
        }
        writer.endArray()
        let arguments = ReceivedArguments(
            body: writer.bytes, positional: positional, keywords: BodyReader.withoutRepeats(keywords))
        return (TaskName(name), arguments)
    }

    /// The arguments as the body of a Celery message, `[args, kwargs, embed]`: behind the codec nobody needs to know from
    /// which wire a call came.
    public var celeryBody: [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        writer.beginArray()
        for range in arguments.positional { writer.raw(arguments.body[range]) }
        writer.endArray()
        writer.beginObject()
        for keyword in arguments.keywords {
            writer.key(keyword.name)
            writer.raw(arguments.body[keyword.range])
        }
        writer.endObject()
        writer.raw(Message.emptyEmbed)
        writer.endArray()
        return writer.bytes
    }

    private static var misshapen: CeleriacError {
        CeleriacError(
            .unsupported,
            "refused a call: it must be a function's name, no instance, a list of arguments and a dict of named ones")
    }
}

extension JSONWriter {
    /// Writes a value as the next element.
    ///
    /// - Returns: where it stands.
    fileprivate mutating func appendRange(of value: PickleValue) throws(PickleError) -> Range<Int> {
        separate()
        // The value would put the comma once more.
        var part = JSONWriter()
        try value.write(to: &part)
        let start = bytes.count
        bytes += part.bytes
        return start..<bytes.count
    }
}
