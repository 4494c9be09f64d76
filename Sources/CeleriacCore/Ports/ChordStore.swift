#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A result backend that counts the parts of chords, and knows which bodies are due.
///
/// ```
/// open ---> part, part, ... part ---> due ---> claimed ---> launched
///                                      ^          |
///                                      '----------'  the claim lapsed: whoever claims next goes on
/// ```
///
/// Parts are a set: one that is reported twice, by a call that was delivered twice, counts once. A chord is launched once,
/// whoever claims it and however often; after that nothing makes it due again as long as it is remembered.
public protocol ChordStore: ResultBackend {
    /// Takes the steps in their order, all or none. Each is idempotent.
    func take(_ steps: [ChordStep]) async throws

    /// Claims chords whose parts are all there and whose bodies have not been launched, the longest due first.
    ///
    /// - Parameter lease: for so long nobody else gets them.
    /// - Returns: none if there are none; it does not wait.
    func claimChords(upTo limit: Int, lease: Duration) async throws -> [ClaimedChord]

    /// Ends a claimed chord: publishes and records what follows and marks it launched, or, if the claim is lost, does nothing
    /// at all.
    ///
    /// A store that is no broker takes no publications: publish them first. Then a crash between repeats them, with the same
    /// ids.
    ///
    /// - Returns: whether the claim still held.
    func launch(_ launch: ChordLaunch) async throws -> Bool

    /// How far a chord is.
    ///
    /// - Returns: `nil` where nothing is known of it: never opened, or its time is over.
    func progress(ofChord groupID: String) async throws -> ChordProgress?
}

/// What happens to a chord before its body is due.
public enum ChordStep: Sendable, Hashable {
    /// It begins. Of one that is open or launched already nothing is changed.
    case open(ChordOpening)
    /// It waits for so many parts more; `by` names who asks, whose asking again changes nothing. Goes before that one's part.
    case extend(groupID: String, count: Int, by: TaskID)
    /// A call of its header has ended. Comes it before the opening, it is counted all the same.
    case part(ChordReport)
}

/// A chord that begins, as a store keeps it.
public struct ChordOpening: Sendable, Hashable {
    /// The id of its header's group.
    public var groupID: String
    /// How many parts will be reported; at least 1.
    public var size: Int
    /// The body: a signature, JSON text as on the wire.
    public var body: [UInt8]
    /// The root of the body.
    public var rootID: TaskID?
    /// Of a nested header, see ``OpenedChord/isNested``; else `nil`.
    public var header: CanvasResult?
    /// From then on the chord is forgotten, launched or not; `nil` = never. Each part puts it off to its own.
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

/// A part, as a store counts it.
public struct ChordReport: Sendable, Hashable {
    /// How a call of the header ended.
    public enum Result: Sendable, Hashable {
        /// JSON text.
        case success([UInt8])
        case failure(TaskFailure)
        case revoked(TaskFailure)
    }

    public var groupID: String
    /// Its place in the header; `nil` = behind all that have one. Places may repeat: what counts once is id and place together.
    public var index: Int?
    public var id: TaskID
    public var result: Result
    /// The body that is due with the last part: a signature, JSON text as on the wire.
    public var body: [UInt8]
    /// The root of the body.
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

/// A chord that is due, and ours for a while.
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
    /// Tells this claim from any other.
    public var claim: String
    public var size: Int
    public var body: [UInt8]
    public var rootID: TaskID?
    /// The call whose part was the last.
    public var lastID: TaskID
    public var header: CanvasResult?
    /// In any order, each once.
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

/// What follows from a chord that is complete.
public struct ChordLaunch: Sendable {
    public var groupID: String
    public var claim: String
    /// The body, or its errbacks.
    public var publications: [Publication]
    /// The calls that will never run.
    public var changes: [StateChange]
    /// Chords that the body opens, and parts that others report that fail with it.
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
    /// How many parts there will be; `nil` where it has not been opened yet.
    public var size: Int?
    /// How many there are; of a launched chord all.
    public var arrived: Int
    public var isLaunched: Bool

    public init(size: Int?, arrived: Int, isLaunched: Bool) {
        self.size = size
        self.arrived = arrived
        self.isLaunched = isLaunched
    }
}
