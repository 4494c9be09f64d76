import Celeriac
import Foundation
import Testing

/// Checks the files of Examples/Deployment as far as a machine without containers can.
@Suite("the files of the deployment", .timeLimit(.minutes(15)))
struct DeploymentTests {
    private static let folder = Place.checkout.appending(path: "Examples/Deployment")
    private static let units = ["signup-worker.service", "signup-beat.service", "signup-web.service"]

    private func text(_ name: String) throws -> String {
        try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
    }

    private func run(_ program: String, _ arguments: [String]) async throws -> (exit: Int32, output: String) {
        let folder = try TemporaryFolder()
        let child = try ChildProcess(
            URL(filePath: program), arguments, log: folder.url.appending(path: "errors"))
        let end = await child.end()
        return (end.exit, end.output + end.errors)
    }

    /// The documents of a file, as PyYAML reads them.
    private func documents(_ name: String) async throws -> [JSONValue] {
        let script = "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(open(sys.argv[1])))))"
        let python = Place.checkout.appending(path: ".venv/bin/python").path
        let end = try await run(python, ["-c", script, Self.folder.appending(path: name).path])
        guard end.exit == 0 else { throw Place.Absent("\(name): \(end.output)") }
        return try JSONValue(parsing: end.output).arrayValue ?? []
    }

    // MARK: Commands

    /// The words of every command line of `signup` in the files, without the program's name.
    private func commands() async throws -> [[String]] {
        let starts = try Self.units.flatMap { name in
            try text(name).split(separator: "\n").filter { $0.hasPrefix("ExecStart=") }
                .map { $0.split(separator: " ").dropFirst().map(String.init) }
        }
        let compose = try await documents("compose.yaml")[0]
        let services = ["web", "worker", "beat"].map { words(compose["services"]?[$0]?["command"]) }
        let containers = try await deployments().map { $0.container }
        let probes = containers.compactMap { container in
            container["readinessProbe"]?["exec"]?["command"]?.arrayValue?.last?.stringValue
                .map { Array($0.split(separator: " ").drop { $0 != "signup" }.dropFirst().map(String.init)) }
        }
        return starts + services + containers.map { words($0["args"]) } + probes
    }

    private func words(_ value: JSONValue?) -> [String] { value?.arrayValue?.compactMap(\.stringValue) ?? [] }

    private func deployments() async throws -> [(name: String, pod: JSONValue, container: JSONValue)] {
        try await documents("kubernetes.yaml").filter { $0["kind"] == "Deployment" }.map { deployment in
            let pod = try #require(deployment["spec"]?["template"]?["spec"])
            let container = try #require(pod["containers"]?.arrayValue?.first)
            return (deployment["metadata"]?["name"]?.stringValue ?? "", pod, container)
        }
    }

    @Test("the program knows every command and option that the files give it")
    func commandsExist() async throws {
        let commands = try await commands()
        #expect(commands.count == 10)
        try await expectKnown(commands)
    }

