import CeleriacCore
public import Celeriac
import Foundation
import Synchronization

// Functions of every shape that @Task takes. That this file compiles, without a warning, is half of the test.

struct Point: Codable, Sendable, Hashable {
    var x: Int
    var y: Int
}

enum ShapeError: Error { case refused }

/// What tasks without a result did, by a key that one test owns.
let doneByTasks = Guarded<[String: Int]>([:])

// MARK: Global functions

@Task func addTwo(_ x: Int, _ y: Int) -> Int { x + y }

@Task(name: "shapes.greet", queue: "mail", retry: .exponentialJitter(maxRetries: 5), rateLimit: "10/s")
func greet(_ greeting: String, to name: String = "friend", times: Int = 1) async throws -> String {
    guard times > 0 else { throw ShapeError.refused }
    return Array(repeating: "\(greeting), \(name)", count: times).joined(separator: "; ")
}

@Task func moved(point: Point, by offset: Point, scaled scale: Int? = nil) throws(ShapeError) -> Point {
    guard scale != 0 else { throw .refused }
    return Point(x: (point.x + offset.x) * (scale ?? 1), y: (point.y + offset.y) * (scale ?? 1))
}

@Task func neverThrows(_ x: Int) throws(Never) -> Int { x }
@Task func waits() async {}
@Task func countUp(_ key: String) { doneByTasks.withLock { $0[key, default: 0] += 1 } }
@Task func answersVoid() throws {}
@Task func usesContext(_ context: TaskContext, suffix: String) async throws -> String { "\(context.task) \(suffix)" }
@Task func usesNamedContext(in context: Celeriac.TaskContext) -> String { "\(context.task)" }
@Task private func secret(_ values: [String: [Int]]) -> Int { values.values.joined().reduce(0, +) }
@Task public func open(_ x: Int = 7) -> Int { x }
@Task package func boxed(_ x: Int!) -> Int? { x }
@available(*, deprecated, message: "use addTwo") @Task func old(_ x: Int = 1) -> Int { x }
@Task nonisolated func plain() -> Int { 3 }
@Task func owned(_ first: consuming [Int], second: borrowing String, _ third: sending [Int] = []) -> Int {
    first.count + third.count
}
@Task(ignoreResult: true, acks: .early, unique: .key("one", .untilStart))
@discardableResult
func quiet(arguments: Int, options: Int, received: Int) -> Int { arguments + options + received }

// MARK: That block

@Task(execution: .blocking) func pressing(_ times: Int) -> String { nameOfThread() }
@Task(execution: .blocking) func pressingSlowly(_ times: Int) async throws -> String { nameOfThread() }
@Task(execution: .blocking) nonisolated func pressingPlainly() -> String { nameOfThread() }
@Task(execution: .blocking) @concurrent func pressingBeside() async -> String { nameOfThread() }
@Task func relaxed() async -> String { nameOfThread() }

/// As the system knows it.
func nameOfThread() -> String {
    #if os(Linux)
        let name = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
        return name?.trimmingCharacters(in: .newlines) ?? ""
    #else
        return Thread.current.name ?? ""
    #endif
}

/// Names that Swift reserves, or that the definition itself uses.
@Task func `default`(in: Int, `self`: Int, `default`: Int = 1, name: String = "") -> Int { `in` + `self` + `default` }
@Task func run(delay: Int) -> Int { delay }

// MARK: On actors

@MainActor private var mainCount = 0

@Task @MainActor func onMain(_ x: Int) -> Int {
    mainCount += 1
    return x + 1
}

@globalActor actor Kitchen {
    static let shared = Kitchen()
    @Task static func boil(_ minutes: Int) -> Int { minutes }
}

@Task @Kitchen func cook(_ dish: String) throws -> String { dish }
@Task @Kitchen func cookSlowly(_ dish: String) async -> String { dish }

@MainActor enum Screens {
    static let width = 80
    @Task static func draw(text: String) -> Int { text.count + mainCount * 0 + width }
}

extension Screens {
    @Task static func clear() {}
}

// MARK: In types

enum Mail {
    static let sender = "postmaster"

    @Task static func send(to address: String, from sender: String = sender) -> String { "\(sender) -> \(address)" }
    @Task private static func hidden() -> Int { 1 }
    static var hiddenName: TaskName { $hidden.name }

    struct Box: Codable, Sendable, Hashable {
        var size: Int
        static let small = Self(size: 1)
        @Task static func twice(_ box: Self = .small, or other: Box = Self.small) -> Self {
            Self(size: box.size + other.size)
        }
    }
}

extension Mail.Box {
    @Task static func thrice(_ box: Self) -> Self { Self(size: box.size * 3) }
}

class Ancestor {
    @Task class func name(of child: String) -> String { child }
}

public struct Report {
    @Task(name: "report")
    public static func make(_ context: TaskContext, rows: Int) async throws -> [Int] { Array(0..<rows) }
}

// MARK: Among types of the user's own whose names are ours or Swift's

enum Crowded {
    struct Signature {}
    struct Step {}
    struct TaskDefinition {}
    struct TaskContext {}
    struct EncodedArguments {}
    struct Celeriac {}
    enum Swift {}

    @Task static func squeeze(_ x: Int) {}
}

/// `Task` the type still means what it did.
func unstructured() async -> Int { await Task { 42 }.value }
