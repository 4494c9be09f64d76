import CeleriacCore

/// The xz library of the machine, loaded when it is first needed.
///
/// Writes the `.xz` container, as Python's `lzma.compress` does, and also reads the older `.lzma`, as `lzma.decompress`
/// does.
struct XZ: Sendable {
    private static let names = ["liblzma.so.5", "liblzma.5.dylib"]
    private static let loaded = XZ()

    /// - Throws: ``CeleriacError`` with code `unsupported` if the library is not installed.
    static func library() throws -> XZ {
        guard let loaded else { throw SharedLibrary.missing(names, for: .xz) }
        return loaded
    }

    func packed(_ bytes: [UInt8]) throws -> [UInt8] {
        let most = bound(bytes.count)
        var length = 0
        var status: UInt32 = 0
        let packed = [UInt8](unsafeUninitializedCapacity: most) { output, count in
            status = encode(Self.preset, Self.checksum, nil, bytes, bytes.count, output.baseAddress, &length, most)
            count = status == Self.ok ? length : 0
        }
        guard status == Self.ok else {
            throw CeleriacError(.unsupported, "cannot compress \(bytes.count) bytes with xz: error \(status)")
        }
        return packed
    }

    /// - Returns: the content, or more than `limit` bytes of it if it is longer; `nil` if the stream is incomplete, if
    ///   other bytes follow it, or if it asks for a larger dictionary than ``mostMemory`` allows.
    func unpacked(_ packed: [UInt8], limit: Int) throws -> [UInt8]? {
        // The library keeps the address of its stream.
        let stream = UnsafeMutablePointer<Stream>.allocate(capacity: 1)
        stream.initialize(to: Stream())
        defer { stream.deallocate() }
        guard begin(stream, Self.mostMemory, 0) == Self.ok else {
            throw CeleriacError(.unsupported, "cannot decompress \(packed.count) bytes with xz")
        }
        defer { end(stream) }
        return packed.withUnsafeBufferPointer { input in
            stream.pointee.nextIn = input.baseAddress
            stream.pointee.availableIn = input.count
            return unpacked(stream, limit: limit)
        }
    }

    private func unpacked(_ stream: UnsafeMutablePointer<Stream>, limit: Int) -> [UInt8]? {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.chunk) { part in
            var output: [UInt8] = []
            var status = Self.ok
            // Without progress the library itself returns an error on the second call.
            while status == Self.ok, output.count <= limit {
                stream.pointee.nextOut = part.baseAddress
                stream.pointee.availableOut = part.count
                status = code(stream, Self.run)
                output += part[..<(part.count - stream.pointee.availableOut)]
            }
            let isWhole = status == Self.streamEnd && stream.pointee.availableIn == 0
            return isWhole || output.count > limit ? output : nil
        }
    }

    // MARK: The C interface (lzma/base.h, lzma/container.h, 5.0 and later)

    /// `lzma_stream`; all zeros is `LZMA_STREAM_INIT`.
    private struct Stream {
        var nextIn: UnsafePointer<UInt8>?
        var availableIn = 0
        var totalIn: UInt64 = 0
        var nextOut: UnsafeMutablePointer<UInt8>?
        var availableOut = 0
        var totalOut: UInt64 = 0
        var allocator: OpaquePointer?
        var state: OpaquePointer?
        // Four pointers, two 64-bit numbers, two sizes and two enumerations are reserved: 72 bytes at most.
        var reserved: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (
            0, 0, 0, 0, 0, 0, 0, 0, 0
        )
    }

    private static let ok: UInt32 = 0
    private static let streamEnd: UInt32 = 1
    /// `LZMA_RUN`.
    private static let run: UInt32 = 0
    /// `LZMA_PRESET_DEFAULT`, also Python's default.
    private static let preset: UInt32 = 6
    /// `LZMA_CHECK_CRC64`, also Python's default.
    private static let checksum: UInt32 = 4
    private static let chunk = 64 << 10
    /// A stream declares the size of its dictionary, which is allocated before anything is unpacked. The largest body
    /// that any setting allows has 16 MiB, and Python's default takes nine.
    private static let mostMemory: UInt64 = 20 << 20

    private typealias Bound = @convention(c) (Int) -> Int
    private typealias Encode =
        @convention(c) (
            UInt32, UInt32, OpaquePointer?, UnsafePointer<UInt8>, Int, UnsafeMutablePointer<UInt8>?,
            UnsafeMutablePointer<Int>, Int
        ) -> UInt32
    // The stream is passed as a raw pointer because a C function type takes no Swift structure.
    private typealias Begin = @convention(c) (UnsafeMutableRawPointer, UInt64, UInt32) -> UInt32
    private typealias Code = @convention(c) (UnsafeMutableRawPointer, UInt32) -> UInt32
    private typealias End = @convention(c) (UnsafeMutableRawPointer) -> Void

    private let bound: Bound
    private let encode: Encode
    private let begin: Begin
    private let code: Code
    private let end: End

    private init?() {
        guard let library = SharedLibrary(Self.names),
            let bound = library.function("lzma_stream_buffer_bound", as: Bound.self),
            let encode = library.function("lzma_easy_buffer_encode", as: Encode.self),
            let begin = library.function("lzma_auto_decoder", as: Begin.self),
            let code = library.function("lzma_code", as: Code.self),
            let end = library.function("lzma_end", as: End.self)
        else { return nil }
        self.bound = bound
        self.encode = encode
        self.begin = begin
        self.code = code
        self.end = end
    }
}
