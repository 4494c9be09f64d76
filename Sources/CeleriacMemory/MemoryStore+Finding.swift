public import CeleriacCore

extension MemoryStore: CallFinder {
    /// - Complexity: O(*n*) in the number of all calls.
    public func ids(startingWith prefix: String, limit: Int) async throws -> Set<TaskID> {
        change { ledger, _ in
            let found = ledger.calls.ids(startingWith: prefix) + ledger.deadLetters.ids(startingWith: prefix)
            return Set(Set(found).prefix(max(0, limit)))
        }
    }
}
