import Foundation

/// The programs of PostgreSQL and PgBouncer on this machine.
enum Installation {
    /// The folder with `initdb` and `postgres`: the newest of Debian's, one of the PATH, or Homebrew's.
    static let programs: URL? = (debianFolders + pathFolders + homebrewFolders).first { folder in
        ["initdb", "postgres"].allSatisfy { isExecutable($0, in: folder) }
    }

    /// The client of the same installation. Debian's `/usr/bin/psql` is a script around it, which costs 30 ms a call.
    static let psql: URL? = program("psql", in: [programs].compactMap { $0 } + pathFolders)

    static let bouncer: URL? = program("pgbouncer", in: pathFolders + [URL(filePath: "/usr/sbin")] + homebrewFolders)

    private static func program(_ name: String, in folders: [URL]) -> URL? {
        folders.first { isExecutable(name, in: $0) }?.appending(path: name)
    }

    private static func isExecutable(_ name: String, in folder: URL) -> Bool {
        FileManager.default.isExecutableFile(atPath: folder.appending(path: name).path)
    }

    private static var debianFolders: [URL] {
        let all = URL(filePath: "/usr/lib/postgresql")
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: all.path)) ?? []
        return versions.compactMap(Double.init).sorted(by: >).map { all.appending(path: "\(text($0))/bin") }
    }

    /// 15, but 9.6.
    private static func text(_ version: Double) -> String { Int(exactly: version).map(String.init) ?? "\(version)" }

    private static var pathFolders: [URL] {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").map { URL(filePath: String($0)) }
    }

    private static var homebrewFolders: [URL] {
        ["/opt/homebrew", "/usr/local"].map { URL(filePath: $0) }.flatMap { prefix in
            let formulas = (try? FileManager.default.contentsOfDirectory(atPath: prefix.path + "/opt")) ?? []
            let servers = formulas.filter { $0.hasPrefix("postgresql") }.sorted(by: >)
            return servers.map { prefix.appending(path: "opt/\($0)/bin") } + [prefix.appending(path: "bin")]
        }
    }
}
