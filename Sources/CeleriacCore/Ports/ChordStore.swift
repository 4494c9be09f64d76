#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A result backend that counts the parts of chords and knows which bodies are due.
///
/// ```
/// open ---> part, part, ... part ---> due ---> claimed ---> launched
///                                      ^          |
///                                      '----------'  the claim lapsed: whoever claims next goes on
/// ```
///
/// Parts are a set: a part that is reported twice, by a call that was delivered twice, counts once. A chord is launched
/// once, however many claims there are; after that nothing makes it due again while it is remembered.
public protocol ChordStore: ResultBackend {
    /// Applies the steps in order, all or none. Each step is idempotent.
    func take(_ steps: [ChordStep]) async throws

    /// Claims chords whose parts have all arrived and whose bodies are not launched yet, the longest due first.
    ///
    /// - Parameter lease: how long no other caller can claim them.
    /// - Returns: an empty array if none is due; it does not wait.
    func claimChords(upTo limit: Int, lease: Duration) async throws -> [ClaimedChord]

    /// Ends a claimed chord: publishes and records what follows and marks it launched. If the claim is lost, it does
    /// nothing.
    ///
    /// A store that is not a broker takes no publications: publish them first. A crash between the two steps repeats
    /// them, with the same ids.
    ///
    /// - Returns: whether the claim was still valid.
    func launch(_ launch: ChordLaunch) async throws -> Bool

    /// The progress of a chord.
    ///
    /// - Returns: `nil` if the chord is unknown: it was never opened, or it has expired.
    func progress(ofChord groupID: String) async throws -> ChordProgress?
}

/// A change to a chord before its body is due.
public enum ChordStep: Sendable, Hashable {
    /// Opens the chord. Changes nothing if it is open or launched already.
    case open(ChordOpening)
    /// Adds to the number of expected parts. `by` is the call that asks; a repeated request by the same call changes
    /// nothing. Must come before the part of that call.
    case extend(groupID: String, count: Int, by: TaskID)
    /// Reports that a call of the header has ended. A part that arrives before the opening is counted too.
    case part(ChordReport)
}

/// The start of a chord, as a store keeps it.
public struct ChordOpening: Sendable, Hashable {
    /// The id of the header's group.
    public var groupID: String
    /// The number of parts that will be reported; at least 1.
    public var size: Int
    /// The body: a signature as JSON text, as on the wire.
    public var body: [UInt8]
    /// The root of the body's calls.
    public var rootID: TaskID?
    /// The header's results, if the header is nested, see ``OpenedChord/isNested``; else `nil`.
    public var header: CanvasResult?
    /// When the chord is forgotten, launched or not; `nil` for never. Each part extends it to its own expiry.
    public var expires: Date?

    public init(
        groupID: String, size: Int, body: [UInt8], rootID: TaskID? = nil, header: CanvasResult? = nil,
        expires: Date? = nil
    ) {
        self.groupID = groupID
        self.size = size
        self.body = body
        self.rootID = rootID
        self.header = header
        self.expires = expires
    }
}

/// A part of a chord, as a store counts it.
public struct ChordReport: Sendable, Hashable {
    /// How a call of the header ended.
    public enum Result: Sendable, Hashable {
        /// The result as JSON text.
        case success([UInt8])
        case failure(TaskFailure)
        case revoked(TaskFailure)
    }

    public var groupID: String
    /// Its position in the header; `nil` to sort it after all parts that have one. Positions may repeat: a part is
    /// identified by its id and position together.
    public var index: Int?
    public var id: TaskID
    public var result: Result
    /// The body that is due after the last part: a signature as JSON text, as on the wire.
    public var body: [UInt8]
    /// The root of the body's calls.
    public var rootID: TaskID?
    public var expires: Date?

    public init(
        groupID: String, index: Int?, id: TaskID, result: Result, body: [UInt8], rootID: TaskID? = nil,
        expires: Date? = nil
    ) {
        self.groupID = groupID
        self.index = index
        self.id = id
        self.result = result
        self.body = body
        self.rootID = rootID
        self.expires = expires
    }
}

/// A due chord that this caller has claimed.
public struct ClaimedChord: Sendable, Hashable {
    public struct Part: Sendable, Hashable {
        public var index: Int?
        public var id: TaskID
        public var result: ChordReport.Result

        public init(index: Int?, id: TaskID, result: ChordReport.Result) {
            self.index = index
            self.id = id
            self.result = result
        }
    }

    public var groupID: String
    /// A token that identifies this claim.
    public var claim: String
    public var size: Int
    public var body: [UInt8]
    public var rootID: TaskID?
    /// The call whose part arrived last.
    public var lastID: TaskID
    public var header: CanvasResult?
    /// The parts in any order, each once.
    public var parts: [Part]

    public init(
        groupID: String, claim: String, size: Int, body: [UInt8], rootID: TaskID?, lastID: TaskID,
        header: CanvasResult?, parts: [Part]
    ) {
        self.groupID = groupID
        self.claim = claim
        self.size = size
        self.body = body
        self.rootID = rootID
        self.lastID = lastID
        self.header = header
        self.parts = parts
    }
}

/// What follows from a complete chord.
public struct ChordLaunch: Sendable {
    public var groupID: String
    public var claim: String
    /// The body, or its errbacks.
    public var publications: [Publication]
    /// The calls that will never run.
    public var changes: [StateChange]
    /// Chords that the body opens, and the parts that are reported for other calls that fail with it.
    public var steps: [ChordStep]

    public init(
        groupID: String, claim: String, publications: [Publication] = [], changes: [StateChange] = [],
        steps: [ChordStep] = []
    ) {
        self.groupID = groupID
        self.claim = claim
        self.publications = publications
        self.changes = changes
        self.steps = steps
    }
}

public struct ChordProgress: Sendable, Hashable {
    /// The number of expected parts; `nil` if the chord has not been opened yet.
    public var size: Int?
    /// The number of parts that have arrived; for a launched chord all of them.
    public var arrived: Int
    public var isLaunched: Bool

    public init(size: Int?, arrived: Int, isLaunched: Bool) {
        self.size = size
        self.arrived = arrived
        self.isLaunched = isLaunched
    }
}
