import Celeriac
import CeleriacCLI
import CeleriacSQLite

#if REDIS
    import CeleriacRedis
#endif
#if RABBITMQ
    import CeleriacRabbitMQ
#endif
#if POSTGRES
    import CeleriacPostgres
#endif

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
                fallback: "sqlite:///signup.sqlite", schemes: schemes,
                options: AppOptions(containers: [MailTasks(mailer: settings.mailClient)]), logger: logger
            )
        }
    }

    /// What `CELERIAC_BROKER_URL` may name. Servers are there if the program was built with their traits.
    private static var schemes: [BackendScheme] {
        var schemes: [BackendScheme] = [.sqlite]
        #if REDIS
            schemes.append(.redis)
        #endif
        #if RABBITMQ
            schemes.append(.rabbitMQ)
        #endif
        #if POSTGRES
            schemes.append(.postgres)
        #endif
        return schemes
    }
}
