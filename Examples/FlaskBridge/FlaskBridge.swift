import Celeriac
import CeleriacCLI
import CeleriacRabbitMQ
import CeleriacRedis

/// `flaskbridge worker` runs the Swift tasks that Flask calls, `flaskbridge ask` calls a Python task, and `flaskbridge
/// stubs` writes the module that Flask imports.
///
/// Redis carries the messages and keeps the results. With `CELERIAC_BROKER_URL=amqp://…` RabbitMQ carries the messages, and
/// `CELERIAC_RESULT_BACKEND=redis://…` keeps the results.
@main
struct FlaskBridge {
    static func main() async {
        await CeleriacCommand.main(
            name: "flaskbridge", abstract: "Works for a Flask app, and has Python work for it.",
            commands: [AskCommand.self], worker: WorkerOptions(queues: ["swift"])
        ) { logger in
            try TaskApp(fallback: "redis://localhost:6379/0", schemes: [.redis, .rabbitMQ], logger: logger)
        }
    }
}
