/// Numbers that not every broker can tell.
extension TaskApp {
    /// - Throws: `CeleriacError` with code `unsupported` if the broker counts nothing.
    package func counter() throws -> any QueueCounter {
        try require((any QueueCounter).self, for: "count the messages of a queue")
    }

    /// - Parameter question: what the number answers, for the error.
    /// - Throws: `CeleriacError` with code `unsupported` if the number is not known.
    func known(_ count: Int?, _ question: String) throws -> Int {
        if let count { return count }
        throw CeleriacError(.unsupported, "the broker of this app (\(type(of: broker))) cannot tell \(question)")
    }
}
