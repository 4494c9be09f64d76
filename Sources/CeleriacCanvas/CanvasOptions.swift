public import CeleriacCore

/// The options of a signature: mostly the parameters of Celery's `apply_async`.
///
/// Options that are not signatures are stored in ``values`` under Celery's names, known here or not, so that unknown
/// options are passed on. Typed properties such as ``queue`` read and write ``values``.
public struct CanvasOptions: Sendable, Hashable {
    /// Values by the parameter names of `apply_async`, for example `{"queue": "mail", "countdown": 10}`. "priority"
    /// counts as ``CallPriority`` does, whatever the wire's order.
    public var values: JSONObject
    /// "link": applied with the result.
    public var links: [CanvasSignature]
    /// "link_error": applied with the failed call's id.
    public var errbacks: [CanvasSignature]
    /// "chain": the steps that follow it, the next step **last**.
    public var chain: [CanvasSignature]?
    private var bodies: [CanvasSignature] = []

    public init(
        values: JSONObject = [:], links: [CanvasSignature] = [], errbacks: [CanvasSignature] = []
    ) {
        self.values = values
        self.links = links
        self.errbacks = errbacks
    }

    /// "chord": the body of the chord whose header contains it.
    public var chord: CanvasSignature? {
        get { bodies.first }
        set { bodies = newValue.map { [$0] } ?? [] }
    }

    /// The names on the wire of the options whose values are signatures.
    package static let signatureNames: Set<String> = ["link", "link_error", "chain", "chord"]

    // MARK: Merging

    /// Returns these options, overridden by the given ones that are not null.
    ///
    /// The group and the stamps are kept: changing them would stall a chord, or hide a call from a revocation by
    /// stamps.
    /// Source: `celery/canvas.py`, `Signature._merge`.
    public func merging(_ given: CanvasOptions) -> CanvasOptions {
        overridden(by: given, except: stampedHeaders + ["group_id", "stamped_headers"])
    }

    /// Returns these options, overridden by the given ones that are not null, except the values named in `kept`.
    func overridden(by given: CanvasOptions, except kept: [JSONKey] = []) -> CanvasOptions {
        var merged = self
        for (name, value) in given.values where !value.isNull {
            if kept.contains(name), let own = values[name], !own.isNull { continue }
            merged.values[name] = value
        }
        if !given.links.isEmpty { merged.links = given.links }
        if !given.errbacks.isEmpty { merged.errbacks = given.errbacks }
        if let chain = given.chain { merged.chain = chain }
        if let chord = given.chord { merged.chord = chord }
        return merged
    }

    /// Returns these options without some of the values.
    func without(_ names: Set<String>) -> CanvasOptions {
        var rest = self
        for name in names { rest.values[name] = nil }
        if names.contains("link") { rest.links = [] }
        if names.contains("link_error") { rest.errbacks = [] }
        if names.contains("chain") { rest.chain = nil }
        if names.contains("chord") { rest.chord = nil }
        return rest
    }
}
