import CeleriacCore

/// The bzip2 library of the machine, loaded when it is first needed.
///
/// Unpacking a stream takes at most four megabytes, whatever size the stream declares.
struct Bzip2: Sendable {
    private static let names = ["libbz2.so.1.0", "libbz2.so.1", "libbz2.1.0.dylib"]
    private static let loaded = Bzip2()

    /// - Throws: ``CeleriacError`` with code `unsupported` if the library is not installed.
    static func library() throws -> Bzip2 {
        guard let loaded else { throw SharedLibrary.missing(names, for: .bzip2) }
        return loaded
    }

    func packed(_ bytes: [UInt8]) throws -> [UInt8] {
        // "To guarantee that the compressed data will fit": one percent more, and six hundred bytes.
        var length = UInt32(clamping: bytes.count + bytes.count / 100 + 601)
        let most = Int(length)
        var status: Int32 = 0
        let packed = [UInt8](unsafeUninitializedCapacity: most) { output, count in
            status = compress(output.baseAddress, &length, bytes, UInt32(clamping: bytes.count), Self.level, 0, 0)
            count = status == Self.ok ? Int(length) : 0
        }
        guard status == Self.ok else {
            throw CeleriacError(.unsupported, "cannot compress \(bytes.count) bytes with bzip2: error \(status)")
        }
        return packed
    }

    /// - Returns: the content, or more than `limit` bytes of it if it is longer; `nil` if the stream is incomplete, or
    ///   if other bytes follow it.
    func unpacked(_ packed: [UInt8], limit: Int) throws -> [UInt8]? {
        // The library keeps the address of its stream.
        let stream = UnsafeMutablePointer<Stream>.allocate(capacity: 1)
        stream.initialize(to: Stream())
        defer { stream.deallocate() }
        guard begin(stream, 0, 0) == Self.ok else {
            throw CeleriacError(.unsupported, "cannot decompress \(packed.count) bytes with bzip2")
        }
        defer { _ = end(stream) }
        return packed.withUnsafeBufferPointer { input in
            stream.pointee.nextIn = input.baseAddress
            stream.pointee.availableIn = UInt32(clamping: input.count)
            return unpacked(stream, limit: limit)
        }
    }

    private func unpacked(_ stream: UnsafeMutablePointer<Stream>, limit: Int) -> [UInt8]? {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.chunk) { part in
            var output: [UInt8] = []
            var status = Self.ok
            while status == Self.ok, output.count <= limit {
                stream.pointee.nextOut = part.baseAddress
                stream.pointee.availableOut = UInt32(Self.chunk)
                let before = stream.pointee.availableIn
                status = decompress(stream)
                let count = Self.chunk - Int(stream.pointee.availableOut)
                output += part[..<count]
                // Nothing read and nothing written: the stream is cut short.
                if status == Self.ok, count == 0, stream.pointee.availableIn == before { return nil }
            }
            let isWhole = status == Self.streamEnd && stream.pointee.availableIn == 0
            return isWhole || output.count > limit ? output : nil
        }
    }

    // MARK: The C interface (bzlib.h, 1.0)

    /// `bz_stream`.
    private struct Stream {
        var nextIn: UnsafePointer<UInt8>?
        var availableIn: UInt32 = 0
        var totalIn: (UInt32, UInt32) = (0, 0)
        var nextOut: UnsafeMutablePointer<UInt8>?
        var availableOut: UInt32 = 0
        var totalOut: (UInt32, UInt32) = (0, 0)
        var state: OpaquePointer?
        var allocate: OpaquePointer?
        var free: OpaquePointer?
        var opaque: OpaquePointer?
    }

    private static let ok: Int32 = 0
    private static let streamEnd: Int32 = 4
    /// The default level of Python's `bz2.compress`.
    private static let level: Int32 = 9
    private static let chunk = 64 << 10

    private typealias Compress =
        @convention(c) (
            UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt32>, UnsafePointer<UInt8>, UInt32, Int32, Int32,
            Int32
        ) -> Int32
    // The stream is passed as a raw pointer because a C function type takes no Swift structure.
    private typealias Begin = @convention(c) (UnsafeMutableRawPointer, Int32, Int32) -> Int32
    private typealias Step = @convention(c) (UnsafeMutableRawPointer) -> Int32

    private let compress: Compress
    private let begin: Begin
    private let decompress: Step
    private let end: Step

    private init?() {
        guard let library = SharedLibrary(Self.names),
            let compress = library.function("BZ2_bzBuffToBuffCompress", as: Compress.self),
            let begin = library.function("BZ2_bzDecompressInit", as: Begin.self),
            let decompress = library.function("BZ2_bzDecompress", as: Step.self),
            let end = library.function("BZ2_bzDecompressEnd", as: Step.self)
        else { return nil }
        self.compress = compress
        self.begin = begin
        self.decompress = decompress
        self.end = end
    }
}
