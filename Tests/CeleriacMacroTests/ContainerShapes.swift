import CeleriacCore
public import Celeriac
import Synchronization

// Task containers of every shape that @TaskContainer takes. That this file compiles, without a warning, is half of the
// test.

protocol Signer: Sendable {
    func sign(_ text: String) -> String
}

struct Stamp: Signer {
    let mark: String
    func sign(_ text: String) -> String { "\(text) \(mark)" }
}

@TaskContainer
struct Letters {
    let signer: any Signer
    private static let nobody = "nobody"

    @Task(name: "letters.write", queue: "mail", retry: .exponentialJitter(maxRetries: 5))
    func write(_ greeting: String, to name: String = Self.nobody, times: Int = 1) async throws -> String {
        guard times > 0 else { throw ShapeError.refused }
        return signer.sign(Array(repeating: "\(greeting), \(name)", count: times).joined(separator: "; "))
    }

    @Task func seal(_ context: TaskContext, _ text: String) -> String { signer.sign("\(context.task): \(text)") }
    @Task func burn() {}
    @Task nonisolated func fold(_ text: String) throws(ShapeError) -> String { signer.sign(text) }
    @Task(execution: .blocking) func press() -> String { nameOfThread() }
    @Task private func hide() async -> String { signer.sign("hidden") }
    @Task static func count(_ text: String) -> Int { text.count }
    static var hiddenTask: some TaskDefinition<String> { $hide }

    /// Names that the generated code uses, or that Swift reserves.
    @Task func `default`(context: Int, received: Int, container: Int) -> Int { context + received + container }
    @Task func renewed(_ other: Letters.Seal = .init(mark: "x")) -> Self.Seal { other }

    struct Seal: Codable, Hashable, Sendable {
        var mark: String
    }
}

extension Letters {
    @Task func send(by post: String) async -> String { signer.sign(post) }
}

@TaskContainer
final class Ledger {
    private let total = Guarded(0)

    @Task func add(_ number: Int) -> Int {
        total.withLock { total in
            total += number
            return total
        }
    }
}

@TaskContainer
actor Counter {
    private var count = 0

    @Task func next(by step: Int = 1) -> Int {
        count += step
        return count
    }
    @Task func nextSlowly() async throws -> Int {
        await Task.yield()
        return next()
    }
    @Task nonisolated func name() -> String { "counter" }
}

@MainActor
@TaskContainer
final class Desk {
    var papers = 0

    @Task func pile(_ number: Int) -> Int {
        papers += number
        return papers
    }
    @Task func clear() async { papers = 0 }
}

public enum Office {
    @Celeriac.TaskContainer
    public struct Files: TaskContainer {
        let cabinet: Int
        @Task(name: "office.file") public func file(_ context: TaskContext, under letter: String) async throws -> String
        {
            "\(letter)\(cabinet)"
        }
    }
}

@TaskContainer
private struct Secrets {
    let word: String
    @Task func tell() -> String { word }
}

/// A value of each container of this file.
@MainActor func allContainers(_ mark: String = "S") -> [any TaskContainer] {
    [
        Letters(signer: Stamp(mark: mark)), Ledger(), Counter(), Desk(), Office.Files(cabinet: 7),
        Secrets(word: "psst"),
    ]
}

var secretTask: some TaskDefinition<String> { Secrets.$tell }
