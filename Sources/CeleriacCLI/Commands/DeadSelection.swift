import ArgumentParser
import Celeriac
import CeleriacCore

/// The dead letters that a command applies to: some by id, or all, optionally of one queue.
struct DeadSelection: ParsableArguments {
    @Argument(help: "The ids of the calls, or the beginnings of random ids. (default: none; see --all)")
    var ids: [String] = []
    @Flag(help: "Apply to all dead letters.")
    var all = false
    @Option(help: "With --all: only dead letters of this queue. (default: all queues)")
    var queue: String?
    @Flag(name: .shortAndLong, help: "With --all: do not ask for confirmation.")
    var force = false

    /// The number of dead letters that are read or changed at a time.
    private static let batch = 500

    func validate() throws {
        if ids.isEmpty != all { throw ValidationError("give either ids or --all") }
        if queue != nil && !all { throw ValidationError("--queue requires --all") }
    }

    /// Applies `change` to the selected dead letters, in batches.
    ///
    /// - Parameter verb: the verb of the confirmation question, such as "Requeue".
    /// - Returns: the ids of those that existed, and the ids given by hand that did not.
    func apply(
        _ verb: String, _ app: TaskApp, _ terminal: Terminal,
        _ change: ([TaskID]) async throws -> Set<TaskID>
    ) async throws -> ChangeOutcome {
        let meant = all ? try await everything(app) : try await app.fullIDs(ids)
        if all && !force && !meant.isEmpty {
            try terminal.confirm(
                "\(verb) \(meant.count == 1 ? "1 dead letter" : "\(meant.count.grouped) dead letters")?")
        }
        var changed: Set<TaskID> = []
        for start in stride(from: 0, to: meant.count, by: Self.batch) {
            changed.formUnion(try await change(Array(meant[start..<min(start + Self.batch, meant.count)])))
        }
        return ChangeOutcome(
            changed: meant.filter(changed.contains).map(\.rawValue),
            missing: all ? [] : meant.filter { !changed.contains($0) }.map(\.rawValue))
    }

    /// Reads all ids before anything is changed, so that a call that dies again meanwhile is not changed twice.
    private func everything(_ app: TaskApp) async throws -> [TaskID] {
        let store = try app.backend.require(.deadLetters)
        let queue = if let queue { try await app.knownQueue(queue) } else { nil as QueueName? }
        var ids: [TaskID] = []
        var cursor: Cursor?
        repeat {
            let page = try await store.deadLetters(in: queue, after: cursor, limit: Self.batch)
            ids += page.map(\.id)
            cursor = page.next
        } while cursor != nil
        return ids
    }
}
