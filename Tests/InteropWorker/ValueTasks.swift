import Celeriac
import CeleriacCore
import Foundation

// Tasks about values: what goes in comes out as it should.

@Task(name: "swift.add")
func add(_ x: Int, _ y: Int) -> Int { x + y }

/// Whatever JSON it is given, tagged values as they came.
@Task(name: "swift.echo")
func echo(_ value: JSONValue = .null) -> JSONValue { value }

/// One of every kind that kombu tags, read and written by its Swift type.
struct Kinds: Codable, Sendable {
    var when: Date
    var id: UUID
    var price: Decimal
    var text: Data
    var bytes: Data
    var day: Date
}

@Task(name: "swift.kinds")
func kinds(when: Date, id: UUID, price: Decimal, text: Data, bytes: Data, day: Date) -> Kinds {
    Kinds(when: when, id: id, price: price + 1, text: text, bytes: bytes, day: day)
}

/// Keywords with defaults, and a name that is not ASCII.
@Task(name: "swift.greet")
func greet(name: String, times: Int = 2, größe: Double = 1) -> String {
    String(repeating: "hello \(name) ", count: times) + "\(größe)"
}

@Task(name: "swift.ignored", ignoreResult: true)
func ignored(_ value: JSONValue) -> JSONValue { value }

struct Person: Codable, Sendable {
    let name: String
    var nick: String?
}

/// A member without a value: null to Python where the task says so.
@Task(name: "swift.person", nilMembers: .null)
func person(_ name: String) -> Person { Person(name: name) }

/// What a Swift worker knows of the call.
@Task(name: "swift.describe")
func describe(_ context: TaskContext, _ given: JSONValue = .null, named: JSONValue = .null) -> JSONValue {
    let headers = context.headers
    return [
        "priority": .integer(Int64(context.priority.rawValue)), "wire_priority": .integer(Int64(context.wirePriority)),
        "correlation_id": .string(context.correlationID), "reply_to": .string(context.replyTo ?? ""),
        "exchange": .string(context.exchange ?? ""), "routing_key": .string(context.routingKey),
        "eager": .bool(context.isEager), "args": (try? context.arguments.args) ?? .null,
        "kwargs": (try? context.arguments.kwargs) ?? .null,
        "id": .string(context.id.rawValue), "task": .string(context.task.rawValue),
        "queue": .string(context.queue.rawValue), "attempt": .integer(Int64(context.attempt)),
        "deliveries": .integer(Int64(context.deliveryCount)), "worker": .string(context.worker),
        "root": .string(headers.rootID?.rawValue ?? ""), "parent": .string(headers.parentID?.rawValue ?? ""),
        "group": .string(headers.group ?? ""), "group_index": .integer(Int64(headers.groupIndex ?? -1)),
        "shadow": .string(headers.shadow ?? ""), "origin": .string(headers.origin ?? ""),
        "hard": .double(headers.timeLimit.map { $0 / .seconds(1) } ?? 0),
        "soft": .double(headers.softTimeLimit.map { $0 / .seconds(1) } ?? 0),
        "eta": headers.eta.map { .double($0.timeIntervalSince1970) } ?? .null,
        "expires": headers.expires.map { .double($0.timeIntervalSince1970) } ?? .null,
        "compression": .string(headers.compression ?? ""), "started": .double(context.startedAt.timeIntervalSince1970),
        "extra": .object(headers.extra),
    ]
}
