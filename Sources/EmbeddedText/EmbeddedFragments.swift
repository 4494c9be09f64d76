/// Lua or SQL that several files of a target share, by name.
///
/// SwiftPM embeds the files into the program as bytes (`.embedInCode`). A line `-- @include a b` in a file is replaced
/// by the fragments `a` and `b`, which may include others.
package struct EmbeddedFragments: Sendable {
    private let files: [String: [UInt8]]

    package init(_ files: [String: [UInt8]]) { self.files = files }

    /// Returns a file with all its includes, without comment lines, empty lines and indentation.
    ///
    /// The result is equivalent as long as no literal spans several lines. A comment after code on the same line stays.
    package func text(of file: [UInt8]) -> String {
        var text: [UInt8] = []
        append(file, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    private func append(_ file: [UInt8], to text: inout [UInt8]) {
        for line in file.split(separator: UInt8(ascii: "\n")) {
            let code = line.drop { $0 == UInt8(ascii: " ") }
            if code.starts(with: Self.include) {
                for name in code.dropFirst(Self.include.count).split(separator: UInt8(ascii: " ")) {
                    append(fragment(String(decoding: name, as: UTF8.self)), to: &text)
                }
            } else if !code.isEmpty, !code.starts(with: Self.comment) {
                text.append(contentsOf: code)
                text.append(UInt8(ascii: "\n"))
            }
        }
    }

    private func fragment(_ name: String) -> [UInt8] {
        // The files are fixed when the program is built, and tests assemble all of them.
        guard let file = files[name] else { preconditionFailure("no fragment is named \(name)") }
        return file
    }

    private static let comment = Array("--".utf8)
    private static let include = Array("-- @include ".utf8)
}
