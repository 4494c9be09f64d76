/// A broker that can publish within the caller's transaction: the calls exist if, and only if, the transaction is
/// committed.
public protocol TransactionalBroker: Broker {
    /// The type of the caller's transaction, from the database's driver.
    associatedtype Transaction

    /// Publishes within a transaction. Consumers wake after its commit.
    ///
    /// - Parameter transaction: an open transaction on the broker's database.
    /// - Throws: ``BrokerError``; code `refused` outside a transaction. Let the error end the transaction.
    @discardableResult
    func publish(_ publications: [Publication], in transaction: Transaction) async throws -> PublishReport
}
