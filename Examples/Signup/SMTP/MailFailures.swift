/// The mail could not be sent now, but may be sent later: the server is unreachable or slow, or it answered with 4xx.
struct TemporaryMailFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// The mail can never be sent: the server answered with 5xx, or the mail itself is invalid.
struct PermanentMailFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
