import Celeriac
import CeleriacCanvas
import CeleriacCore

/// A canvas may be far larger than the arguments of a call.
extension Check where Subject == any CompletionStore {
    /// More than the JSON limits for arguments would allow.
    private static let many = 2_000

    static var sizes: [CompletionStoreCheck] {
        [
            // Each step carries all steps after it, so the first messages are the largest.
            canvasCheck("a chain of 2,000 steps goes on from step to step") { field, _ in
                let steps = (1..<many).map { _ in CanvasSignature.call("canvas.add", EncodedArguments(args: [1])) }
                let first = CanvasSignature.call("canvas.add", EncodedArguments(args: [0, 1]))
                let sent = try await field.app.send(.chain([first] + steps))
                for _ in 0..<3 { try await field.runNext() }
                try expect(field.journal, is: ["0 + 1", "1 + 1", "2 + 1"], "runs")
                try expect(await field.app.broker.counts(of: .default).ready, is: 1, "the next step's message")
                try expect(await sent.result?.state, is: .pending, "state of the last step")
            },
            canvasCheck("a group of 2,000 members runs behind a call that carries it") { field, _ in
                let members = (1...many).map {
                    CanvasSignature.call("canvas.add", EncodedArguments(args: [.integer(Int64($0))]))
                }
                let first = CanvasSignature.call("canvas.add", EncodedArguments(args: [0, 1]))
                let sent = try await field.app.send(.chain([first, .group(members)]))
                try await field.drain(concurrency: 100)
                let outputs = (1...many).map { JSONValue.integer(Int64($0 + 1)) }
                try expect(await sent.get(), is: .array(outputs), "outputs")
            },
        ]
    }
}
