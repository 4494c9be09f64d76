#if canImport(Glibc)
    package import Glibc
#elseif canImport(Musl)
    package import Musl
#elseif canImport(Darwin)
    package import Darwin
#endif

/// The identity of this process, as used in the names of workers and senders. Read once, because Foundation's
/// `hostName` may ask the network each time.
package enum ThisProcess {
    package static let pid = getpid()

    /// The environment variable of a child process that runs tasks for a worker; its value is the process id of the
    /// worker.
    package static let parentVariable = "CELERIAC_CHILD_OF"

    /// The process id of the worker that started this child process; `nil` in every other process.
    package static let parent: Int32? = getenv(parentVariable).flatMap { Int32(String(cString: $0)) }

    package static let host: String = {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()

    /// The number of processor cores of the machine.
    package static var cores: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    /// The machine's load over the last 1, 5 and 15 minutes.
    package static var loadAverage: [Double] {
        var loads = [0.0, 0, 0]
        return getloadavg(&loads, 3) == 3 ? loads : [0, 0, 0]
    }

    /// The memory that this process uses now; if the system does not report it, the most that it ever used.
    package static var residentBytes: Int {
        #if os(Linux)
            let now = residentBytes(of: pid)
            return now > 0 ? now : usage.ru_maxrss * 1024
        #else
            return usage.ru_maxrss
        #endif
    }

    /// The memory that a process uses now; 0 if the system does not report it.
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

    /// The seconds of processor time that the process has used so far, in user and system mode.
    package static var cpuSeconds: Double {
        let usage = usage
        let (user, system) = (usage.ru_utime, usage.ru_stime)
        return Double(user.tv_sec + system.tv_sec) + Double(user.tv_usec + system.tv_usec) / 1_000_000
    }

    /// The resources that the process has used so far.
    package static var usage: rusage {
        var usage = rusage()
        // RUSAGE_SELF, whose type differs between C libraries.
        getrusage(0, &usage)
        return usage
    }
}
