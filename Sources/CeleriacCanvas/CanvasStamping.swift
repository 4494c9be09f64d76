public import CeleriacCore

/// Stamps: headers that a canvas puts on each of its calls, by which they can be found and revoked together.
///
/// Source: `celery/canvas.py`, `Signature.stamp` and `StampingVisitor`. Unlike in Celery, a chord's body is stamped
/// without a visitor too, and the names of the stamps keep their order.
public struct CanvasStamping: Sendable {
    /// The place for which a visitor is asked for stamps.
    public enum Place: Sendable, Hashable, CaseIterable {
        /// A single call; the returned stamps apply to that call only.
        case signature
        /// The stamps returned for these places apply to everything inside, too.
        case group, chain, chordHeader, chordBody
        case callback, errback
    }

    /// Returns further stamps for a signature; receives the place, the signature and the stamps that apply already.
    public typealias Visitor = (Place, CanvasSignature, JSONObject) throws -> JSONObject

    /// Whether an existing stamp and a new one are joined into a list; otherwise the outermost stamp is kept. Lists are
    /// always joined.
    public var appends: Bool

    public init(appends: Bool = false) { self.appends = appends }

    /// Stamps a canvas with its links.
    ///
    /// - Parameters:
    ///   - stamps: the stamps for the whole canvas.
    ///   - visitor: asked at each place for further stamps.
    public func stamp(
        _ signature: CanvasSignature, with stamps: JSONObject = [:], visitor: Visitor? = nil
    ) rethrows -> CanvasSignature {
        try stamp(signature, Stamps(stamps), visitor)
    }

    private func stamp(
        _ signature: CanvasSignature, _ outer: Stamps, _ visitor: Visitor?
    ) rethrows -> CanvasSignature {
        var stamped = signature
        let place = signature.stampingPlace
        var stamps = outer
        try stamps.add(visitor?(place, signature, outer.values), appends)
        stamps.addOwn(of: signature.options, appends)
        let forLinks = place == .signature ? outer : stamps
        stamped.options.links = try signature.options.links.map { try stampLink($0, .callback, forLinks, visitor) }
        stamped.options.errbacks = try signature.options.errbacks.map { try stampLink($0, .errback, forLinks, visitor) }
        switch signature.work {
        case .call, .map, .chunks: stamped.options.set(stamps)
        case .chain(let steps): stamped.work = .chain(try steps.map { try stamp($0, stamps, visitor) })
        case .group(let members): stamped.work = .group(try members.map { try stamp($0, stamps, visitor) })
        case .chord(var chord):
            chord.header = try chord.header.map { try stamp($0, stamps, visitor) }
            if let body = chord.body {
                try stamps.add(visitor?(.chordBody, body, stamps.values), appends)
                chord.body = try stamp(body, stamps, visitor)
            }
            stamped.work = .chord(chord)
        }
        return stamped
    }

    private func stampLink(
        _ link: CanvasSignature, _ place: Place, _ outer: Stamps, _ visitor: Visitor?
    ) rethrows -> CanvasSignature {
        var stamps = outer
        try stamps.add(visitor?(place, link, outer.values), appends)
        return try stamp(link, stamps, visitor)
    }
}

/// Stamps by name, with the order of the names.
private struct Stamps {
    var names: [JSONKey] = []
    var values: JSONObject = [:]

    /// A visitor may list its stamps as "stamped_headers"; a value that it does not list is an option, not a stamp.
    init(_ given: JSONObject) {
        values = given
        if let list = values.removeValue(forKey: "stamped_headers")?.arrayValue {
            names = list.compactMap(\.keyValue)
        } else {
            names = given.keys.sorted()
        }
    }

    mutating func add(_ given: JSONObject?, _ appends: Bool) {
        guard let given, !given.isEmpty else { return }
        add(Stamps(given), appends)
    }

    mutating func addOwn(of options: CanvasOptions, _ appends: Bool) {
        let named = Set(names).union(options.stampedHeaders)
        var own = Stamps([:])
        own.names = options.stampedHeaders
        own.values = options.values.filter { named.contains($0.key) }
        add(own, appends)
    }

    private mutating func add(_ others: Stamps, _ appends: Bool) {
        for (name, value) in others.values {
            values[name] = values[name].map { Self.merged($0, value, appends) } ?? value
        }
        let known = Set(names)
        names += others.names.filter { !known.contains($0) }
    }

    /// Source: `celery/canvas.py`, `_merge_dictionaries`.
    private static func merged(_ first: JSONValue, _ second: JSONValue, _ appends: Bool) -> JSONValue {
        switch (first, second) {
        case (.object(let members), .object(let others)):
            .object(members.merging(others) { merged($0, $1, appends) })
        case (.array(let elements), .array(let others)): .array(elements + others)
        case (.array(let elements), _): appends ? .array(elements + [second]) : first
        case (.null, _): appends ? .array([second]) : first
        case (_, .array(let others)): appends ? .array([first] + others) : first
        default: appends ? .array([first, second]) : first
        }
    }
}

extension CanvasOptions {
    fileprivate mutating func set(_ stamps: Stamps) {
        guard !stamps.names.isEmpty || !stamps.values.isEmpty else { return }
        for (name, value) in stamps.values { values[name] = value }
        values["stamped_headers"] = .array(stamps.names.map { JSONValue($0) })
    }
}

extension CanvasSignature {
    fileprivate var stampingPlace: CanvasStamping.Place {
        switch work {
        case .call, .map, .chunks: .signature
        case .chain: .chain
        case .group: .group
        case .chord: .chordHeader
        }
    }
}