    @Test("the program knows every command and option that the page prints")
    func commandsOfPageExist() async throws {
        let page = try String(
            contentsOf: Place.checkout.appending(path: "Sources/Celeriac/Documentation.docc/Deployment.md"),
            encoding: .utf8)
        // The package's own tool has the same commands.
        let commands = page.matches(of: /`(?:signup|celeriac) ([^`]+)`/).map {
            $0.1.split(separator: " ").map(String.init)
        }
        #expect(commands.count >= 9)
        try await expectKnown(commands)
    }

    private func expectKnown(_ commands: [[String]]) async throws {
        for command in commands {
            let names = Array(command.prefix { !$0.hasPrefix("-") && $0 != "ping" })
            let help = try await run(Place.product("signup").path, names + ["--help"])
            #expect(help.exit == 0, "\(command): \(help.output)")
            #expect(help.output.contains("USAGE: signup \(names.joined(separator: " "))"), "\(help.output)")
            for option in command where option.hasPrefix("-") {
                let name = option.split(separator: "=")[0]
                #expect(help.output.contains(name), "\(names) has no \(name)")
            }
        }
    }

    // MARK: Times

    @Test("each file gives a worker more time than its shutdown limit and its grace together")
    func stopTimes() async throws {
        let unit = try text("signup-worker.service").split(separator: "\n")
        let stop = try #require(unit.first { $0.hasPrefix("TimeoutStopSec=") }?.split(separator: "=").last)
        let compose = try await documents("compose.yaml")[0]["services"]?["worker"]
        let deployment = try #require(try await deployments().first { $0.name == "signup-worker" })
        let start = try #require(unit.first { $0.hasPrefix("ExecStart=") })
        let given: [(words: [String], seconds: Int?)] = [
            (start.split(separator: " ").map(String.init), seconds(String(stop))),
            (words(compose?["command"]), seconds(compose?["stop_grace_period"]?.stringValue ?? "")),
            (words(deployment.container["args"]), deployment.pod["terminationGracePeriodSeconds"]?.intValue),
        ]
        for (words, limit) in given {
            let shutdown = try #require(option("--shutdown-limit", words))
            let grace = try #require(option("--cancellation-grace", words))
            #expect(try #require(limit) > shutdown + grace, "\(words)")
        }
    }

    /// A number of seconds, as `60s`.
    private func seconds(_ text: String) -> Int? { text.hasSuffix("s") ? Int(text.dropLast()) : nil }

    private func option(_ name: String, _ words: [String]) -> Int? {
        if let word = words.first(where: { $0.hasPrefix(name + "=") }) {
            return seconds(String(word.dropFirst(name.count + 1)))
        }
        return words.firstIndex(of: name).flatMap { words.indices.contains($0 + 1) ? seconds(words[$0 + 1]) : nil }
    }

    // MARK: Units

    private static let analyzer = "/usr/bin/systemd-analyze"

    @Test(
        "systemd finds nothing wrong with the units",
        .enabled(if: FileManager.default.isExecutableFile(atPath: analyzer), "systemd-analyze is not installed"))
    func unitsAreValid() async throws {
        let folder = try TemporaryFolder()
        var paths: [String] = []
        for name in Self.units {
            // The program and the user are not on this machine.
            let unit = try text(name).replacing("/usr/local/bin/signup", with: Place.product("signup").path)
                .replacing("User=signup", with: "User=root")
            paths.append(folder.url.appending(path: name).path)
            try unit.write(toFile: paths[paths.count - 1], atomically: true, encoding: .utf8)
        }
        let end = try await run(Self.analyzer, ["verify"] + paths)
        #expect(end.exit == 0)
        let words = end.output.split(separator: "\n").filter { line in Self.units.contains { line.contains($0) } }
        #expect(words == [], "systemd names unknown settings and values, but accepts them")
    }

    // MARK: The image

    @Test(
        "the image installs the package of every library that the program links",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/dpkg"), "this machine is not Debian's"))
    func imageHasLibraries() async throws {
        let runtime = try #require(try text("Dockerfile").split(separator: "FROM debian:").last)
        let line = try #require(runtime.split(separator: "\n").first { $0.contains("--no-install-recommends") })
        let installed = Set(
            line.split(separator: " ").drop { $0 != "--no-install-recommends" }.dropFirst().map(String.init))
        let program = try Place.product("signup").path
        let linked = try await run("/usr/bin/ldd", [program])
        #expect(linked.exit == 0)
        // What these need in turn comes with their packages.
        let needed = try await run("/usr/bin/readelf", ["--dynamic", program])
        #expect(needed.exit == 0)
        var packages: Set<String> = []
        for line in linked.output.split(separator: "\n") {
            guard let name = line.split(whereSeparator: \.isWhitespace).first, needed.output.contains("[\(name)]"),
                let path = line.split(whereSeparator: \.isWhitespace).first(where: { $0.hasPrefix("/") }),
                let package = try await package(of: String(path))
            else { continue }
            packages.insert(package)
        }
        // In every image of Debian.
        packages.subtract(["libc6", "libgcc-s1"])
        #expect(packages.contains("libsqlite3-0"), "\(linked.output)")
        #expect(packages.subtracting(installed) == [])
    }

    /// - Returns: `nil` for a file of the Swift toolchain, which is linked statically for the image.
    private func package(of path: String) async throws -> String? {
        for path in [path, "/usr" + path, path.replacing(/^\/usr/, with: "")] {
            let found = try await run("/usr/bin/dpkg-query", ["--search", path])
            if found.exit == 0 { return found.output.split(separator: ":").first.map(String.init) }
        }
        return nil
    }
}
