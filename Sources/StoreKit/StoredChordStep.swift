package import CeleriacCore

/// A step of a chord whose content is encoded.
package struct StoredChordStep: Sendable {
    /// The content of a step, which is kept outside the book.
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

/// The data that a chord needs for its launch, apart from its parts. A part has its own copy of the body, which is not
/// kept: no chord is due before its opening has provided the body.
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
