import CeleriacCore
import CeleriacPostgres
import TestKit
import Testing

extension FaultTests {
    @Test("a long load with more producers than the consumer can follow leaves few dead rows, and loses no call")
    func sustainedLoad() async throws {
        let count = LongRun.count(300_000, short: 6_000)
        try await FaultField.run(["autovacuum_naptime": "1s"], deadline: .seconds(30)) { field in
            let load = Load(field.store, producers: 24)
            try await load.run { try await load.growth(by: count) }
            #expect(load.errors == [:])
            #expect(try await load.lost() == [])
            // The thresholds of the tables; autovacuum leaves no more than that once it has come by.
            for (table, most) in [("ready", 1_000), ("lease", 1_000), ("delayed", 1_000), ("call", 10_000)] {
                let (query, size) = (
                    "SELECT n_dead_tup FROM pg_stat_user_tables WHERE relid = 'celeriac.\(table)'::regclass",
                    "SELECT pg_total_relation_size('celeriac.\(table)')"
                )
                try await wait { try await field.number(query) <= most }
                print(
                    "sustained load of \(load.accepted.count) calls: \(table) has \(try await field.number(query)) dead "
                        + "rows and \(try await field.number(size)) bytes")
            }
        }
    }
}
