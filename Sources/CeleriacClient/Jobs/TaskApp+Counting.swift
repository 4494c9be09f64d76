/// Counts that not every broker knows.
extension TaskApp {
    /// - Throws: `CeleriacError` with code `unsupported` if the broker cannot count.
    package func counter() throws -> any QueueCounter {
        try backend.require(.counters)
    }

    /// - Parameter question: the question that the number answers, for the error message.
    /// - Throws: `CeleriacError` with code `unsupported` if the number is not known.
    func known(_ count: Int?, _ question: String) throws -> Int {
        if let count { return count }
        throw CeleriacError(.unsupported, "the broker of this app (\(broker.transport)) does not count \(question)")
    }
}
