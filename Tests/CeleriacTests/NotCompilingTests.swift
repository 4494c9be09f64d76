import Foundation
import TestKit
import Testing

/// Wrong types do not compile: shown by the compiler, run on lines against the modules that this test was built with.
@Suite("What does not compile", .enabled(if: TypeChecker.compiler != nil), .timeLimit(.minutes(15)))
struct NotCompilingTests {
    /// A line, and the words of which each must be in an error at that line.
    struct Line: Sendable {
        let promise: String
        let text: String
        let words: [String]

        init(_ promise: String, _ text: String, _ words: String...) {
            self.promise = promise
            self.text = text
            self.words = words
        }
    }

    private static let tasks = """
        import Celeriac

        @Task func fetch(_ page: String) async throws -> [String] { [page] }
        @Task func count(_ words: [String], longerThan limit: Int = 0) -> Int { words.count { $0.count > limit } }
        @Task func sum(_ counts: [Int]) -> Int { counts.reduce(0, +) }
        @Task func publish(_ total: Int) -> String { "\\(total)" }
        @Task func complain(_ failed: String) {}

        @TaskContainer struct Post { let office: String }
        extension Post { @Task func send(_ letter: String) -> String { office + letter } }
        struct Plain {}
        """

    private static let right: [Line] = [
        Line("a task of a container, without a value", #"try await Post.$send.delay("a")"#),
        Line("a container as a value of an app", #"_ = AppOptions(containers: [Post(office: "x")])"#),
        Line("a chain", #"_ = chain($fetch("a"), $count.then(longerThan: 3), $publish.then())"#),
        Line("callbacks", #"_ = $fetch("a").link($count.then()).linkError($complain.then())"#),
        Line("a group", #"_ = group(["a", "b"].map { chain($fetch($0), $count.then()) })"#),
        Line("a chord", #"_ = chord(["a", "b"].map { chain($fetch($0), $count.then()) }, then: $sum.then())"#),
        Line("a group, then a step", #"_ = group([$count(["a"])]).then($sum.then()).then($publish.then())"#),
        Line("a step that ignores its input", #"_ = chain($fetch("a"), $publish(1).ignoringInput())"#),
        Line(
            "a workflow",
            #"_ = Workflow { f in f.step($sum.then(), f.forEach(["a"]) { f.step($count.then(), f.call($fetch($0))) }) }"#
        ),
    ]

    private static let wrong: [Line] = [
        Line("only a container is one", #"_ = AppOptions(containers: [Plain()])"#, "Plain", "TaskContainer"),
        Line(
            "only a container has methods that run on a value",
            #"_ = try TaskContext.current?.container(Plain.self)"#, "@TaskContainer", "static"),
        Line(
            "a step fits only behind what gives its input", #"_ = chain($fetch("a"), $publish.then())"#, "Int",
            "[String]"),
        Line(
            "the same of a later step", #"_ = chain($fetch("a"), $count.then(), $count.then())"#, "Int", "[String]"),
        Line(
            "the same of a chain made longer", #"_ = chain($fetch("a"), $count.then()).then($count.then())"#, "Int",
            "[String]"),
        Line("the same of steps that are a step", #"_ = $fetch.then().then($publish.then())"#, "Int", "[String]"),
        Line(
            "a call is no step: its input is given already", #"_ = $fetch("a").link($count(["a"]))"#, "Signature<Int>",
            "Step"),
        Line("a step is not sent: its input is missing", #"try await $publish.then().delay()"#, "Step<Int, String>"),
        Line("a callback takes the output", #"_ = $fetch("a").link($publish.then())"#, "Int", "[String]"),
        Line("an errback takes the failed call's id", #"_ = $fetch("a").linkError($publish.then())"#, "Int", "String"),
        Line(
            "an errback of a group does so, too", #"_ = group([$publish(1)]).linkError($sum.then())"#, "[Int]", "String"
        ),
        Line(
            "a group is of one output", #"let g: CallGroup<Int> = group($count(["a"]), $publish(1)); _ = g"#, "String"),
        Line("the body of a chord takes a list", #"_ = chord([$count(["a"])], then: $publish.then())"#, "Int", "[Int]"),
        Line("of the outputs of its header", #"_ = chord([$publish(1)], then: $sum.then())"#, "Int", "String"),
        Line("so does a step behind a group", #"_ = group([$count(["a"])]).then($publish.then())"#, "Int", "[Int]"),
        Line(
            "of a workflow a step takes the result that it is given",
            #"_ = Workflow { f in f.step($publish.then(), f.call($fetch("a"))) }"#, "Int", "[String]"),
        Line(
            "of a workflow a list is taken as a list",
            #"_ = Workflow { f in f.step($publish.then(), f.gather(f.call($publish(1)))) }"#, "[String]"),
        Line("a workflow ends in one result", #"_ = Workflow { f in f.gather(f.call($publish(1))) }"#, "WorkflowValue"),
    ]

    @Test("right lines compile")
    func compiles() async throws {
        let errors = try await TypeChecker.errors(in: Self.source(of: Self.right))
        #expect(errors.isEmpty, "\(errors)")
    }

    @Test("wrong lines do not, each for its reason")
    func doesNotCompile() async throws {
        let source = Self.source(of: Self.wrong)
        let errors = try await TypeChecker.errors(in: source)
        let first = source.split(separator: "\n", omittingEmptySubsequences: false).count - Self.wrong.count
        for (place, line) in Self.wrong.enumerated() {
            let messages = errors.filter { $0.line == first + place + 1 }.map(\.message)
            let fits = messages.contains { message in line.words.allSatisfy(message.contains) }
            #expect(fits, "\(line.promise): \(messages)")
        }
        #expect(errors.allSatisfy { $0.line > first }, "\(errors)")
    }

    private static func source(of lines: [Line]) -> String {
        let functions = lines.enumerated().map { "func line\($0)() async throws { \($1.text) }" }
        return tasks + "\n" + functions.joined(separator: "\n")
    }
}

/// The compiler, for types only.
private enum TypeChecker {
    struct Complaint: CustomStringConvertible {
        let line: Int
        let message: String

        var description: String { "line \(line): \(message)" }
    }

    /// The first on the path; `nil` where tests run without a toolchain.
    static let compiler: URL? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { URL(filePath: String($0)).appending(path: "swiftc") }
        .first { FileManager.default.isExecutableFile(atPath: $0.path) }

    static func errors(in source: String) async throws -> [Complaint] {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "celeriac-lines-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (file, output) = (folder.appending(path: "Lines.swift"), folder.appending(path: "errors"))
        try source.write(to: file, atomically: true, encoding: .utf8)
        _ = FileManager.default.createFile(atPath: output.path, contents: nil)
        let status = try await run(arguments + [file.path], writingErrorsTo: output)
        let text = try String(contentsOf: output, encoding: .utf8)
        let found = text.split(separator: "\n").compactMap { complaint(String($0), in: file.path) }
        // An error that has no line is about the modules, not about what the test says.
        try #require(status == 0 || !found.isEmpty, "\(text)")
        return found
    }

    private static func complaint(_ text: String, in file: String) -> Complaint? {
        guard text.hasPrefix("\(file):"), let mark = text.range(of: ": error: ") else { return nil }
        let place = text[..<mark.lowerBound].dropFirst(file.count + 1).split(separator: ":")
        guard let line = place.first.flatMap({ Int($0) }) else { return nil }
        return Complaint(line: line, message: String(text[mark.upperBound...]))
    }

    private static func run(_ arguments: [String], writingErrorsTo output: URL) async throws -> Int32 {
        let program: URL = try #require(compiler)
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: output)
        return try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.begin() } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
    }

    private static var arguments: [String] {
        let maps = moduleMaps.flatMap { ["-Xcc", "-fmodule-map-file=\($0.path)"] }
        let macros = "\(products.appending(path: "CeleriacMacros-tool").path)#CeleriacMacros"
        // A cache of its own: that of the build knows the same folder by another path.
        return [
            "-typecheck", "-parse-as-library", "-swift-version", "6", "-diagnostic-style", "llvm", "-module-cache-path",
            products.appending(path: "NotCompilingCache").path, "-I", products.appending(path: "Modules").path,
            "-Xfrontend",
            "-load-plugin-executable", "-Xfrontend", macros,
        ] + maps
    }

    /// Where this test was built: the folder that holds the modules.
    private static let products: URL = {
        var folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        while !FileManager.default.fileExists(atPath: folder.appending(path: "Modules").path), folder.path != "/" {
            folder = folder.deletingLastPathComponent()
        }
        return folder.resolvingSymlinksInPath()
    }()

    /// Of the targets in C, ours and those of others, which the modules refer to.
    private static var moduleMaps: [URL] {
        let scratch = products.deletingLastPathComponent().deletingLastPathComponent()
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let theirs = folders(in: scratch.appending(path: "checkouts")).map { $0.appending(path: "Sources") }
            .flatMap(folders).map { $0.appending(path: "include/module.modulemap") }
        let ours = folders(in: products).map { $0.appending(path: "module.modulemap") }
        return (ours + theirs + [root.appending(path: "Sources/CZlib/module.modulemap")])
            .filter { FileManager.default.fileExists(atPath: $0.path) }
    }

    private static func folders(in folder: URL) -> [URL] {
        (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
    }
}
