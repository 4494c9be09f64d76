import Celeriac
import Foundation

/// Measures drains as a user gets them who sets nothing, and by how many tasks run at once.
struct Defaults {
    let contestant: Contestant

    func run(into table: inout Table) async throws {
        let (kept, ignored) = (CallOptions(), CallOptions(ignoreResult: true))
        for (word, call) in [("results kept", kept), ("results ignored", ignored)] {
            try await set("drain by WorkerOptions() as they are, \(word)", WorkerOptions().pool, call, &table)
            // What `TaskPool.processes(concurrency:)` makes of the default: so does the command `worker`.
            let children = TaskPool.processes(concurrency: WorkerOptions().concurrency)
            try await set("drain by the command worker as it is, \(word)", children, call, &table)
        }
        for slots in [1, 4, 16, 64, 256, 1_024] {
            try await set("drain with results, \(slots) slots", .inProcess(concurrency: slots), kept, &table)
        }
        for slots in [1, 8, 32, 128] {
            let pool = TaskPool.processes(count: 2, concurrencyPerChild: slots)
            try await set("drain with results, two children of \(slots)", pool, kept, &table)
        }
    }

    private func set(_ name: String, _ pool: TaskPool, _ call: CallOptions, _ table: inout Table) async throws {
        let app = try await contestant.open().app
        let count = contestant.scale.bulk
        try await contestant.fill(app, count, call)
        table.set(name, "/s", contestant.name, try await Pools.drain(count, of: app, by: pool))
    }
}
