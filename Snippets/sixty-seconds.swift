import Celeriac
import CeleriacSQLite

/// If it throws, it runs again: after up to 1, 2, 4, 8, then 16 seconds.
@Task(retry: .exponentialJitter(maxRetries: 5))
func sendWelcomeEmail(to address: String, name: String = "friend") async throws -> String {
    "Welcome, \(name) <\(address)>"  // here: what is slow
}

@main
struct SixtySeconds {
    static func main() async throws {
        let app = try TaskApp("sqlite:///tasks.sqlite", schemes: [.sqlite])
        app.makeDefault()

        // Returns when the call is on the disk. A web route answers 202 Accepted now.
        let result = try await $sendWelcomeEmail.delay(to: "ada@example.com", name: "Ada")
        print(try await result.state)  // PENDING

        // A worker: here until the queue is empty, else as a service in this process or in another.
        try await Worker(app, options: WorkerOptions(burst: true)).run()

        print(try await result.get(timeout: .seconds(10)))  // Welcome, Ada <ada@example.com>
    }
}
