/// A broker that publishes within a transaction of the caller's: the calls are there if, and only if, the transaction is
/// committed.
public protocol TransactionalBroker: Broker {
    /// The caller's own transaction, in the words of the database's driver.
    associatedtype Transaction

    /// Publishes within a transaction. Consumers wake after its commit.
    ///
    /// - Parameter transaction: on the database of the broker, and open.
    /// - Throws: ``BrokerError``; with code `refused` outside of a transaction. Let it end the transaction.
    @discardableResult
    func publish(_ publications: [Publication], in transaction: Transaction) async throws -> PublishReport
}
