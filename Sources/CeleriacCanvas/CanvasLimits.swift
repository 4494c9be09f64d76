package import CeleriacCore

/// How large a canvas may be. Checked before it is expanded, and while it is read.
public struct CanvasLimits: Sendable, Hashable {
    /// The most levels of nested signatures, links included. Default 32, at most 100, because code that walks them
    /// recurses.
    public var depth: Int {
        didSet { depth = min(depth, Self.hardDepth) }
    }
    /// The most signatures in total. Default 100,000.
    public var parts: Int
    /// The most bytes of JSON in the arguments and items of all signatures together. Default 64 MiB.
    public var argumentBytes: Int

    /// The most that ``depth`` can be raised to.
    public static let hardDepth = 100

    public init(depth: Int = 32, parts: Int = 100_000, argumentBytes: Int = 64 << 20) {
        self.depth = min(depth, Self.hardDepth)
        self.parts = parts
        self.argumentBytes = argumentBytes
    }

    /// The limits for the JSON text of a canvas: the limits of arguments, enlarged because the text contains the
    /// arguments of every part.
    ///
    /// - Parameter arguments: the limits for the arguments of one call.
    package func json(around arguments: JSONLimits) -> JSONLimits {
        var limits = arguments
        // A signature of Celery has about twenty keys with its options, and each nested signature adds four container
        // levels.
        limits.keys = max(arguments.keys, 32 * Int(count: parts))
        limits.depth = 4 * depth + arguments.depth
        return limits
    }

    /// - Throws: ``CeleriacError`` with code `tooLarge`, which names the limit that was exceeded.
    public func check(_ signature: CanvasSignature) throws {
        var rest = self
        try rest.count(signature, at: 1, within: self)
    }

    private mutating func count(_ signature: CanvasSignature, at level: Int, within limits: CanvasLimits) throws {
        guard level <= depth else { throw limits.error("more than \(depth) signatures inside each other") }
        parts -= 1
        guard parts >= 0 else { throw limits.error("more than \(limits.parts) signatures") }
        switch signature.work {
        case .call(_, let arguments): try count(arguments.args.count + arguments.kwargs.count, within: limits)
        case .chain(let steps): try count(steps, at: level, within: limits)
        case .group(let members): try count(members, at: level, within: limits)
        case .chord(let chord):
            try count(chord.header, at: level, within: limits)
            if let body = chord.body { try count(body, at: level + 1, within: limits) }
        case .map(let task, let items, _), .chunks(let task, let items, _):
            try count(items.count, within: limits)
            try count(task, at: level + 1, within: limits)
        }
        let options = signature.options
        try count(options.links, at: level, within: limits)
        try count(options.errbacks, at: level, within: limits)
        try count(options.chain ?? [], at: level, within: limits)
        if let chord = options.chord { try count(chord, at: level + 1, within: limits) }
    }

    private mutating func count(_ signatures: [CanvasSignature], at level: Int, within limits: CanvasLimits) throws {
        for signature in signatures { try count(signature, at: level + 1, within: limits) }
    }

    private mutating func count(_ bytes: Int, within limits: CanvasLimits) throws {
        argumentBytes -= bytes
        guard argumentBytes >= 0 else {
            throw limits.error("more than \(limits.argumentBytes) bytes of arguments")
        }
    }

    private func error(_ reason: String) -> CeleriacError {
        CeleriacError(.tooLarge, "a canvas with \(reason) is not sent: split it, or pass ids instead of data")
    }
}
