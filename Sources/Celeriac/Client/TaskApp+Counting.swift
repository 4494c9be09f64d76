/// Numbers that not every broker can tell.
extension TaskApp {
    /// - Throws: `CeleriacError` with code `unsupported` if the broker counts nothing.
    package func counter() throws -> any QueueCounter {
        try backend.require(.counters)
    }

    /// - Parameter question: what the number answers, for the error.
    /// - Throws: `CeleriacError` with code `unsupported` if the number is not known.
    func known(_ count: Int?, _ question: String) throws -> Int {
        if let count { return count }
        throw CeleriacError(.unsupported, "the broker of this app (\(broker.transport)) cannot tell \(question)")
    }
}
