import CeleriacCore
import Synchronization
import Foundation
import PostgresClient

extension PostgresStore {
    /// Checks the schema and the server's clock before the first statement of this store.
    ///
    /// - Throws: ``BrokerError``; the next call checks again.
    func check() async throws {
        guard !isChecked.load(ordering: .acquiring) else { return }
        do {
            let server = try await durable.server()
            guard server.encoding == "UTF8" else { throw StoreError.encoding(server.encoding, address) }
            try await checkVersion()
            try await compareClocks()
        } catch let error as PostgresError {
            throw StoreError.translating(error, address)
        }
        isChecked.store(true, ordering: .releasing)
    }

    private func checkVersion() async throws {
        let version = try await installedVersion()
        if version > Migrations.version { throw StoreError.newer(version, options, address) }
        if version < Migrations.version { throw StoreError.older(version, options, address) }
    }

    private func installedVersion() async throws -> Int {
        do { return Int(clamping: try await session(on: .relaxed).run(.version).first?.int(0) ?? 0) } catch {
            // The schema, the table or its column is missing.
            guard ["42P01", "3F000", "42703"].contains(error.sqlState) else { throw error }
            throw StoreError.missing(options, address)
        }
    }

    func compareClocks() async throws(PostgresError) {
        guard !hasInjectedTime else { return }
        let asked = time.now
        guard let server = try await session(on: .relaxed).run(.serverTime).first?.date(0) else { return }
        clock.measure(server, from: asked, to: time.now)
    }
}
