import Celeriac
import CeleriacCore

/// A canvas may be far larger than the arguments of a call.
extension Check where Subject == any CompletionStore {
    /// More than JSON limits that were meant for arguments would let through.
    private static let many = 2_000

    static var sizes: [CompletionStoreCheck] {
        [
            canvasCheck("a chain of 2,000 steps runs to its end") { field, _ in
                let steps = (1..<many).map { _ in CanvasSignature.call("canvas.add", EncodedArguments(args: [1])) }
                let first = CanvasSignature.call("canvas.add", EncodedArguments(args: [0, 1]))
                let sent = try await field.app.send(.chain([first] + steps))
                try await field.drain()
                try expect(await sent.get(), is: .integer(Int64(many)), "output")
                try expect(field.journal.count, is: many, "runs")
            },
            canvasCheck("a group of 2,000 members runs behind a call that carries it") { field, _ in
                let members = (1...many).map {
                    CanvasSignature.call("canvas.add", EncodedArguments(args: [.integer(Int64($0))]))
                }
                let first = CanvasSignature.call("canvas.add", EncodedArguments(args: [0, 1]))
                let sent = try await field.app.send(.chain([first, .group(members)]))
                try await field.drain()
                let outputs = (1...many).map { JSONValue.integer(Int64($0 + 1)) }
                try expect(await sent.get(), is: .array(outputs), "outputs")
            },
        ]
    }
}
