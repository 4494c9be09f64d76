import CeleriacCore
import CeleriacRQWire

/// The three parts of a Celery body, each as JSON text. An envelope carries them, and a job has them in `data`.
struct RQBody: Sendable {
    var args: [UInt8]
    var kwargs: [UInt8]
    var embed: [UInt8]

    /// - Throws: ``BrokerError`` with code `refused` if the body is no plain JSON, which RQ cannot carry.
    init(_ envelope: Envelope, limits: MessageLimits) throws {
        guard envelope.properties.contentType == Envelope.json, envelope.compression == nil else {
            throw BrokerError(
                .refused, "an RQ job is a call with plain JSON arguments; this one is \(Self.kind(of: envelope))")
        }
        let body = envelope.body
        if let ends = envelope.argumentEnds {
            args = Array(body[1..<ends.args])
            kwargs = Array(body[(ends.args + 1)..<ends.kwargs])
            embed = Array(body[(ends.kwargs + 1)..<(body.count - 1)])
            return
        }
        do throws(JSONError) {
            (args, kwargs, embed) = try Self.parts(of: body, limits.json)
        } catch {
            throw BrokerError(.refused, "an RQ job is a call; this body is not [args, kwargs, embed]: \(error)")
        }
    }

    /// The body of a call that was read from a job.
    init(_ arguments: ReceivedArguments, embed: [UInt8]) {
        var (args, kwargs) = (JSONWriter(), JSONWriter())
        args.beginArray()
        for range in arguments.positional { args.raw(arguments.body[range]) }
        args.endArray()
        kwargs.beginObject()
        for keyword in arguments.keywords {
            kwargs.key(keyword.name)
            kwargs.raw(arguments.body[keyword.range])
        }
        kwargs.endObject()
        (self.args, self.kwargs, self.embed) = (args.bytes, kwargs.bytes, embed)
    }

    var arguments: EncodedArguments { EncodedArguments(argsText: args, kwargsText: kwargs) }

    func envelope(_ headers: MessageHeaders, _ properties: Envelope.Properties) -> Envelope {
        var body: [UInt8] = []
        body.reserveCapacity(args.count + kwargs.count + embed.count + 4)
        body.append(UInt8(ascii: "["))
        body += args
        let argsEnd = body.count
        body.append(UInt8(ascii: ","))
        body += kwargs
        let kwargsEnd = body.count
        body.append(UInt8(ascii: ","))
        body += embed
        body.append(UInt8(ascii: "]"))
        return Envelope(
            headers: headers, properties: properties, body: body,
            argumentEnds: .init(args: argsEnd, kwargs: kwargsEnd))
    }

    private static func parts(
        of body: [UInt8], _ limits: JSONLimits
    ) throws(JSONError) -> ([UInt8], [UInt8], [UInt8]) {
        var reader = try JSONReader(body, limits: limits)
        var parts: [[UInt8]] = []
        try reader.beginArray()
        while try reader.nextElement() {
            let isOfKind = reader.kind() == (parts.isEmpty ? .array : .object)
            parts.append(try reader.raw())
            guard parts.count > 2 || isOfKind else {
                throw JSONError(.missing, at: 0, "the arguments are not an array and an object")
            }
        }
        try reader.finish()
        guard parts.count == 3 else { throw JSONError(.missing, at: 0, "it has \(parts.count) parts; expected 3") }
        return (parts[0], parts[1], parts[2])
    }

    private static func kind(of envelope: Envelope) -> String {
        envelope.compression.map { "compressed: \($0.prefix(40).debugDescription)" }
            ?? envelope.properties.contentType.prefix(60).debugDescription
    }
}
