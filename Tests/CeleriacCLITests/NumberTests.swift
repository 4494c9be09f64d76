import Celeriac
import CeleriacTesting
import Testing

@testable import CeleriacCLI

@Suite("Numbers on the command line", .timeLimit(.minutes(15)))
struct NumberTests {
    /// Each with a place for the number.
    private static let commands = [
        "worker --burst --concurrency=#", "worker --burst --autoscale=#,1", "worker --burst --autoscale=4,#",
        "worker --burst --queues=a=#,b=1", "worker --burst --queues=a=#,b=#", "worker --burst --max-tasks=#",
        "worker --burst --lease=#", "worker --burst --lease=#d", "worker --burst --shutdown-limit=#h",
        "worker --burst --cancellation-grace=#m", "worker --burst --max-idle=#", "call tasks.add 1 2 --priority=#",
        "call tasks.add 1 2 --countdown=#", "call tasks.add 1 2 --countdown=#d", "call tasks.add 1 2 --eta=#d",
        "call tasks.add 1 2 --expires=#h", "call tasks.echo -- #", "dead list --after=#", "dead list --limit=#",
        "dead list --after=# --limit=10000", "beat add n tasks.add --every=#", "beat add n tasks.add --every=#d",
        "beat add n tasks.add --every=1m --missed=#", "beat add n tasks.add --every=1m --jitter=#d",
        "beat add n tasks.add --every=1m --priority=#", "beat add n tasks.add --every=1m --time-limit=#d",
        "beat next n --count=#", "inspect reserved --stored --limit=#", "events --limit=# --duration=1ms",
        "control pool-grow -t 1ms -- #", "control pool-shrink -t 1ms -- #", "control autoscale -t 1ms -- #",
        "control autoscale -t 1ms -- # #", "control autoscale -t 1ms -- 4 #", "control rate-limit -t 1ms tasks.add #/h",
        "control time-limit -t 1ms -- tasks.add #", "inspect ping --timeout=#ms",
    ]

    @Test("any number in any option is taken or refused as wrong usage, and traps nothing", arguments: commands)
    func anyNumber(command: String) async throws {
        let line = try CommandLineUnderTest(MemoryStore())
        // With others the command would go on for as long as it is told.
        let texts = command.contains("--timeout") ? ["-1", "0", "1", "9223372036854775808", "nan"] : EdgeNumbers.texts
        for text in texts {
            let words = command.replacing("#", with: text).split(separator: " ").map(String.init)
            let outcome = await line.run(words)
            #expect([0, 1, 3, 64].contains(outcome.exit), "\(words) \(outcome)")
        }
    }

    @Test(
        "a number of tasks, children or weights beyond all machines is refused, and the bound named",
        arguments: [
            (["worker", "-c", "9223372036854775807"], "--concurrency must be at most 100000"),
            (
                ["worker", "--concurrency-per-child", "9223372036854775807"],
                "--concurrency-per-child must be at most 100000"
            ),
            (
                ["worker", "--max-tasks-per-child", "9223372036854775807"],
                "--max-tasks-per-child must be at most 1000000000"
            ),
            (["worker", "--autoscale", "9223372036854775807,1"], "--autoscale"),
            (["worker", "--queues", "a=9223372036854775807,b=9223372036854775807"], "--queues"),
        ])
    func refuses(words: [String], reason: String) async throws {
        let outcome = try await CommandLineUnderTest(MemoryStore()).run(words)
        #expect(outcome.exit == 64)
        #expect(outcome.err.contains(reason), "\(outcome.err)")
    }
}
