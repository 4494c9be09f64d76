import CZlib
import CeleriacCore
import Synchronization

/// A zlib stream that packs one text after another, each as Python's `zlib.compress` does.
///
/// zlib clears a quarter of a megabyte for each new stream, which takes 15 times as long as packing a small call.
/// Streams are therefore kept: as many as were ever in use at once, up to ``mostIdle``.
///
/// `@unchecked Sendable`: a stream belongs either to the list or to one caller, never to two.
final class Deflater: @unchecked Sendable {
    private static let idle = Guarded<[Deflater]>([])
    private static let mostIdle = 16
    // zlib stores the address of its stream, so the stream must not move.
    private let stream: UnsafeMutablePointer<z_stream>

    /// - Throws: ``CeleriacError`` with code `unsupported` if zlib fails because it has no memory.
    static func packed(_ bytes: [UInt8]) throws -> [UInt8] {
        let deflater = try idle.withLock { $0.popLast() } ?? Deflater()
        defer { idle.withLock { if $0.count < mostIdle { $0.append(deflater) } } }
        return try deflater.packed(bytes)
    }

    private init() throws {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let size = Int32(MemoryLayout<z_stream>.size)
        let status = deflateInit_(stream, Z_DEFAULT_COMPRESSION, ZLIB_VERSION, size)
        guard status == Z_OK else { throw Self.failure(status) }
    }

    deinit {
        // Does nothing for a stream that was never opened.
        deflateEnd(stream)
        stream.deallocate()
    }

    private func packed(_ bytes: [UInt8]) throws -> [UInt8] {
        var status = deflateReset(stream)
        guard status == Z_OK else { throw Self.failure(status) }
        let most = Int(deflateBound(stream, UInt(bytes.count)))
        let packed = [UInt8](unsafeUninitializedCapacity: most) { output, count in
            bytes.withUnsafeBufferPointer { input in
                // zlib only reads from it, but its old interface does not declare that.
                stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.pointee.avail_in = UInt32(clamping: input.count)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(clamping: most)
                status = deflate(stream, Z_FINISH)
            }
            count = status == Z_STREAM_END ? Int(stream.pointee.total_out) : 0
        }
        guard status == Z_STREAM_END else { throw Self.failure(status) }
        return packed
    }

    private static func failure(_ status: Int32) -> CeleriacError {
        CeleriacError(.unsupported, "cannot compress with zlib: error \(status)")
    }
}
