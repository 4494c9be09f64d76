import CZlib
import CeleriacCore

/// zlib streams (RFC 1950), which Celery calls gzip.
package enum Zlib {
    private static let chunk = 32 << 10

    package static func packed(_ bytes: [UInt8]) throws -> [UInt8] { try Deflater.packed(bytes) }

    /// - Returns: the content, or more than `limit` bytes of it if it is longer; `nil` if the stream is incomplete, or
    ///   if other bytes follow it.
    package static func unpacked(_ packed: [UInt8], limit: Int) throws -> [UInt8]? {
        var stream = z_stream()
        let status = inflateInit_(&stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            throw CeleriacError(.unsupported, "cannot decompress \(packed.count) bytes with zlib: error \(status)")
        }
        defer { inflateEnd(&stream) }
        var packed = packed
        return packed.withUnsafeMutableBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(clamping: input.count)
            return inflated(&stream, limit: limit)
        }
    }

    private static func inflated(_ stream: inout z_stream, limit: Int) -> [UInt8]? {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: chunk) { part in
            var output: [UInt8] = []
            var status = Z_OK
            while status == Z_OK, output.count <= limit {
                stream.next_out = part.baseAddress
                stream.avail_out = UInt32(chunk)
                status = inflate(&stream, Z_NO_FLUSH)
                output += part[..<(chunk - Int(stream.avail_out))]
            }
            let isWhole = status == Z_STREAM_END && stream.avail_in == 0
            return isWhole || output.count > limit ? output : nil
        }
    }
}
