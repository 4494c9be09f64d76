import Foundation
import Testing

/// Compares the list of names that `import Celeriac` brings with the public declarations of the modules below it.
@Suite("The face")
struct FaceTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private func text(_ path: String) throws -> String {
        try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
    }

    /// The lines of the list, in the form `struct CeleriacClient.AsyncResult`.
    private func listed() throws -> [String] {
        try text("Sources/Celeriac/Exports.swift").split(separator: "\n").map { String($0.drop { $0 == " " }) }
            .filter { $0.hasPrefix("@_exported public import ") }
            .map { String($0.dropFirst("@_exported public import ".count)) }
    }

    /// The public declarations at the top level of a module, in the same form.
    private func declared(in module: String) throws -> Set<String> {
        let folder = Self.root.appending(path: "Sources/\(module)")
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
        let expression = try Regex(
            #"^(?:@\w+(?:\([^)]*\))? )*public (?:final |indirect |nonisolated )*(struct|class|enum|protocol|actor|typealias|func|let|var) `?(\w+)"#
        )
        return try paths.reduce(into: []) { found, path in
            let lines = SourceText(try text("Sources/\(module)/\(path)")).code.split(separator: "\n")
            // A file that a trait brings stands within a condition as a whole, one step to the right.
            let isWrapped = lines.first?.hasPrefix("#if ") == true && lines.firstIndex(of: "#endif") == lines.count - 1
            let indent = isWrapped ? 4 : 0
            for line in lines where line.prefix(indent).allSatisfy({ $0 == " " }) {
                guard let match = try expression.firstMatch(in: String(line.dropFirst(indent))) else { continue }
                found.insert("\(match[1].substring ?? "") \(module).\(match[2].substring ?? "")")
            }
        }
    }

    @Test("every listed name is a public declaration, and stands in the list once")
    func exist() throws {
        let listed = try listed()
        #expect(Set(listed).count == listed.count)
        let modules = Set(
            listed.compactMap { $0.split(separator: " ").last?.split(separator: ".").first.map(String.init) })
        let known = try modules.reduce(into: Set<String>()) { $0.formUnion(try declared(in: $1)) }
        #expect(Set(listed).subtracting(known).sorted() == [])
        #expect(!listed.isEmpty)
    }

    @Test("the list has every public name of client and worker", arguments: ["CeleriacClient", "CeleriacWorker"])
    func complete(module: String) throws {
        #expect(try declared(in: module).subtracting(listed()).sorted() == [])
    }

    @Test("only the lists of re-exports re-export a whole module")
    func whole() throws {
        #expect(try !text("Sources/Celeriac/Exports.swift").contains(/import Celeriac\w+$/.anchorsMatchLineEndings()))
    }
}
