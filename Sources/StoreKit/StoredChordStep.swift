package import CeleriacCore

/// A step of a chord whose content is encoded.
package struct StoredChordStep: Sendable {
    /// What a step brings, to be kept beside the book.
    package enum Content: Sendable {
        case body(StoredChordBody)
        /// The call that asks for more parts.
        case caller(String)
        case part(StoredPart)
    }

    package let groupID: String
    package let count: ChordBook.Step
    package let content: Content

    package init(_ step: ChordStep) {
        groupID = step.groupID
        count = ChordBook.Step(step)
        content =
            switch step {
            case .open(let opening): .body(StoredChordBody(opening))
            case .extend(_, _, let caller): .caller(caller.rawValue)
            case .part(let report): .part(StoredPart(report))
            }
    }
}

/// What a chord needs to be launched, beside its parts. A part brings its own copy of the body, which is not kept: no chord
/// is due before its opening has brought it.
package struct StoredChordBody: Sendable {
    package let rootID: String?
    package let body: [UInt8]
    package let header: [UInt8]?

    package init(_ opening: ChordOpening) {
        rootID = opening.rootID?.rawValue
        body = opening.body
        header = opening.header?.json
    }
}
