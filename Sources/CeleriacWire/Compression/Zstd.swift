import CeleriacCore

/// The zstd library (RFC 8878) of the machine, loaded when it is first needed.
struct Zstd: Sendable {
    private static let names = ["libzstd.so.1", "libzstd.1.dylib"]
    private static let loaded = Zstd()

    /// - Throws: ``CeleriacError`` with code `unsupported` if the library is not installed.
    static func library() throws -> Zstd {
        guard let loaded else { throw SharedLibrary.missing(names, for: .zstd) }
        return loaded
    }

    func packed(_ bytes: [UInt8]) throws -> [UInt8] {
        let most = bound(bytes.count)
        var length = 0
        let packed = [UInt8](unsafeUninitializedCapacity: most) { output, count in
            length = compress(output.baseAddress, most, bytes, bytes.count, Self.level)
            count = isError(length) == 0 ? length : 0
        }
        guard isError(length) == 0 else {
            throw CeleriacError(.unsupported, "cannot compress \(bytes.count) bytes with zstd")
        }
        return packed
    }

    /// - Returns: the content, or more than `limit` bytes of it if it is longer; `nil` if the frame is incomplete, or
    ///   if other bytes follow it.
    func unpacked(_ packed: [UInt8], limit: Int) throws -> [UInt8]? {
        guard let stream = createStream() else {
            throw CeleriacError(.unsupported, "cannot decompress \(packed.count) bytes with zstd")
        }
        defer { _ = freeStream(stream) }
        guard isError(setParameter(stream, Self.windowLogMax, Self.largestWindow)) == 0 else { return nil }
        return packed.withUnsafeBytes { input in
            var input = Input(start: input.baseAddress, size: input.count)
            return decompressed(stream, &input, limit: limit)
        }
    }

    private func decompressed(_ stream: OpaquePointer, _ input: inout Input, limit: Int) -> [UInt8]? {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.chunk) { part in
            var output: [UInt8] = []
            while output.count <= limit {
                var piece = Output(start: UnsafeMutableRawPointer(part.baseAddress), size: part.count)
                let before = input.position
                let rest = decompress(stream, &piece, &input)
                guard isError(rest) == 0 else { return nil }
                output += part[..<piece.position]
                if rest == 0 { return input.position == input.size || output.count > limit ? output : nil }
                // Nothing read and nothing written: the frame is cut short.
                if piece.position == 0, input.position == before { return nil }
            }
            return output
        }
    }

    // MARK: The C interface (zstd.h, 1.4 and later)

    /// `ZSTD_inBuffer`.
    private struct Input {
        var start: UnsafeRawPointer?
        var size: Int
        var position = 0
    }

    /// `ZSTD_outBuffer`.
    private struct Output {
        var start: UnsafeMutableRawPointer?
        var size: Int
        var position = 0
    }

    /// Python's `zstandard` uses this level by default.
    private static let level: Int32 = 3
    private static let chunk = 64 << 10
    /// `ZSTD_d_windowLogMax`: a frame may ask for a window, which is allocated before anything is unpacked.
    private static let windowLogMax: Int32 = 100
    /// As a power of two: 16 MiB, the most that a body may have.
    private static let largestWindow: Int32 = 24

    private typealias Bound = @convention(c) (Int) -> Int
    private typealias Compress = @convention(c) (UnsafeMutableRawPointer?, Int, UnsafeRawPointer?, Int, Int32) -> Int
    private typealias IsError = @convention(c) (Int) -> UInt32
    private typealias CreateStream = @convention(c) () -> OpaquePointer?
    private typealias FreeStream = @convention(c) (OpaquePointer?) -> Int
    private typealias SetParameter = @convention(c) (OpaquePointer?, Int32, Int32) -> Int
    private typealias Decompress =
        @convention(c) (OpaquePointer?, UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Int

    private let bound: Bound
    private let compress: Compress
    private let isError: IsError
    private let createStream: CreateStream
    private let freeStream: FreeStream
    private let setParameter: SetParameter
    private let decompress: Decompress

    private init?() {
        guard let library = SharedLibrary(Self.names),
            let bound = library.function("ZSTD_compressBound", as: Bound.self),
            let compress = library.function("ZSTD_compress", as: Compress.self),
            let isError = library.function("ZSTD_isError", as: IsError.self),
            let createStream = library.function("ZSTD_createDStream", as: CreateStream.self),
            let freeStream = library.function("ZSTD_freeDStream", as: FreeStream.self),
            let setParameter = library.function("ZSTD_DCtx_setParameter", as: SetParameter.self),
            let decompress = library.function("ZSTD_decompressStream", as: Decompress.self)
        else { return nil }
        self.bound = bound
        self.compress = compress
        self.isError = isError
        self.createStream = createStream
        self.freeStream = freeStream
        self.setParameter = setParameter
        self.decompress = decompress
    }
}
