import Celeriac
import Foundation

/// Measures how fast one worker completes chords and chains that wait when it starts, including their results.
struct Canvases {
    let contestant: Contestant

    /// The number of parts of each chord.
    static let parts = 100
    /// The number of steps of each chain.
    static let steps = 10

    func run(into table: inout Table) async throws {
        try await chords(&table)
        try await chains(&table)
    }

    private func chords(_ table: inout Table) async throws {
        let app = try await contestant.open().app
        let count = contestant.scale.chords
        for number in 0..<count {
            try await app.send(chord((0..<Self.parts).map { $nothing(number + $0) }, then: $total.then()))
        }
        let rate = try await drainRate(count, tasks: count * (Self.parts + 1), app)
        table.set("chords of \(Self.parts) parts", "/s", contestant.name, rate)
    }

    private func chains(_ table: inout Table) async throws {
        let app = try await contestant.open().app
        let count = contestant.scale.chains
        for number in 0..<count {
            let rest = (2..<Self.steps).reduce($nothing.then()) { steps, _ in steps.then($nothing.then()) }
            try await app.send(chain($nothing(number), rest))
        }
        let steps = count * Self.steps
        let rate = try await drainRate(steps, tasks: steps, app)
        table.set("steps of chains of \(Self.steps)", "/s", contestant.name, rate)
    }

    private func drainRate(_ count: Int, tasks: Int, _ app: TaskApp) async throws -> Double {
        let options = WorkerOptions(concurrency: contestant.slots, maxTasks: tasks)
        return try await rate(count) { try await Worker(app, options: options).run() }
    }
}

/// The body of the chords: adds up the results of the header.
@Task(name: "bench.total")
func total(_ numbers: [Int]) -> Int { numbers.reduce(0, +) }
