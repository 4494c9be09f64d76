#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension CrashTrace {
    /// The same trace with the names of its functions, if the files that crashed still exist and contain them.
    ///
    /// Reads files, and takes milliseconds for each: call it where no other work waits for it. Returns the trace
    /// unchanged if no name is found, and on systems other than Linux.
    ///
    /// - Parameter symbolizer: remembers what it finds, for the next trace.
    package func symbolicated(by symbolizer: inout Symbolizer) -> CrashTrace {
        var trace = self
        for image in images {
            let inside = frames.indices.filter { image.range.contains(frames[$0].address) }
            let names = symbolizer.names(at: Set(inside.map { frames[$0].inside - image.range.lowerBound }), in: image)
            for index in inside { trace.frames[index].function = names[frames[index].inside - image.range.lowerBound] }
        }
        return trace
    }
}

/// Finds the names of functions in executables and libraries, and caches them while the files do not change.
package struct Symbolizer: Sendable {
    /// One version of a file.
    private struct Edition: Hashable, Sendable {
        let path: String
        let inode: UInt64
        let size: Int64
        /// When it was last written, as raw bytes: in a release build, the fields of that structure are visible only
        /// with an import of one of the compiler's own modules.
        let modified: [UInt8]
    }

    /// Names by offset. An empty name was not found.
    private var known: [Edition: [UInt64: String]] = [:]
    /// The maximum number of cached names; after that the cache starts again.
    private static let most = 8_192

    package init() {}

    /// - Parameter offsets: counted from the image's first byte in memory.
    /// - Returns: demangled names by offset, without those that are not found. Empty if the file is missing, is not a
    ///   regular ELF file, or is not the one that crashed.
    mutating func names(at offsets: Set<UInt64>, in image: CrashImage) -> [UInt64: String] {
        #if os(Linux)
            guard !offsets.isEmpty, let file = ReadableFile(image.path) else { return [:] }
            if let inode = image.inode, inode != UInt64(file.status.st_ino) { return [:] }
            let edition = Edition(
                path: image.path, inode: UInt64(file.status.st_ino), size: Int64(file.status.st_size),
                modified: withUnsafeBytes(of: file.status.st_mtim) { Array($0) }
            )
            let old = known[edition] ?? [:]
            let missing = offsets.subtracting(old.keys)
            let new = missing.isEmpty ? [:] : Self.search(file, for: missing, image)
            remember(new, of: edition)
            return old.merging(new) { $1 }.filter { offsets.contains($0.key) && !$0.value.isEmpty }
        #else
            return [:]
        #endif
    }

    private mutating func remember(_ names: [UInt64: String], of edition: Edition) {
        guard !names.isEmpty else { return }
        if known.values.reduce(0, { $0 + $1.count }) + names.count > Self.most { known = [:] }
        known[edition, default: [:]].merge(names) { $1 }
    }
}

#if os(Linux)
    extension Symbolizer {
        /// A name for each offset, empty if none is found.
        private static func search(
            _ file: borrowing ReadableFile, for offsets: Set<UInt64>, _ image: CrashImage
        ) -> [UInt64: String] {
            let descriptor = file.descriptor
            let found = ELFSymbols { ReadableFile.bytes(of: descriptor, from: $0, $1) }.map { symbols in
                let isSame = image.buildID == nil || symbols.buildID == image.buildID
                return isSame ? symbols.names(at: offsets) : [:]
            }
            return Dictionary(uniqueKeysWithValues: offsets.map { ($0, found?[$0].map(Demangler.name) ?? "") })
        }
    }

    /// A regular file that stays open for reading as long as this value lives.
    private struct ReadableFile: ~Copyable {
        let descriptor: Int32
        let status: stat

        /// A crashed task may have named any path: closes files that are not regular, and never waits for one to open.
        init?(_ path: String) {
            descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
            var status = stat()
            let isRegular = descriptor >= 0 && fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            self.status = status
            if !isRegular {
                if descriptor >= 0 { close(descriptor) }
                return nil
            }
        }

        deinit { close(descriptor) }

        /// The available bytes, at most `count`.
        static func bytes(of descriptor: Int32, from offset: UInt64, _ count: Int) -> [UInt8] {
            guard let offset = off_t(exactly: offset), count > 0 else { return [] }
            return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                while filled < count {
                    let got = pread(descriptor, buffer.baseAddress! + filled, count - filled, offset + off_t(filled))
                    guard got > 0 else { return }
                    filled += got
                }
            }
        }
    }
#endif
