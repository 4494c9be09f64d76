import Celeriac
import CeleriacCore

/// Ids as users type them: in full, or as the beginning of a random id.
///
/// Only ids in the form of a UUID can be shortened. An id that a program has chosen may itself be the beginning of
/// another one (`order-1`, `order-10`), so that a shortened form could name the wrong call.
extension TaskApp {
    /// Returns the id that a user typed; for the beginning of a UUID, the known id that begins with it. If no known id
    /// does, or if the stores cannot list ids, returns the text itself.
    ///
    /// - Throws: ``CommandFailure`` that names the candidates, if several ids begin with the text; `BrokerError`.
    func fullID(_ text: String) async throws -> TaskID {
        guard text.mayBeginUUID else { return TaskID(text) }
        var found: Set<TaskID> = []
        for finder in backend.finders {
            found.formUnion(try await finder.ids(startingWith: text, limit: Self.mostCandidates + 1))
        }
        if found.contains(TaskID(text)) { return TaskID(text) }
        let candidates = found.map(\.rawValue).filter(\.isUUID).sorted()
        guard candidates.count > 1 else { return TaskID(candidates.first ?? text) }
        throw CommandFailure(.usage, Self.refusal(of: text, candidates))
    }

    /// Returns the ids that a user typed, in the same order; see ``fullID(_:)``.
    func fullIDs(_ texts: [String]) async throws -> [TaskID] {
        var ids: [TaskID] = []
        for text in texts { ids.append(try await fullID(text)) }
        return ids
    }

    /// The most ids that an error names.
    private static let mostCandidates = 10

    private static func refusal(of text: String, _ candidates: [String]) -> String {
        let names = candidates.prefix(mostCandidates).joined(separator: ", ")
        let more = candidates.count > mostCandidates ? " and more" : ""
        return "several ids begin with \(text): \(names)\(more); type more of it"
    }
}

extension String {
    private static let uuidLength = 36
    private static let dashes: Set = [8, 13, 18, 23]
    /// Shorter texts would match almost every id of a busy app.
    private static let shortestPrefix = 4

    fileprivate var isUUID: Bool { utf8.count == Self.uuidLength && hasFormOfUUID }

    /// Whether it may be the beginning of a UUID, and not a whole one.
    fileprivate var mayBeginUUID: Bool {
        (Self.shortestPrefix..<Self.uuidLength).contains(utf8.count) && hasFormOfUUID
    }

    /// Whether every character stands where a UUID has such a one.
    private var hasFormOfUUID: Bool {
        utf8.enumerated().allSatisfy { place, byte in
            Self.dashes.contains(place)
                ? byte == UInt8(ascii: "-") : Character(Unicode.Scalar(byte)).isHexDigit && byte < 0x80
        }
    }
}
