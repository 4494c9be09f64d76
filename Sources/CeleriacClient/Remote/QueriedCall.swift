/// The stage of a call in the worker that holds it.
public struct QueriedCall: Sendable, Hashable {
    /// How far a call has come in its worker.
    public struct Stage: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
        /// The stage as the worker names it.
        public let rawValue: String
        /// Names a stage.
        public init(rawValue: String) { self.rawValue = rawValue }
        /// Names a stage.
        public init(stringLiteral value: String) { rawValue = value }
        public var description: String { rawValue }

        /// It runs.
        public static let active: Stage = "active"
        /// The worker holds it, and it has not begun.
        public static let reserved: Stage = "reserved"
        /// The worker holds it until its eta.
        public static let scheduled: Stage = "scheduled"
        /// The worker knows it, but it neither runs nor waits to start.
        public static let ready: Stage = "ready"
    }

    /// How far it has come.
    public let stage: Stage
    /// The call.
    public let call: HeldCall

    /// - Returns: `nil` if the value is not a pair of a stage and a call.
    package init?(_ json: JSONValue) {
        guard let stage = json[0]?.stringValue, let call = json[1].flatMap(HeldCall.init) else { return nil }
        self.stage = Stage(rawValue: stage)
        self.call = call
    }
}
