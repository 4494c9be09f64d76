package import CeleriacCanvas
package import CeleriacCore

/// Celery's JSON form of signatures, and of the canvas that a message carries.
///
///     {"task": NAME, "args": […], "kwargs": {…}, "options": {…}, "subtask_type": null|"chain"|"group"|"chord",
///      "immutable": bool}
///
/// Reads what Celery 5 writes, and writes signatures that Celery reads back unchanged. Unknown options pass through.
/// Arguments keep the text that they arrived with. Pure. Source: `celery/canvas.py`, `Signature.__init__`, `chain`,
/// `group`, `chord`; `celery/app/amqp.py`, `as_task_v2`.
package struct CanvasCodec: Sendable {
    package let limits: CanvasLimits
    package let json: JSONLimits
    /// The meaning of a priority on the wire. In a ``CanvasSignature`` it is a ``CallPriority``.
    package let priorities: PriorityOrder

    /// - Parameters:
    ///   - json: limits for the arguments of one call. The limits for the text of a whole canvas (keys, depth) follow
    ///     from `limits`. Larger text is refused before anything is built from it.
    ///   - priorities: the meaning of a priority on the wire: ``Broker/signaturePriorities``.
    package init(
        limits: CanvasLimits = CanvasLimits(), json: JSONLimits = JSONLimits(), priorities: PriorityOrder
    ) {
        self.limits = limits
        self.priorities = priorities
        self.json = limits.json(around: json)
    }

    // MARK: Signatures

    /// - Throws: ``CeleriacError`` with code `malformedMessage`, or `tooLarge` beyond a limit.
    package func decodeSignature(_ text: [UInt8]) throws -> CanvasSignature {
        try reading(text, "signature") { reader throws(JSONError) in
            try signatureReader(text).signature(&reader)
        }
    }

    /// Compact JSON; equal signatures have equal bytes.
    package func encode(_ signature: CanvasSignature) -> [UInt8] {
        var writer = SignatureWriter(priorities: priorities)
        writer.write(signature)
        return writer.bytes
    }

    // MARK: What a message carries

    /// - Parameter text: the third item of a body; `null` and `{}` carry nothing.
    /// - Throws: ``CeleriacError`` with code `malformedMessage`, or `tooLarge` beyond a limit.
    package func decodeEmbed(_ text: [UInt8]) throws -> CanvasEmbed {
        if text == Message.emptyEmbed { return CanvasEmbed() }
        let embed = try reading(text, "embed") { reader throws(JSONError) in
            try signatureReader(text).embed(&reader)
        }
        for signature in [embed.callbacks, embed.errbacks, embed.chain].flatMap({ $0 ?? [] }) {
            try limits.check(signature)
        }
        if let chord = embed.chord { try limits.check(chord) }
        return embed
    }

    /// Returns a call that has ended, in the form that ``CanvasContinuation`` takes, from its envelope and its body.
    ///
    /// - Throws: as ``decodeEmbed(_:)`` does.
    package func finished(_ envelope: Envelope, _ call: ReceivedCall) throws -> FinishedCall {
        FinishedCall(headers: envelope.headers, embed: try decodeEmbed(call.embed))
    }

    package func encode(_ embed: CanvasEmbed) -> [UInt8] { encode(embed, chord: embed.chord.map(encode)) }

    /// Returns the messages for calls of a canvas, in the order of the calls.
    ///
    /// The body of a chord, which every call of its header carries, is encoded once and then copied.
    package func messages(of calls: [CanvasCall]) -> [Message] {
        var last: (body: CanvasSignature, text: [UInt8])?
        return calls.map { call in
            var message = call.message
            if let map = call.map { message.arguments = mapArguments(of: map) }
            if let body = call.embed.chord, last?.body != body { last = (body, encode(body)) }
            message.embed =
                call.embed == CanvasEmbed()
                ? Message.emptyEmbed : encode(call.embed, chord: call.embed.chord == nil ? nil : last?.text)
            return message
        }
    }

    package func message(of call: CanvasCall) -> Message { messages(of: [call])[0] }

    // MARK: Detail

    private func encode(_ embed: CanvasEmbed, chord: [UInt8]?) -> [UInt8] {
        var writer = SignatureWriter(priorities: priorities)
        writer.write(embed, chord: chord)
        return writer.bytes
    }

    private func mapArguments(of map: CanvasSignature) -> EncodedArguments {
        var writer = SignatureWriter(priorities: priorities)
        writer.mapArguments(of: map)
        return EncodedArguments(argsText: EncodedArguments.none.args, kwargsText: writer.bytes)
    }

    private func signatureReader(_ text: [UInt8]) -> SignatureReader {
        SignatureReader(bytes: text, limits: json, priorities: priorities, depth: limits.depth)
    }

    private func reading<Value>(
        _ text: [UInt8], _ part: String, _ body: (inout JSONReader) throws(JSONError) -> Value
    ) throws -> Value {
        do throws(JSONError) {
            var reader = try JSONReader(text, limits: json)
            let value = try body(&reader)
            try reader.finish()
            return value
        } catch {
            throw CeleriacError(
                error.isLimit ? .tooLarge : .malformedMessage, "refused \(part) of a canvas: \(error)",
                underlying: error)
        }
    }
}
