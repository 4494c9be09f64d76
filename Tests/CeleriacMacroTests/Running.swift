@testable import Celeriac
@testable import CeleriacClient
@testable import CeleriacWorker
import CeleriacCore

/// Runs a call as a worker would, on what its arguments look like on the wire.
@discardableResult
func outcome<Output>(
    _ task: some TaskDefinition<Output>, of call: Signature<Output>, in app: TaskApp? = nil
) async throws -> Output {
    let text = { (bytes: [UInt8]) in String(decoding: bytes, as: UTF8.self) }
    if let failure = call.arguments.failure { throw failure }
    return try await outcome(task, text(call.arguments.args), text(call.arguments.kwargs), in: app)
}

@discardableResult
func outcome<Output>(
    _ task: some TaskDefinition<Output>, _ args: String, _ kwargs: String, in app: TaskApp? = nil
) async throws -> Output {
    try await task.run(received(args, kwargs), in: try someContext(app))
}

/// What a task gives where the registry runs it: as JSON text.
func registeredOutcome(_ task: some TaskDefinition, _ args: String, in app: TaskApp? = nil) async throws -> String {
    let registered = AnyTask(task, DeclaredTask(task, index: 0), index: 0)
    let bytes = try await registered.run(received(args, "{}"), try someContext(app))
    return String(decoding: bytes, as: UTF8.self)
}

/// The arguments of a message with such a body.
func received(_ args: String, _ kwargs: String) throws -> ReceivedArguments {
    let body = Array((args + kwargs).utf8)
    let split = args.utf8.count
    var array = try JSONReader(body, in: 0..<split)
    var positional: [Range<Int>] = []
    try array.beginArray()
    while try array.nextElement() { positional.append(try array.skip()) }
    var object = try JSONReader(body, in: split..<body.count)
    var keywords: [ReceivedArguments.Keyword] = []
    try object.beginObject()
    while let name = try object.nextExactKey() { keywords.append(.init(name: name, range: try object.skip())) }
    return ReceivedArguments(body: body, positional: positional, keywords: keywords)
}

/// The context of a task named `test`.
private func someContext(_ app: TaskApp?) throws -> TaskContext {
    let app = try app ?? TaskApp(Backend(broker: MemoryStore(), results: nil))
    let envelope = Envelope(headers: MessageHeaders(id: "test", task: "test"), body: [])
    return TaskContext(
        app: app, envelope: envelope, queue: .default, worker: "test", deliveryCount: 1, startedAt: app.time.now)
}
