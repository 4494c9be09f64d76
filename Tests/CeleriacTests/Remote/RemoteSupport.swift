import Celeriac
import CeleriacCore
import CeleriacTesting
import Foundation
import Testing

/// A worker's options with a name of its own, all of remote control, and nothing that ticks unasked.
func remoteOptions(_ name: String = "w1@worker1", _ change: (inout WorkerOptions) -> Void = { _ in }) -> WorkerOptions {
    var options = WorkerOptions(
        concurrency: 2, name: name, lease: .hours(1), heartbeat: .hours(1), control: .full, eventHeartbeat: .hours(1)
    )
    change(&options)
    return options
}

/// Runs a worker beside `body`, from when it listens to remote control on.
func withRemoteWorker<Value: Sendable>(
    _ app: TaskApp, _ options: WorkerOptions = remoteOptions(), _ body: (Worker) async throws -> Value
) async throws -> Value {
    try await withWorker(app, options) { worker in
        while try await app.ask("ping", to: options.name) == nil { await Task.yield() }
        return try await body(worker)
    }
}

extension TaskApp {
    /// The first reply to a command.
    func ask(
        _ name: String, _ arguments: JSONObject = [:], to node: String? = nil
    ) async throws -> JSONValue? {
        let channel = try #require(broker as? any ControlChannel)
        let command = ControlCommand(name, arguments, to: node.map { [$0] })
        return try await channel.ask(command, timeout: .seconds(1)).first?.value
    }
}

/// The events of an app, as they come.
final class EventLog: Sendable {
    private let journal = Journal<MonitorEvent>()

    var all: [MonitorEvent] { journal.entries }

    func add(_ events: [MonitorEvent]) { events.forEach(journal.write) }

    func of(_ id: TaskID) -> [MonitorEvent] { all.filter { $0.taskID == id } }
    func kinds(of id: TaskID) -> [String] { of(id).map(\.kind.rawValue) }
    func of(_ kind: MonitorEvent.Kind) -> [MonitorEvent] { all.filter { $0.kind == kind } }

    func until(_ condition: ([MonitorEvent]) -> Bool) async {
        while !condition(all) { await Task.yield() }
    }

    /// Waits for an event of that kind about that call.
    @discardableResult
    func next(_ kind: MonitorEvent.Kind, of id: TaskID) async throws -> MonitorEvent {
        await until { $0.contains { $0.kind == kind && $0.taskID == id } }
        return try #require(of(id).first { $0.kind == kind })
    }
}

/// Listens to the app's events beside `body`.
func withEvents<Value: Sendable>(_ app: TaskApp, _ body: (EventLog) async throws -> Value) async throws -> Value {
    let channel = try #require(app.broker as? any EventChannel)
    let log = EventLog()
    let isListening = Gate()
    let listening = Task {
        try await channel.receiveEvents(isListening: { isListening.open() }, { log.add($0) })
    }
    defer { listening.cancel() }
    try await isListening.wait()
    return try await body(log)
}

/// What a reply is made of: its keys, and the kinds of its values. Null stands for any kind.
enum Shape: Equatable {
    case any
    case bool, number, text
    case list([Shape])
    case object([JSONKey: Shape])

    init(_ value: JSONValue) {
        self =
            switch value {
            case .null: .any
            case .bool: .bool
            case .integer, .bigInteger, .double: .number
            case .string, .illFormedString: .text
            case .array(let elements): .list(elements.map(Shape.init))
            case .object(let members): .object(members.mapValues(Shape.init))
            }
    }

    static func == (left: Shape, right: Shape) -> Bool {
        switch (left, right) {
        case (.any, _), (_, .any), (.bool, .bool), (.number, .number), (.text, .text): true
        case (.list(let left), .list(let right)): left.count == right.count && zip(left, right).allSatisfy { $0 == $1 }
        case (.object(let left), .object(let right)):
            left.count == right.count && left.allSatisfy { key, shape in right[key].map { $0 == shape } ?? false }
        default: false
        }
    }
}

extension JSONValue {
    var shape: Shape { Shape(self) }

    /// Of JSON text in a test.
    static func recorded(_ text: String) throws -> JSONValue { try JSONValue(parsing: text) }
}
