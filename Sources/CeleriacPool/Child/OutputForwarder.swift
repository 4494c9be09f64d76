#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import Dispatch
import Synchronization

/// Passes the output of children on to this process's standard error. Callers never wait for a slow reader.
final class OutputForwarder: Sendable {
    /// The maximum number of bytes that may wait; more are dropped.
    private static let most = 1 << 20

    private let queue = DispatchQueue(label: "celeriac.children.output")
    private let waiting = Atomic(0)

    func write(_ bytes: UnsafeRawBufferPointer) {
        guard waiting.load(ordering: .relaxed) + bytes.count <= Self.most else { return }
        waiting.add(bytes.count, ordering: .relaxed)
        let copy = Array(bytes)
        queue.async { [waiting = self] in
            waiting.pass(copy)
            waiting.waiting.subtract(copy.count, ordering: .relaxed)
        }
    }

    /// Returns once all output so far is written, or after one second.
    func finish() {
        let isOut = DispatchSemaphore(value: 0)
        queue.async { isOut.signal() }
        _ = isOut.wait(timeout: .now() + 1)
    }

    private func pass(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { unsafeWrite(STDERR_FILENO, $0) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    private func unsafeWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
            Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #else
            Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }
}
