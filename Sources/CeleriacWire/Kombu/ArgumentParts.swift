package import CeleriacCore

/// The ranges of the arguments in a body of protocol 2.
struct ArgumentParts {
    let args: Range<Int>
    let kwargs: Range<Int>

    init(_ ends: Envelope.ArgumentEnds) {
        args = 1..<ends.args
        kwargs = ends.args + 1..<ends.kwargs
    }

    /// Fails if the body does not begin with two values.
    init?(of body: [UInt8]) {
        do throws(JSONError) {
            var reader = try JSONReader(body, limits: .checkedBefore)
            try reader.beginArray()
            guard try reader.nextElement() else { return nil }
            args = try reader.skip()
            guard try reader.nextElement() else { return nil }
            kwargs = try reader.skip()
        } catch {
            return nil
        }
    }
}

extension PythonRepr {
    /// The arguments of a call as text for people; `nil` if its body is not Celery's.
    package static func texts(of envelope: Envelope) -> (args: String, kwargs: String)? {
        guard envelope.compression == nil, envelope.properties.contentType == Envelope.json,
            envelope.body.first == UInt8(ascii: "["),
            let parts = envelope.argumentEnds.map(ArgumentParts.init) ?? ArgumentParts(of: envelope.body)
        else { return nil }
        return (arguments(envelope.body[parts.args]), keywords(envelope.body[parts.kwargs]))
    }
}
