#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Whether the system has killed processes because it ran out of memory. Nothing else distinguishes its SIGKILL from
/// one that anybody else sends.
struct OutOfMemory {
    private var seen: Int

    init() { seen = Self.count }

    /// Whether that has happened since the last call.
    mutating func hasStruck() -> Bool {
        let count = Self.count
        defer { seen = count }
        return count > seen
    }

    /// Linux counts in `/proc/vmstat`, for the whole machine. Other systems do not report it.
    private static var count: Int {
        guard let file = fopen("/proc/vmstat", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), file) != nil {
            let bytes = line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }
            let text = String(decoding: bytes, as: UTF8.self)
            guard text.hasPrefix("oom_kill ") else { continue }
            return Int(text.dropFirst(9)) ?? 0
        }
        return 0
    }
}
