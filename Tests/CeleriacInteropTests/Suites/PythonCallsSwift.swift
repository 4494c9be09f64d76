import Celeriac
import Testing

extension Interop {
    /// Stock Celery calls, a Swift worker answers. The extensions in the files beside this one hold the checks by topic.
    @Suite(
        "A Python client is answered by a Swift worker",
        .fleet { plan in
            plan.options = "?track_started=true&result_extended=true"
            plan.swiftWorkers = [
                { try SwiftWorker(redis: $0, queues: ["celery", "other", "bound"], scratch: $1) },
                { try SwiftWorker("single", redis: $0, concurrency: 1, queues: ["single"], scratch: $1) },
            ]
        }
    )
    struct PythonCallsSwift: Live {}
}
