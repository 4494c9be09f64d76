import Celeriac
import Foundation

/// A call of a chord's header.
@Task(name: "crash.part")
func part(_ number: Int) async throws -> Int {
    try await SystemTime().sleep(for: .milliseconds(number % 7))
    return number
}

/// The body of chord `chord`, whose parts return `size` numbers from `first` on. Writes which delivery of it this is, and
/// whether it got them all, in order: `=7 1 whole`.
@Task(name: "crash.body")
func body(_ context: TaskContext, _ results: [Int], chord: Int, first: Int, size: Int) async throws -> Int {
    let isWhole = results == Array(first..<(first + size))
    try note("=\(chord) \(context.deliveryCount) \(isWhole ? "whole" : "torn")\n")
    try await SystemTime().sleep(for: .milliseconds(chord % 20))
    return chord
}

/// Writes which process is about to launch a body (`?4711`), and dawdles there: between its claim of the chord and the
/// launch is where it is to be killed.
struct LaunchJournal: TaskMiddleware {
    func plan(_ messages: [Message]) async throws -> [Message] {
        if messages.contains(where: { $0.task == "crash.body" }) {
            try note("?\(getpid())\n")
            try await SystemTime().sleep(for: .milliseconds(15))
        }
        return messages
    }
}
