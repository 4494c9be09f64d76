import Celeriac
import CeleriacCore

/// The outcome of a change to several things that the user named.
struct ChangeOutcome {
    /// The names of those that were changed.
    var changed: [String] = []
    /// The names of those that do not exist.
    var missing: [String] = []
}

/// The words for the things that a command changes.
struct ChangedThings {
    let one: String
    let many: String
    /// The start of the error for names that do not exist.
    let absence: String

    static let entries = ChangedThings(one: "entry", many: "entries", absence: "the schedule has no entry")
    static let deadLetters = ChangedThings(
        one: "dead letter", many: "dead letters", absence: "there is no dead letter")
}

extension Terminal {
    /// Prints how many things were changed; with `--json` which.
    ///
    /// - Parameter word: the change in one word, such as "paused".
    /// - Throws: ``CommandFailure`` if some of the things do not exist.
    func show(_ outcome: ChangeOutcome, _ word: String, _ things: ChangedThings, json: Bool) throws {
        let count = outcome.changed.count
        if json {
            show([
                JSONKey(word): .array(outcome.changed, JSONValue.string),
                "missing": .array(outcome.missing, JSONValue.string),
            ])
        } else {
            print("\(word) \(count == 1 ? "1 \(things.one)" : "\(count.grouped) \(things.many)")")
        }
        guard outcome.missing.isEmpty else {
            throw CommandFailure(.notFound, "\(things.absence) \(outcome.missing.joined(separator: ", "))")
        }
    }
}
