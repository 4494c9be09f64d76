import ArgumentParser
import Celeriac
import CeleriacCore

/// A change that `dead` makes to dead letters.
protocol DeadLetterChange {
    static var configuration: CommandConfiguration { get }
    /// The change as an order, for the question to the user: "Delete".
    static var verb: String { get }
    /// The change in one word: "deleted".
    static var word: String { get }

    /// - Returns: the ids of those that existed.
    static func apply(to ids: [TaskID], in store: any DeadLetterStore) async throws -> Set<TaskID>
}

/// `dead requeue`: puts dead letters back into their queues, as first attempts.
enum DeadLetterRequeue: DeadLetterChange {
    static let configuration = CommandConfiguration(
        commandName: "requeue", abstract: "Put dead letters back into their queues, as first attempts.")
    static let verb = "Requeue"
    static let word = "requeued"

    static func apply(to ids: [TaskID], in store: any DeadLetterStore) async throws -> Set<TaskID> {
        try await store.requeue(ids)
    }
}

/// `dead delete`: deletes dead letters for good.
enum DeadLetterDeletion: DeadLetterChange {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete dead letters permanently.")
    static let verb = "Delete"
    static let word = "deleted"

    static func apply(to ids: [TaskID], in store: any DeadLetterStore) async throws -> Set<TaskID> {
        try await store.deleteDeadLetters(ids)
    }
}

/// Applies a change to dead letters, and prints how many were changed.
struct DeadChangeCommand<Change: DeadLetterChange>: AppCommand {
    static var configuration: CommandConfiguration { Change.configuration }

    @OptionGroup var selection: DeadSelection
    @OptionGroup var output: OutputOptions

    func run(_ app: TaskApp, _ terminal: Terminal) async throws {
        let store = try app.backend.require(.deadLetters)
        let outcome = try await selection.apply(Change.verb, app, terminal) {
            try await Change.apply(to: $0, in: store)
        }
        try terminal.show(outcome, Change.word, .deadLetters, json: output.json)
    }
}
