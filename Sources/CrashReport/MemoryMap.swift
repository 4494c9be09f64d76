#if os(Linux)
    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #endif

    /// The files that a process has mapped into its memory, as `/proc/PID/maps` lists them (proc_pid_maps(5)).
    ///
    /// ```
    /// 55a57fed3000-55a57fed5000 r--p 00000000 fe:01 4242   /opt/demo/a
    /// 55a57fed5000-55a57fed8000 r-xp 00002000 fe:01 4242   /opt/demo/a
    /// ```
    ///
    /// The backtracer could list them too, but takes as long for that as for everything else.
    package enum MemoryMap {
        /// The maximum number of bytes that are read. A usual process has a few hundred lines.
        private static let largest = 1 << 20

        /// The files mapped by a process that runs or is about to die; empty if the process is gone.
        package static func images(of pid: Int32) -> [CrashImage] {
            guard let file = fopen("/proc/\(pid)/maps", "r") else { return [] }
            defer { fclose(file) }
            let bytes = [UInt8](unsafeUninitializedCapacity: largest) { buffer, filled in
                filled = fread(buffer.baseAddress, 1, buffer.count, file)
            }
            return images(in: String(decoding: bytes, as: UTF8.self))
        }

        /// Each file once, from its first byte in memory to its last, in order of address.
        static func images(in text: String) -> [CrashImage] {
            var images: [CrashImage] = []
            for line in text.split(separator: "\n") {
                guard let image = image(of: line) else { continue }
                if let last = images.last, last.path == image.path, last.inode == image.inode {
                    images[images.count - 1].range = last.range.lowerBound..<image.range.upperBound
                } else {
                    images.append(image)
                }
            }
            return images
        }

        /// `nil` for memory without a file.
        private static func image(of line: Substring) -> CrashImage? {
            let words = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            // The path is aligned, so that spaces may stand both before and in it.
            guard words.count == 6, case let place = words[5].drop(while: { $0 == " " }), place.first == "/",
                let inode = UInt64(words[4])
            else { return nil }
            let ends = words[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
            guard ends.count == 2, ends[0] < ends[1] else { return nil }
            let path = String(place)
            let name = path.split(separator: "/").last.map(String.init) ?? path
            return CrashImage(range: ends[0]..<ends[1], inode: inode, name: name, path: path)
        }
    }
#endif
