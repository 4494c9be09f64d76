import ArgumentParser
import Celeriac
import CeleriacCLI
import Foundation
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// `signup serve`: the web server and, unless `--no-worker` is given, a worker in the same process.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve the web API, and run its tasks.",
        discussion: "Run tasks in other processes on the same file with: signup serve --no-worker, signup worker."
    )

    @Flag(inversion: .prefixedNo, help: "Run tasks in this process.")
    var worker = true
    @Option(help: "Most tasks that run at once.")
    var concurrency = 16

    func run() async throws {
        let app = try CeleriacCommand.app(logLevel: .notice)
        app.makeDefault()
        let server = try server(app, Settings(), await app.members())
        let services: [any Service] = worker ? [server, Worker(app, options: workerOptions)] : [server]
        try await ServiceGroup(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: app.logger
        ).run()
    }

    private var workerOptions: WorkerOptions { WorkerOptions(concurrency: concurrency, name: "signup") }

    private func server(
        _ app: TaskApp, _ settings: Settings, _ members: any Members
    ) -> some ApplicationProtocol {
        Application(
            router: SignupRoutes(app: app, members: members).router,
            configuration: ApplicationConfiguration(address: .hostname(settings.host, port: settings.port)),
            onServerRunning: { channel in
                let line = "listening on http://\(settings.host):\(channel.localAddress?.port ?? settings.port)\n"
                // Not `print`, which buffers for a long time if the output is a file or a pipe.
                FileHandle.standardOutput.write(Data(line.utf8))
            },
            logger: app.logger
        )
    }
}
