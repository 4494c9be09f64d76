public import CeleriacCore
import Synchronization
import EmbeddedText
import Logging
import PostgresClient

/// The schema's versions: numbered and forward-only, files of `Statements/Migrations`.
enum Migrations {
    /// The version that this code reads and writes.
    static var version: Int { all.count }

    /// The files of each version. A file of tables has many statements, each at the end of a line; a file of a function
    /// has one.
    static let all: [[Part]] = [
        [
            .tables(PackageResources.migration1_sql), .one(PackageResources.countDead_sql),
            .one(PackageResources.deadTrigger_sql), .one(PackageResources.enqueue_sql),
        ],
        [.tables(PackageResources.migration2_sql)],
    ]

    enum Part {
        case tables([UInt8])
        case one([UInt8])

        func statements(_ dialect: Dialect) -> [String] {
            switch self {
            case .tables(let file): dialect.text(of: file).split(separator: ";\n").map(String.init)
            case .one(let file): [dialect.text(of: file)]
            }
        }
    }
}

extension PostgresStore: MigratedStore {
    /// Creates the schema and its tables, or brings them to the version that this program needs.
    ///
    /// The role must own the schema, or be allowed to create it. The store itself never creates or changes a table.
    @discardableResult
    public func migrate() async throws -> MigrationReport {
        let report = try await migrating()
        isChecked.store(false, ordering: .releasing)
        return report
    }

    private func migrating() async throws -> MigrationReport {
        do {
            let server = try await open.server()
            guard server.encoding == "UTF8" else { throw StoreError.encoding(server.encoding, address) }
            return try await open.withTransaction(within: .minutes(5)) { transaction in
                // A role's search_path may put other functions and types first.
                try await transaction.query(
                    "SELECT pg_catalog.set_config('search_path', 'pg_catalog', true)")
                // Processes that migrate at once take turns.
                try await transaction.query("SELECT pg_advisory_xact_lock(hashtext($1::text))", [.text("celeriac")])
                let installed = try await installedVersion(transaction)
                guard installed <= Migrations.version else { throw StoreError.newer(installed, options, address) }
                try await apply(Migrations.all[installed...], transaction)
                return MigrationReport(
                    place: "PostgreSQL at \(address), schema \(options.schema)", from: installed, to: Migrations.version
                )
            }
        } catch let error as PostgresError {
            throw StoreError.translating(error, address)
        }
    }

    private func installedVersion(_ transaction: PostgresTransaction) async throws -> Int {
        let schema = options.schema
        let exists = try await transaction.query(
            "SELECT to_regclass($1::text) IS NOT NULL", [.text("\(schema).version")])
        guard try exists.first?.bool(0) == true else { return 0 }
        return Int(clamping: try await transaction.query("SELECT number FROM \(schema).version").first?.int(0) ?? 0)
    }

    private func apply(_ missing: ArraySlice<[Migrations.Part]>, _ transaction: PostgresTransaction) async throws {
        guard !missing.isEmpty else { return }
        if missing.startIndex == 0 { try await transaction.query("CREATE SCHEMA IF NOT EXISTS \(options.schema)") }
        for statement in missing.joined().flatMap({ $0.statements(dialect) }) { try await transaction.query(statement) }
        try await transaction.query(
            "UPDATE \(options.schema).version SET number = $1::int4", [.int4(Int32(Migrations.version))])
    }
}
