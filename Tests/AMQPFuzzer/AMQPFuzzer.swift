import Foundation
import NIOCore

@testable import AMQPClient

/// The coverage-guided fuzzer of the AMQP client: libFuzzer makes inputs, ``Talk`` and ``Bytes`` check what must hold for
/// every input. It exists only with `CELERIAC_FUZZ=1`; `scripts/fuzz` builds and runs it.
///
/// The first byte of an input says what reads the rest.
@main
struct AMQPFuzzer {
    static func main() throws {
        if CommandLine.arguments.dropFirst().first == "seeds" {
            return try Seeds.write(to: CommandLine.arguments[2], recordings: CommandLine.arguments[3])
        }
        let status = runAll()
        guard status == 0 else { throw ExitCode(status: status) }
    }

    private struct ExitCode: Error { let status: CInt }

    /// Runs libFuzzer until it has enough. After a finding it ends the process itself.
    private static func runAll() -> CInt {
        let count = UnsafeMutablePointer<CInt>.allocate(capacity: 1)
        count.initialize(to: CommandLine.argc)
        let words = UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>.allocate(capacity: 1)
        words.initialize(to: CommandLine.unsafeArgv)
        return runFuzzer(count, words) { fuzz($0, $1) }
    }

    static func run(_ bytes: UnsafeBufferPointer<UInt8>) -> CInt {
        guard let mode = bytes.first else { return 0 }
        let input = Array(bytes.dropFirst())
        switch mode % 3 {
        case 0: Bytes.read(input)
        case 1: Talk.hold(input, isOpen: false)
        default: Talk.hold(input, isOpen: true)
        }
        return 0
    }
}

/// libFuzzer's loop.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The name under which libFuzzer's own `main` looks for it; that one is linked although nothing calls it.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    AMQPFuzzer.run(UnsafeBufferPointer(start: start, count: count))
}

/// The readers, below any state.
enum Bytes {
    private static let limit = 4096

    /// What must hold: bytes are read or refused, no more than a frame is kept, and what was read is written in a way that
    /// is read again.
    static func read(_ input: [UInt8]) {
        var reader = FrameReader(limit: limit)
        var rest = input[...]
        while let size = rest.popFirst() {
            let part = rest.prefix(Int(size) + 1)
            rest = rest.dropFirst(part.count)
            reader.feed(ByteBuffer(bytes: part))
            while let frame = try? reader.next() { read(frame) }
            precondition(reader.held <= limit, "more than a frame is kept")
        }
    }

    private static func read(_ frame: Frame) {
        if let method = try? Method(from: frame.payload) {
            readAgain(method, { (method, buffer) throws(AMQPViolation) in try method.write(to: &buffer) }) {
                (bytes) throws(AMQPViolation) in try Method(from: bytes)
            }
        }
        if let header = try? ContentHeader(from: frame.payload), header.violation == nil {
            readAgain(header, { (header, buffer) throws(AMQPViolation) in try header.write(to: &buffer) }) {
                (bytes) throws(AMQPViolation) in try ContentHeader(from: bytes)
            }
        }
        var payload = frame.payload
        _ = try? payload.table()
    }

    /// Compares bytes, because a number that is none is not equal to itself. Names that the server sends with NUL, or
    /// that become longer because they are no UTF-8, cannot be written.
    private static func readAgain<Value>(
        _ value: Value, _ write: (Value, inout ByteBuffer) throws(AMQPViolation) -> Void,
        _ read: (ByteBuffer) throws(AMQPViolation) -> Value
    ) {
        var (first, second) = (ByteBuffer(), ByteBuffer())
        guard (try? write(value, &first)) != nil else { return }
        guard let again = try? read(first), (try? write(again, &second)) != nil else {
            preconditionFailure("what was written cannot be read: \(value)")
        }
        precondition(first == second, "what was read again differs: \(value)")
    }
}
