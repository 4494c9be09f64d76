/// The stage of a call in the worker that holds it.
public struct QueriedCall: Sendable, Hashable {
    public struct Stage: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public init(stringLiteral value: String) { rawValue = value }
        public var description: String { rawValue }

        public static let active: Stage = "active"
        public static let reserved: Stage = "reserved"
        public static let scheduled: Stage = "scheduled"
        public static let ready: Stage = "ready"
    }

    public let stage: Stage
    public let call: HeldCall

    /// - Returns: `nil` if the value is not a pair of a stage and a call.
    public init?(_ json: JSONValue) {
        guard let stage = json[0]?.stringValue, let call = json[1].flatMap(HeldCall.init) else { return nil }
        self.stage = Stage(rawValue: stage)
        self.call = call
    }
}
