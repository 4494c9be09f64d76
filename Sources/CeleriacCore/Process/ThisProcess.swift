#if canImport(Glibc)
    package import Glibc
#elseif canImport(Musl)
    package import Musl
#elseif canImport(Darwin)
    package import Darwin
#endif

/// Who we are, in the names of workers and senders. Asked once: Foundation's `hostName` may ask the network each time.
package enum ThisProcess {
    package static let pid = getpid()

    /// In the environment of a child process that runs tasks for a worker: the number of the worker's process.
    package static let parentVariable = "CELERIAC_CHILD_OF"

    /// The worker's process whose child this one is; `nil` for every other process.
    package static let parent: Int32? = getenv(parentVariable).flatMap { Int32(String(cString: $0)) }

    package static let host: String = {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()

    /// How many cores the machine offers.
    package static var cores: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    /// The machine's load over the last 1, 5 and 15 minutes.
    package static var loadAverage: [Double] {
        var loads = [0.0, 0, 0]
        return getloadavg(&loads, 3) == 3 ? loads : [0, 0, 0]
    }

    /// The memory that it holds now; where the system does not say, the most that it ever held.
    package static var residentBytes: Int {
        #if os(Linux)
            let now = residentBytes(of: pid)
            return now > 0 ? now : usage.ru_maxrss * 1024
        #else
            return usage.ru_maxrss
        #endif
    }

    /// The memory that a process holds now; 0 where the system does not say.
    package static func residentBytes(of pid: Int32) -> Int {
        guard let file = fopen("/proc/\(pid)/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
        let fields = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            .split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }

    /// What the process has used so far.
    package static var usage: rusage {
        var usage = rusage()
        // RUSAGE_SELF, which is of another type with each C library.
        getrusage(0, &usage)
        return usage
    }
}
