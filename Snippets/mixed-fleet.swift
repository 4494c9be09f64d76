import Celeriac
import CeleriacCLI
import CeleriacRedis

// snippet.worker
/// celery -A app call tasks.thumbnail --args '["cat.png", 200]' --queue images
@Task(name: "tasks.thumbnail", queue: "images")
func thumbnail(_ image: String, _ width: Int) async throws -> String { "\(width)-\(image)" }

@main
struct Main {
    static func main() async {
        await CeleriacCommand.main(name: "images") { logger in
            try TaskApp(fallback: "redis://localhost:6379/0", schemes: [.redis], logger: logger)
        }
    }
}
// snippet.end

// snippet.options
// app.conf.broker_transport_options = {"global_keyprefix": "shop:", "visibility_timeout": 21600}
// app.conf.result_backend_transport_options = {"global_keyprefix": "shop:"}
// app.conf.result_extended = True
let shared =
    "redis://localhost:6379/0?prefix=shop:&visibility_timeout=21600&result_prefix=shop:&result_extended=true"
// snippet.end
