#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
package import CeleriacCore

/// The progress of one chord, and the rule for its steps, which the stores share. Pure.
///
/// A store loads the book, counts a step and writes the book. The store keeps the body, the callers and the parts
/// itself.
///
/// ```
/// open, extend, part  ->  due  ->  launched  ->  forgotten
/// ```
///
/// The three kinds of step come in any order. The Redis scripts implement the same rule in Lua.
package struct ChordBook: Sendable, Hashable {
    /// `nil` until the chord is opened.
    package private(set) var size: Int?
    /// How many more parts were requested after the opening.
    package private(set) var extensions: Int
    package private(set) var arrived: Int
    package private(set) var isLaunched: Bool
    /// The chord's number among those that are due, the smallest first; `nil` while it is not due.
    package private(set) var due: Int64?
    /// The call that contributed the latest part.
    package private(set) var lastID: TaskID?
    /// When the chord is forgotten, launched or not, in seconds since the reference date; `nil` means never.
    package private(set) var expires: Double?

    package init(
        size: Int? = nil, extensions: Int = 0, arrived: Int = 0, isLaunched: Bool = false, due: Int64? = nil,
        lastID: TaskID? = nil, expires: Double? = nil
    ) {
        self.size = size
        self.extensions = extensions
        self.arrived = arrived
        self.isLaunched = isLaunched
        self.due = due
        self.lastID = lastID
        self.expires = expires
    }

    /// The part of a step that is counted.
    package enum Step: Sendable, Hashable {
        case open(size: Int, expires: Double?)
        case extend(Int)
        case part(TaskID, expires: Double?)
    }

    package var expected: Int? { size.map { $0.addingReportingOverflow(extensions).partialValue } }
    /// A chord without any parts is never due: there is no call that could be its last.
    package var isComplete: Bool { expected.map { arrived >= max(1, $0) } ?? false }

    package var progress: ChordProgress {
        ChordProgress(size: expected, arrived: arrived, isLaunched: isLaunched)
    }

    /// Whether the chord has expired. A later step begins another chord of the same group.
    package func isForgotten(at now: Double) -> Bool { expires.map { $0 <= now } ?? false }

    /// Whether a step may still count. A launched chord no longer changes, and a second opening changes nothing.
    ///
    /// The store asks this first, then keeps the content of the step. It counts the step only if that content is new:
    /// each caller and each part counts once.
    package func isOpen(to step: Step) -> Bool {
        if case .open = step { return !isLaunched && size == nil }
        return !isLaunched
    }

    /// Counts a step.
    ///
    /// - Parameter number: draws the number for a chord that becomes due.
    package mutating func count(_ step: Step, numbered number: () throws -> Int64) rethrows {
        switch step {
        case .open(let size, let expires): (self.size, self.expires) = (size, expires)
        case .extend(let more): extensions = extensions.addingReportingOverflow(more).partialValue
        case .part(let id, let expires):
            arrived += 1
            (lastID, self.expires) = (id, expires)
        }
        if !isComplete {
            due = nil
        } else if due == nil {
            due = try number()
        }
    }

    /// Marks the chord as launched. From then on the book only holds the number of parts.
    package mutating func launch() {
        isLaunched = true
        (size, extensions) = (arrived, 0)
        (due, lastID) = (nil, nil)
    }
}

extension ChordBook.Step {
    package init(_ step: ChordStep) {
        self =
            switch step {
            case .open(let opening):
                .open(size: opening.size, expires: opening.expires?.timeIntervalSinceReferenceDate)
            case .extend(_, let count, _): .extend(count)
            case .part(let report): .part(report.id, expires: report.expires?.timeIntervalSinceReferenceDate)
            }
    }
}

extension ChordStep {
    /// The group of the step's chord.
    package var groupID: String {
        switch self {
        case .open(let opening): opening.groupID
        case .extend(let group, _, _): group
        case .part(let report): report.groupID
        }
    }
}
