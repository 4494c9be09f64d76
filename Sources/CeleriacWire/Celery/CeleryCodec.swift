import CeleriacCanvas
package import CeleriacCore

/// Celery's message format: writes bodies `[args, kwargs, embed]` (protocol 2), and also reads the older protocol 1.
///
/// Bodies are JSON. A body in another accepted format is converted to JSON first, so that the rest of the program knows
/// one form.
///
/// Pure. Checks sizes before it parses, and splits bodies without decoding their values. Packs a body as the header
/// `compression` requires, and unpacks it to at most the size that any body may have.
/// Source: `celery/app/amqp.py`, `as_task_v2` and `as_task_v1`; `celery/worker/strategy.py`.
package struct CeleryCodec: MessageCodec {
    package let limits: MessageLimits
    /// The formats that are read; any other format is refused by its content type.
    package let accepted: [Serializer]
    private let acceptsJSON: Bool
    /// The limits for the canvas that a call carries.
    private let canvasLimits: JSONLimits

    package init(limits: MessageLimits = MessageLimits(), accepting accepted: [Serializer] = [.json]) {
        self.limits = limits
        self.accepted = accepted
        acceptsJSON = accepted.contains(.json)
        canvasLimits = CanvasLimits().json(around: limits.json)
    }

    // MARK: Encoding

    package func encode(_ message: Message) throws -> Envelope {
        if let failure = message.arguments.failure { throw failure }
        let body = body(of: message)
        try check(body.count, .body, of: message.task)
        try check(message.headers, of: message.task)
        try checkShape(of: body, of: message.task)
        var properties = Envelope.Properties(
            priority: message.priority, correlationID: message.correlationID ?? message.id.rawValue,
            replyTo: message.replyTo, exchange: message.route?.exchange, routingKey: message.route?.routingKey,
            isPersistent: message.isPersistent)
        if let serializer = message.serializer, let coder = serializer.coder {
            (properties.contentType, properties.contentEncoding) = (serializer.contentType, serializer.contentEncoding)
            return try packed(message, try written(body, of: message.task, by: coder, serializer), properties)
        }
        guard message.headers.compression != nil else {
            let args = message.arguments.args.count + 1
            return Envelope(
                headers: message.headers, properties: properties, body: body,
                argumentEnds: .init(args: args, kwargs: args + 1 + message.arguments.kwargs.count))
        }
        return try packed(message, body, properties)
    }

    private func written(
        _ body: [UInt8], of task: TaskName, by coder: any BodyCoder, _ serializer: Serializer
    ) throws -> [UInt8] {
        do {
            return try coder.bytes(ofJSON: body)
        } catch {
            throw CeleriacError(
                .invalidArguments, "the arguments of \(task) cannot be written as \(serializer): \(error)",
                underlying: error)
        }
    }

    /// Encodes a message whose body is not plain JSON, and packs the body if the headers ask for it.
    private func packed(_ message: Message, _ body: [UInt8], _ properties: Envelope.Properties) throws -> Envelope {
        let compression = try message.headers.compression.map { try Compression(named: $0) }
        let packed = try compression?.packed(body) ?? body
        try check(packed.count, .body, of: message.task)
        return Envelope(headers: packedHeaders(of: message, compression), properties: properties, body: packed)
    }

    /// The headers of such a message. Brokers cannot look into its body, so the headers show the arguments to people.
    private func packedHeaders(of message: Message, _ compression: Compression?) -> MessageHeaders {
        var headers = message.headers
        headers.compression = compression?.type
        guard !headers.hasOwnRepresentations else { return headers }
        headers.extra["argsrepr"] = .string(PythonRepr.arguments(message.arguments.args))
        headers.extra["kwargsrepr"] = .string(PythonRepr.keywords(message.arguments.kwargs))
        return headers
    }

    private func body(of message: Message) -> [UInt8] {
        let (args, kwargs, embed) = (message.arguments.args, message.arguments.kwargs, message.embed)
        return Array(unsafeUninitializedCapacity: args.count + kwargs.count + embed.count + 4) { body, count in
            func put(_ byte: UInt8) {
                body.initializeElement(at: count, to: byte)
                count += 1
            }
            func put(_ part: [UInt8]) {
                _ = body[count...].initialize(fromContentsOf: part)
                count += part.count
            }
            put(UInt8(ascii: "["))
            put(args)
            put(UInt8(ascii: ","))
            put(kwargs)
            put(UInt8(ascii: ","))
            put(embed)
            put(UInt8(ascii: "]"))
        }
    }

    /// A body that no worker would read must fail at the call site. A text with fewer bytes than twice the allowed nesting
    /// depth cannot break any of these limits.
    private func checkShape(of body: [UInt8], of task: TaskName) throws {
        let smallest = min(limits.json.depth * 2, limits.json.keys * 4, limits.json.stringBytes)
        guard body.count > smallest else { return }
        do {
            var reader = try JSONReader(body, limits: limits.json)
            try BodyReader.check(&reader, canvas: canvasLimits)
        } catch {
            throw CeleriacError(
                error.isLimit ? .tooLarge : .invalidArguments,
                "the arguments of \(task) cannot be sent: \(error.reason)", underlying: error
            )
        }
    }

    private enum Part: String { case body, headers }

    private func check(_ size: Int, _ part: Part, of task: TaskName) throws {
        let limit = part == .body ? limits.bodyBytes : limits.headerBytes
        guard size > limit else { return }
        throw CeleriacError(
            .tooLarge, "the \(part.rawValue) of a call of \(task) would have \(size) bytes; at most \(limit) are sent"
        )
    }

    private func check(_ headers: MessageHeaders, of task: TaskName) throws {
        var bytes = headers.id.rawValue.utf8.count + headers.task.rawValue.utf8.count
        bytes += (headers.rootID?.rawValue.utf8.count ?? 0) + (headers.parentID?.rawValue.utf8.count ?? 0)
        bytes += (headers.group?.utf8.count ?? 0) + (headers.shadow?.utf8.count ?? 0)
        bytes += (headers.origin?.utf8.count ?? 0) + (headers.compression?.utf8.count ?? 0)
        // A byte of text becomes at most six of JSON; the rest of the known headers stays below a kibibyte.
        let most = 6 * bytes + 1024
        if headers.extra.isEmpty, headers.history.isEmpty, most <= limits.headerBytes { return }
        try check(headers.json(verbose: true).count, .headers, of: task)
    }

    // MARK: Decoding

    package func decode(_ envelope: Envelope) throws -> ReceivedCall {
        guard envelope.body.count <= limits.bodyBytes else {
            throw CeleriacError(
                .tooLarge, "refused a body of \(envelope.body.count) bytes; at most \(limits.bodyBytes) are read")
        }
        let coder = try coder(for: envelope)
        var body =
            try envelope.compression.map {
                try Compression(named: $0).unpacked(envelope.body, limit: limits.bodyBytes, part: "body")
            } ?? envelope.body
        if let coder { body = try coder.json(of: body, limits: limits.json, atMost: limits.bodyBytes) }
        do throws(JSONError) {
            var reader = try JSONReader(body, limits: limits.json)
            var call =
                reader.kind() == .object
                ? try BodyReader.protocol1(&reader, body, canvas: canvasLimits)
                : try BodyReader.protocol2(&reader, body, canvas: canvasLimits)
            try reader.finish()
            call.arguments.replacesLoneSurrogates = limits.json.replacesLoneSurrogates
            return call
        } catch {
            throw CeleriacError(
                error.isLimit ? .tooLarge : .malformedMessage, "refused body: \(error)", underlying: error
            )
        }
    }

    /// - Returns: `nil` for JSON.
    private func coder(for envelope: Envelope) throws -> (any BodyCoder)? {
        let properties = envelope.properties
        if properties.contentType == Envelope.json, properties.contentEncoding == "utf-8", acceptsJSON { return nil }
        guard let serializer = accepted.serializer(ofType: properties.contentType) else {
            throw CeleriacError(
                .unsupported,
                "refused content type \(Self.quoted(properties.contentType)): this app accepts "
                    + accepted.map(\.name).joined(separator: ", "))
        }
        // As in kombu, the encoding matters only for JSON.
        if let coder = serializer.coder { return coder }
        guard ["utf-8", "utf8", "us-ascii", "ascii"].contains(properties.contentEncoding.lowercased()) else {
            throw CeleriacError(.unsupported, "refused content encoding \(Self.quoted(properties.contentEncoding))")
        }
        return nil
    }

    /// Shows foreign text, shortened and without control characters.
    private static func quoted(_ text: String) -> String { String(text.prefix(80)).debugDescription }
}
