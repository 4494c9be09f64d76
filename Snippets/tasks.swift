import Celeriac
import Foundation

// snippet.declare
struct AddressUnknown: Error {}

@Task(queue: "mail", retry: .exponentialJitter(maxRetries: 5).discarding(AddressUnknown.self))
func sendInvoice(_ number: Int, to address: String, copies: Int = 1) async throws -> String {
    guard address.contains("@") else { throw AddressUnknown() }
    return "invoice \(number) sent to \(address), \(copies) times"
}

enum Images {
    @Task(name: "images.resize", timeLimit: .minutes(5), softTimeLimit: .minutes(4), unique: .untilDone)
    static func resize(_ image: UUID, width: Int = 200) async throws -> String { "\(image)-\(width).png" }
}
// snippet.end

// snippet.container
protocol Mailer: Sendable {
    func send(_ text: String, to address: String) async throws
}

@TaskContainer
struct MailTasks {
    let mailer: any Mailer

    @Task(queue: "mail", retry: .exponentialJitter(maxRetries: 5))
    func sendWelcome(to address: String, name: String = "friend") async throws {
        try await mailer.send("Welcome, \(name)!", to: address)
    }
}
// snippet.end

struct PrintingMailer: Mailer {
    func send(_ text: String, to address: String) async throws { print(address, text) }
}

// snippet.context
@Task
func makeReport(_ context: TaskContext, rows: Int) async throws -> Int {
    for row in 0..<rows {
        try Task.checkCancellation()
        try await context.progress(Double(row) / Double(rows), "row \(row)")
    }
    return rows
}
// snippet.end

// snippet.directives
enum Site { case up, busy, gone }

@Task(retry: .fixed(.seconds(30), maxRetries: 10))
func fetch(_ context: TaskContext, from site: String) async throws {
    switch try await look(at: site) {
    case .up: return
    case .busy: throw context.retry(in: .minutes(2))
    case .gone: throw context.reject("\(site) is gone")
    }
}
// snippet.end

func look(at site: String) async throws -> Site { site.isEmpty ? .gone : .up }

// snippet.byhand
struct Add: TaskDefinition {
    let name: TaskName = "tasks.add"
    var options: TaskOptions { TaskOptions(queue: "sums", retry: .fixed(.seconds(1), maxRetries: 3)) }

    func run(_ arguments: ReceivedArguments, in context: TaskContext) async throws -> Int {
        try arguments.value("x", at: 0, as: Int.self) + arguments.value("y", at: 1, as: Int.self)
    }
}
// snippet.end

// snippet.progress
struct Step: Codable, Sendable {
    var page: Int
}

@Task
func crawl(_ context: TaskContext, pages: Int) async throws {
    for page in 1...max(1, pages) {
        try await context.update(state: "CRAWLING", meta: Step(page: page))
    }
}
// snippet.end

@main
struct Tasks {
    static func main() async throws {
        let mailer = PrintingMailer()
        // snippet.containers
        let options = AppOptions(containers: [MailTasks(mailer: mailer)])  // what a worker needs
        let app = try TaskApp("memory://", schemes: [], options: options)
        app.makeDefault()

        try await MailTasks.$sendWelcome.delay(to: "ada@example.com")  // needs no MailTasks
        // snippet.end
        try await calls()
        try await otherForms(app)
        let worker = Worker(app, options: WorkerOptions(queues: ["celery", "mail", "sums", "python"], burst: true))
        try await worker.run()
        try await results(app)
    }

    static func calls() async throws {
        // snippet.calls
        let call = $sendInvoice(17, to: "ada@example.com")  // Signature<String>: a call not made yet
        try await call.delay()  // the same as $sendInvoice.delay(17, to: "ada@example.com")
        let later = CallOptions(countdown: .minutes(5), priority: .high)
        try await $sendInvoice.applyAsync(18, to: "bob@example.com", options: later)
        // snippet.end
    }

    static func otherForms(_ app: TaskApp) async throws {
        // snippet.otherforms
        try app.register(Add())
        let four = try await Add().signature(2, 2).delay()  // AsyncResult<Int>

        let multiply = try app.task("tasks.multiply") { (x: Int, y: Int) in x * y }
        let six = try await multiply.delay(2, 3)  // AsyncResult<Int>

        // The code is elsewhere: only the name is known.
        let sum = try await app.send("reports.sum", args: [2, 2], kwargs: ["unit": "kg"])  // AsyncResult<JSONValue>
        // snippet.end
        print(four.id, six.id, sum.id)
    }

    static func results(_ app: TaskApp) async throws {
        // snippet.results
        let result = try await $makeReport.delay(rows: 3)
        let id = result.id.rawValue  // keep it: in a URL, a row, a cookie

        let again = AsyncResult<Int>(id: TaskID(id), app: app)
        print(try await again.state, try await again.meta(as: TaskProgress.self)?.fraction ?? 0)
        // snippet.end
        async let worker: Void = Worker(app, options: WorkerOptions(maxTasks: 1)).run()
        // snippet.updates
        for try await update in again.updates {
            print(update.state, try update.meta(as: TaskProgress.self)?.note ?? "")
        }
        do {
            print(try await again.get(timeout: .seconds(10)))
        } catch let failure as TaskFailure {
            print(failure.type, failure.message, failure.history.count)
        }
        // snippet.end
        try await worker
    }
}
