import Celeriac
import CeleriacCLI
import CeleriacRQ

/// `rqbridge worker` runs the Swift tasks that Flask enqueues with RQ, and `rqbridge describe` has an `rq worker` run a
/// Python function.
@main
struct RQBridge {
    static func main() async {
        await CeleriacCommand.main(
            name: "rqbridge", abstract: "Works for a Flask app that uses RQ, and has Python work for it.",
            commands: [DescribeCommand.self],
            // As in RQ: a job whose process dies has failed, and is not run again unless it was enqueued with retries.
            worker: WorkerOptions(queues: ["swift"], children: ChildOptions(crashLimit: 1))
        ) { logger in
            try TaskApp(fallback: "rq://localhost:6379/0", schemes: [.rq], logger: logger)
        }
    }
}
