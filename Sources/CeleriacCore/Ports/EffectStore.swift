/// A store that can end an attempt in the very transaction in which its task has written: the task's own rows and its
/// acknowledgement exist together, or neither does. Optional.
///
/// So what the task writes there happens once, even if its worker dies and the call is delivered again. What it does
/// elsewhere may still repeat.
public protocol EffectStore: CompletionStore, TransactionalBroker where Transaction: Sendable {
    /// Begins a transaction for the writes of one attempt.
    func beginEffect() async throws -> Transaction

    /// Ends an attempt within its transaction, and commits it.
    ///
    /// - Parameter completion: `nil` if the delivery was acknowledged before the task ran; then it only commits.
    /// - Returns: whether it was committed; `false` if the lease was lost: then everything was rolled back.
    /// - Throws: ``BrokerError``; with a code that is transient or `connectionLost` it may have been committed.
    func commit(_ completion: Completion?, in transaction: Transaction) async throws -> Bool

    /// Undoes the writes of an attempt that did not succeed.
    func rollBack(_ transaction: Transaction) async
}

/// The open transaction of an attempt.
package struct OpenEffect: Sendable {
    /// Of the type that the store's database has.
    package let transaction: any Sendable
    package let commit: @Sendable (Completion?) async throws -> Bool
    package let rollBack: @Sendable () async -> Void
}

extension EffectStore {
    package func openEffect() async throws -> OpenEffect {
        let transaction = try await beginEffect()
        return OpenEffect(
            transaction: transaction, commit: { try await self.commit($0, in: transaction) },
            rollBack: { await self.rollBack(transaction) })
    }
}
