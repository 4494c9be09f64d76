import Celeriac
import CeleriacPostgres
import Foundation
import PostgresClient
import PostgresUnderTest

/// Measures raw loops over tables of the same shape, on the same server and through the same client: what the server, its
/// disk and the socket cost.
///
/// The loops insert and delete narrow rows beside a wide one with an envelope of 500 bytes, as the store does, and turn it
/// into a result of 200 bytes; they check nothing else.
struct PostgresCeilings {
    let scale: Scale
    let server: PostgresServer
    let table: Table
    private static let batch = 256

    func run() async throws {
        try await server.withDatabase { database in
            let client = PostgresClient(Contestant.configuration(server, database), logger: Contestant.quiet)
            defer { client.close() }
            for sql in Self.tables { _ = try await client.run([call("table", sql)]) }
            let single = try await rate(scale.single) { try await insert(scale.single, by: 1, client) }
            let bulk = try await rate(scale.bulk) { try await insert(scale.bulk, by: 1_000, client) }
            let drained = try await rate(scale.bulk) { try await drain(scale.bulk, client) }
            print("| postgres | raw loop, /s | ours | ratio |\n|---|--:|--:|--:|")
            row("enqueue, one at a time", single)
            row("enqueue, 1,000 a call", bulk)
            row("drain with results", drained)
            if let one = table["enqueue, one at a time", "postgres"],
                let many = table["enqueue, 64 at once", "postgres"]
            {
                print("\n64 at once against one at a time, postgres: \(Table.text(many / one)) x\n")
            }
        }
    }

    private func row(_ name: String, _ ceiling: Double) {
        let ours = table[name, "postgres"] ?? .nan
        print("| \(name) | \(Table.text(ceiling)) | \(Table.text(ours)) | \(Table.text(ours / ceiling)) |")
    }

    private func call(_ name: String, _ sql: String, _ values: [PostgresValue] = []) -> PostgresCall {
        PostgresCall(PostgresStatement(name: name == "table" ? "" : name, sql: sql), values)
    }

    private func insert(_ count: Int, by size: Int, _ client: PostgresClient) async throws {
        let body = [UInt8](repeating: 65, count: 500)
        for start in stride(from: 0, to: count, by: size) {
            let ids = (start..<min(count, start + size)).map { _ in TaskID.random().rawValue }
            let bodies = Array(repeating: body, count: ids.count)
            _ = try await client.run([call("raw_insert", Self.insertion, [.texts(ids), .byteArrays(bodies)])])
        }
    }

    /// Settles the last batch and claims the next in one commit.
    private func drain(_ count: Int, _ client: PostgresClient) async throws {
        let result = [UInt8](repeating: 66, count: 200)
        var held: [Int64] = []
        var left = count
        while left > 0 || !held.isEmpty {
            let answers = try await client.run([
                call("raw_settle", Self.settlement, [.ints(held), .byteArrays(held.map { _ in result })]),
                call("raw_claim", Self.claim, [.int(Int64(min(left, Self.batch)))]),
            ])
            held = try answers[1].map { try $0.int(0) }
            left -= held.count
            if held.isEmpty { return }
        }
    }

    private static let tables = [
        "CREATE TABLE call (number int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text COLLATE \"C\" UNIQUE, body bytea, result bytea) WITH (fillfactor = 90)",
        "CREATE TABLE ready (call int8 PRIMARY KEY)",
        "CREATE TABLE lease (call int8 PRIMARY KEY) WITH (fillfactor = 50)",
    ]
    private static let insertion = """
        WITH added AS (
            INSERT INTO call (id, body) SELECT * FROM unnest($1::text[], $2::bytea[]) RETURNING number
        ) INSERT INTO ready SELECT number FROM added
        """
    private static let claim = """
        WITH picked AS MATERIALIZED (SELECT ctid AS place, call FROM ready ORDER BY call LIMIT $1::int8 FOR UPDATE SKIP LOCKED),
        gone AS (DELETE FROM ready r USING picked p WHERE r.ctid = p.place),
        leased AS (INSERT INTO lease SELECT call FROM picked)
        SELECT c.number, c.body FROM picked p JOIN call c ON c.number = p.call
        """
    private static let settlement = """
        WITH ended AS (
            DELETE FROM lease l USING unnest($1::int8[], $2::bytea[]) AS i(call, result) WHERE l.call = i.call RETURNING i.*
        ) UPDATE call c SET body = NULL, result = e.result FROM ended e WHERE c.number = e.call
        """
}

extension PostgresServer {
    /// A cluster as it is installed: with fsync, on the disk of the machine's temporary folder.
    static func forMeasurements() async throws -> PostgresServer {
        var options = Options()
        options.isDurable = true
        options.settings["shared_buffers"] = "256MB"
        return try await start(options)
    }
}

extension Contestant {
    static func configuration(_ server: PostgresServer, _ database: String) -> PostgresConfiguration {
        var configuration = PostgresConfiguration()
        configuration.hosts = [.init("127.0.0.1", port: server.port)]
        (configuration.user, configuration.database) = (server.user, database)
        configuration.settings = [
            "enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off",
            "plan_cache_mode": "force_generic_plan",
        ]
        return configuration
    }

    /// Each store has a database of its own on one durable cluster.
    static func postgres(_ scale: Scale, _ server: PostgresServer) -> Contestant {
        Contestant(name: "postgres", scale: scale, slots: slots(ofWorkerOn: "postgres:")) {
            let database = "bench_\(TaskID.random().rawValue.filter { $0 != "-" })"
            try await server.psql("CREATE DATABASE \(database)")
            let url = server.url(database)
            try await PostgresStore(url: url, logger: quiet).migrate()
            return (try app([url]), [url])
        }
    }
}
