import Foundation

/// The code of one Swift file without its comments and string literals. Interpolations stay, since they are code.
struct SourceText {
    let code: String

    init(_ text: String) {
        var reader = Reader(text)
        code = reader.code()
    }

    /// The first capture of each match of the pattern, each once.
    func captures(_ pattern: String) -> Set<String> {
        // The patterns are literals of this test target.
        let expression = try! NSRegularExpression(pattern: pattern, options: [.anchorsMatchLines])
        let matches = expression.matches(in: code, range: NSRange(code.startIndex..., in: code))
        return Set(matches.compactMap { Range($0.range(at: 1), in: code).map { String(code[$0]) } })
    }
}

/// Goes through the bytes of a file once.
private struct Reader {
    private let bytes: [UInt8]
    private var index = 0
    private var kept: [UInt8] = []

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func code() -> String {
        while index < bytes.count { step() }
        return String(decoding: kept, as: UTF8.self)
    }

    private func starts(with text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard index + count <= bytes.count else { return false }
        return (0..<count).allSatisfy { bytes[index + $0] == text.utf8Start[$0] }
    }

    private mutating func step() {
        if starts(with: "//") { return skipLine() }
        if starts(with: "/*") { return skipComment() }
        if starts(with: "\"\"\"") { return literal(closedBy: "\"\"\"") }
        if starts(with: "\"") { return literal(closedBy: "\"") }
        kept.append(bytes[index])
        index += 1
    }

    private mutating func skipLine() {
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
    }

    private mutating func skipComment() {
        index += 2
        while index < bytes.count, !starts(with: "*/") { index += 1 }
        index += 2
    }

    private mutating func literal(closedBy end: StaticString) {
        index += end.utf8CodeUnitCount
        kept.append(UInt8(ascii: " "))
        while index < bytes.count, !starts(with: end) {
            if starts(with: "\\(") { interpolation() } else { index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1 }
        }
        index += end.utf8CodeUnitCount
    }

    private mutating func interpolation() {
        index += 2
        var depth = 1
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "(") { depth += 1 }
            if bytes[index] == UInt8(ascii: ")") { depth -= 1 }
            if depth == 0 { break }
            step()
        }
        kept.append(UInt8(ascii: " "))
        index += 1
    }
}
