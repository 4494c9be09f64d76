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

// snippet.stubs
// @app.task(name="tasks.classify")
// def classify(image, labels=("cat", "dog"), *, threshold=0.5): ... return {"label": …, "score": …}
struct Verdict: Codable, Sendable { var label: String, score: Double }

@RemoteTask("tasks.classify", queue: "python", expires: .minutes(10))
func classify(_ image: String, above threshold: Double = 0.5) async throws -> Verdict?

func sort(_ image: String) async throws {
    let verdict = try await classify(image)  // sent, awaited: Verdict?
    let later = try await $classify.delay(image, above: 0.9)  // sent: AsyncResult<Verdict?>
    try await $classify.applyAsync(image, options: CallOptions(priority: .high))
    print(verdict?.label ?? "no idea", try await later.get(timeout: .seconds(30))?.score ?? 0)
}
// snippet.end

// snippet.options
// app.conf.broker_transport_options = {"global_keyprefix": "shop:", "visibility_timeout": 21600}
// app.conf.result_backend_transport_options = {"global_keyprefix": "shop:"}
// app.conf.result_extended = True
let shared =
    "redis://localhost:6379/0?prefix=shop:&visibility_timeout=21600&result_prefix=shop:&result_extended=true"
// snippet.end
