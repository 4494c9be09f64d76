import ArgumentParser
import Celeriac
import CeleriacCLI
import Logging

/// `rqbridge describe NUMBERS`: the opposite direction. A Swift program enqueues a Python function for an `rq worker`,
/// and waits for its result.
struct DescribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe", abstract: "Have a Python worker look at some numbers.")

    @Argument(help: "The numbers.")
    var values: [Double]
    @Option(help: "To how many digits it rounds.")
    var digits = 2

    func run() async throws {
        try CeleriacCommand.app(logLevel: .warning).makeDefault()
        // An AsyncResult<Figures>. Its id is the id of the job, for Job.fetch and the dashboard.
        let job = try await Python.$describe.delay(values, digits: digits)
        print("job \(job.id) waits for a Python worker")
        let figures = try await job.get(timeout: .seconds(30))
        let deviation = figures.deviation.map { "\($0)" } ?? "unknown"
        print("\(figures.count) values, mean \(figures.mean), median \(figures.median), deviation \(deviation)")
    }
}
