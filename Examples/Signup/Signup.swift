import Celeriac
import CeleriacCLI
import CeleriacRabbitMQ
import CeleriacRedis
import CeleriacSQLite

/// `signup` serves the web API and runs tasks; `signup worker`, `signup queues` and the other commands come from
/// CeleriacCLI.
@main
struct Signup {
    static func main() async {
        await CeleriacCommand.main(
            name: "signup", abstract: "Signs users up, and mails them later.", commands: [ServeCommand.self],
            defaultCommand: ServeCommand.self
        ) { logger in
            let settings = try Settings()
            return try TaskApp(
                fallback: "sqlite:///signup.sqlite", schemes: [.sqlite, .redis, .rabbitMQ],
                options: AppOptions(containers: [MailTasks(mailer: settings.mailClient)]), logger: logger
            )
        }
    }
}
