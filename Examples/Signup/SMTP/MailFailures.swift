/// The mail could not be sent now, but may well be later: the server is away, slow, or said 4xx.
struct TemporaryMailFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// The mail will never be taken: the server said 5xx, or the mail itself is wrong.
struct PermanentMailFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
