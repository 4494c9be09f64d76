import Foundation

/// What one Swift file says of its place in the house.
struct SourceFile {
    let target: String
    /// The folders between the target and the file, outermost first.
    let folders: [String]
    let imports: Set<String>
    /// The names of types that the file declares at its top level and that other files can see.
    let declared: Set<String>
    /// All names with a capital letter that the file uses. The name in `extension Name` is no use.
    let used: Set<String>

    init(target: String, path: String, text: String) {
        self.target = target
        folders = path.split(separator: "/").dropLast().map(String.init)
        let source = SourceText(text)
        imports = source.captures(
            #"^\s*(?:@\w+ )*(?:public |package |internal |private )?import (?:struct |class |enum |protocol |typealias |func |var |let )?(\w+)"#
        )
        declared = source.captures(
            #"^(?:(?:public|package|internal|final|indirect|nonisolated|@\w+(?:\([^)]*\))?) )*(?:struct|class|enum|protocol|actor|typealias) (\w+)"#
        )
        let extended = SourceText(text.replacing(try! Regex(#"\bextension [\w.]+"#), with: "extension"))
        used = extended.captures(#"(?<![\w.])([A-Z]\w*)"#)
    }

    /// All Swift files of the package's own targets.
    static func all(in root: URL) throws -> [SourceFile] {
        let sources = root.appending(path: "Sources")
        return try FileManager.default.subpathsOfDirectory(atPath: sources.path).sorted().compactMap { path in
            guard path.hasSuffix(".swift"), let slash = path.firstIndex(of: "/") else { return nil }
            let text = try String(contentsOf: sources.appending(path: path), encoding: .utf8)
            return SourceFile(
                target: String(path[..<slash]), path: String(path[path.index(after: slash)...]), text: text)
        }
    }
}
