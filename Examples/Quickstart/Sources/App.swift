import Celeriac
import CeleriacCLI
import CeleriacSQLite
import Hummingbird

/// If it throws, it runs again: after up to 1, 2, 4, 8, then 16 seconds.
@Task(retry: .exponentialJitter(maxRetries: 5))
func sendWelcome(to address: String, name: String = "friend") async throws -> String {
    try await Task.sleep(for: .seconds(2))  // here: what is slow
    return "Welcome, \(name) <\(address)>"
}

@main
struct App {
    static func main() async {
        await CeleriacCommand.main(name: "App", serve: serve) { logger in
            try TaskApp(fallback: "sqlite:///app.sqlite", schemes: [.sqlite], logger: logger)
        }
    }

    static func serve(_ app: TaskApp, _ worker: Worker?) async throws {
        let router = Router()
        router.post("signup/:address") { _, context in
            let result = try await $sendWelcome.delay(to: context.parameters.require("address"))
            return EditedResponse(status: .accepted, response: "\(result.id)\n")
        }
        router.get("tasks/:id") { _, context in
            let id = try context.parameters.require("id")
            let result = app.result(of: TaskID(id), as: String.self)
            return "\(try await result.state) \(try await result.value ?? "")\n"
        }
        var server = Application(router: router, logger: app.logger)  // port 8080
        if let worker { server.addServices(worker) }
        try await server.runService()
    }
}
