import Celeriac
import Foundation

@Task(name: "pool.echo")
func echo(_ number: Int) -> Int { number }

/// Takes what is large, and returns what is small.
@Task(name: "pool.measure")
func measure(_ text: String) -> Int { text.utf8.count }

/// Leaves a byte in a file when it starts, and takes a few milliseconds, some of them for others.
@Task(name: "pool.mark")
func mark(_ number: Int, journal: String) async throws -> Int {
    let file = open(journal, O_WRONLY | O_APPEND | O_CREAT, 0o600)
    defer { close(file) }
    guard write(file, "+", 1) == 1 else { throw CocoaError(.fileWriteUnknown) }
    if number % 4 == 0 { try await SystemTime().sleep(for: .milliseconds(number % 13)) }
    return number
}

@Task(name: "pool.pid")
func pid() -> Int { Int(getpid()) }

/// The value that each process makes for itself.
@TaskContainer
struct Workshop {
    let tool: Int

    /// The value's own tool, and where the value is.
    @Task(name: "pool.workshop")
    func look() -> [Int] { [tool, Int(getpid())] }
}

/// Where it runs, and what it was started with.
@Task(name: "pool.environment")
func environment() -> [String] { ProcessInfo.processInfo.environment.keys.sorted() }

/// The descriptors that are open in the child.
@Task(name: "pool.descriptors")
func descriptors() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").sorted().map { descriptor in
        let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")
        return "\(descriptor) \(target ?? "")"
    }
}

/// The largest core file that it may leave.
@Task(name: "pool.coreLimit")
func coreLimit() -> Int {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
    return Int(clamping: limit.rlim_cur)
}

/// What the message says of itself, as a child knows it.
@Task(name: "pool.facts")
func facts(_ context: TaskContext, _ given: [Int], named: String) throws -> JSONValue {
    [
        "priority": .integer(Int64(context.priority.rawValue)), "wire": .integer(Int64(context.wirePriority)),
        "correlation": .string(context.correlationID), "reply": .string(context.replyTo ?? ""),
        "key": .string(context.routingKey), "again": .bool(context.isRedelivered), "eager": .bool(context.isEager),
        "args": try context.arguments.args, "kwargs": try context.arguments.kwargs,
    ]
}

@Task(name: "pool.sleep")
func sleep(milliseconds: Int) async throws -> Int {
    try await SystemTime().sleep(for: .milliseconds(milliseconds))
    return milliseconds
}

/// Says how far it is, in four steps; then waits for a file, so that a watcher cannot miss them all.
@Task(name: "pool.report")
func report(_ context: TaskContext, until seen: String) async throws -> Int {
    for step in 1...4 { try await context.progress(Double(step) / 4, "step \(step)") }
    while !FileManager.default.fileExists(atPath: seen) { try await Task.sleep(for: .milliseconds(5)) }
    return 4
}

/// Sends another task, from the child.
@Task(name: "pool.parent")
func parent() async throws -> String { try await $echo.delay(7).id.rawValue }

/// Throws an error that its policy knows by its type.
@Task(name: "pool.fail", retry: .fixed(.zero, maxRetries: 5).discarding(Hopeless.self))
func fail(hopeless: Bool) throws -> Int { throw hopeless ? Hopeless() as any Error : CocoaError(.fileNoSuchFile) }

struct Hopeless: Error {}

/// Ends by a chain of two calls in its place.
@Task(name: "pool.delegate")
func delegate(_ context: TaskContext, _ number: Int) throws -> Int {
    try context.replace(with: chain($echo(number), $echo.then()))
}

// MARK: Callbacks

/// Each leaves a line in the file that its call's header `journal` names: word, id, process.
@Task(name: "pool.succeeded")
func succeeded(_ context: TaskContext, _ id: String, result: Int) throws { try tell("succeeded", id, context) }

@Task(name: "pool.failed")
func failed(_ context: TaskContext, _ id: String, error: String) throws { try tell("failed", id, context) }

@Task(name: "pool.stopped")
func stopped(_ context: TaskContext, _ id: String) throws { try tell("stopped", id, context) }

private func tell(_ word: String, _ id: String, _ context: TaskContext) throws {
    let file = open(context.headers.extra["journal"]?.stringValue ?? "", O_WRONLY | O_APPEND | O_CREAT, 0o600)
    defer { close(file) }
    let line = Array("\(word) \(id) \(getpid())\n".utf8)
    guard write(file, line, line.count) == line.count else { throw CocoaError(.fileWriteUnknown) }
}

@Task(name: "pool.trapAfter")
func trapAfter(_ id: String, result: Int) -> Int { [1, 2, 3][result] }

@Task(name: "pool.trapAfterFailure")
func trapAfterFailure(_ id: String, error: String) -> Int { [1, 2, 3][error.utf8.count] }

// MARK: What takes a process down

@Task(name: "pool.trap")
func trap(_ index: Int) -> Int {
    print("about to look at \(index)")
    return [1, 2, 3][index]
}

@Task(name: "pool.abort")
func abortNow() { abort() }

@Task(name: "pool.overflow")
func overflow(_ depth: Int) -> Int { depth == .max ? 0 : overflow(depth + 1) &+ Int.random(in: 0...depth) }

@Task(name: "pool.exit")
func exitNow(code: Int) { exit(Int32(code)) }

@Task(name: "pool.killed")
func killed() { kill(getpid(), SIGKILL) }

@Task(name: "pool.spin", softTimeLimit: nil)
func spin() -> Int {
    var number = 1
    while number != 0 { number = number &* 3 | 1 }
    return number
}

/// Spins once its progress is recorded: a call may be STARTED before its child has it.
@Task(name: "pool.spinAloud", softTimeLimit: nil)
func spinAloud(_ context: TaskContext) async throws -> Int {
    try await context.progress(0.5, "spins")
    return spin()
}

/// Holds every thread of the pool.
@Task(name: "pool.block")
func block() async -> Int {
    await withTaskGroup(of: Void.self) { group in
        for _ in 0..<64 { group.addTask { _ = usleep(100_000_000) } }
    }
    return 0
}

@Task(name: "pool.leak")
func leak(mebibytes: Int) async throws -> Int {
    for _ in 0..<mebibytes {
        let block = UnsafeMutableRawPointer.allocate(byteCount: 1 << 20, alignment: 16)
        memset(block, 1, 1 << 20)
        if mebibytes > 100 { try await SystemTime().sleep(for: .milliseconds(1)) }
    }
    return mebibytes
}

/// Writes what is no frame into every descriptor that it was given.
@Task(name: "pool.garbage")
func garbage() -> Int {
    let bytes = [UInt8](repeating: 0x41, count: 300)
    for descriptor in Int32(0)..<4 { _ = write(descriptor, bytes, bytes.count) }
    return 0
}

@Task(name: "pool.close")
func closeAll() async throws -> Int {
    for descriptor in Int32(0)..<4 { close(descriptor) }
    try await SystemTime().sleep(for: .days(1))
    return 0
}
