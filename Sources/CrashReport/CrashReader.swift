/// Reads the output of Swift's backtracer, line by line. Pure.
///
/// ```
/// main.swift:8: Fatal error: Index out of range
///
/// *** Signal 4: Backtracing from 0x7fc16916df7f... done ***
///
/// *** Program crashed: Illegal instruction at 0x00007fc16916df7f ***
///
/// Thread 1 "oot.default-qos" crashed:
///
/// 0         0x00007fc16916df7f
/// 1 [ra]    0x00007fc1692f961f
/// 2 [async] 0x000055a57fed6260
/// 3         ...
///
/// Images (11 omitted):
///
/// 0x000055a57fed3000–0x000055a57fed8018 98e79b48c87f1b294ba586b9063e62211f58621f a  /tmp/a
/// ```
///
/// Source: output of Swift 6.3.1 on Linux; `SwiftBacktrace`, `main.swift` and `BacktraceFormatter.swift` in Swift's
/// sources.
struct CrashReader {
    private(set) var message: String?
    private(set) var signal: Int32?
    private(set) var cause: String?
    private(set) var thread: String?
    private(set) var frames: [CrashFrame] = []
    private(set) var images: [CrashImage] = []
    private(set) var firstLine: Int

    private var part = Part.head

    private enum Part { case head, frames, images }

    /// The maximum number of frames, and of images, that are kept.
    private static let limit = 256

    init?(_ lines: [String]) {
        guard let start = Self.start(of: lines) else { return nil }
        firstLine = start
        for line in lines[start...] { take(line) }
        let before = CrashMessage(before: start, in: lines)
        message = before.text
        firstLine = before.firstLine
    }

    private static func start(of lines: [String]) -> Int? {
        lines.lastIndex { $0.hasPrefix("*** Signal ") && $0.contains(": Backtracing from") }
            ?? lines.lastIndex { $0.hasPrefix("*** Program crashed: ") }
    }

    private mutating func take(_ line: String) {
        if line.hasPrefix("Images") {
            part = .images
        } else if line.hasPrefix("Thread "), line.hasSuffix(" crashed:") {
            part = .frames
            thread = Self.quoted(line)
        } else {
            switch part {
            case .head: takeHead(line)
            case .frames: takeFrame(line)
            case .images: takeImage(line)
            }
        }
    }

    private mutating func takeHead(_ line: String) {
        if let rest = line.removing("*** Signal ") {
            signal = Int32(rest.prefix { $0.isNumber })
        } else if let rest = line.removing("*** Program crashed: ") {
            cause = String(rest.hasSuffix(" ***") ? rest.dropLast(4) : rest)
        }
    }

    private mutating func takeFrame(_ line: String) {
        let words = line.split(separator: " ", omittingEmptySubsequences: true)
        guard frames.count < Self.limit, words.count >= 2, let index = Int(words[0]),
            let address = words.lazy.compactMap(Self.address).first
        else { return }
        let kind: CrashFrame.Kind =
            words.contains("[ra]") ? .returnAddress : words.contains("[async]") ? .resumption : .instruction
        frames.append(CrashFrame(index: index, address: address, kind: kind))
    }

    /// `0x…–0x… <build id> <name> <path>`; names and paths may have spaces in them.
    private mutating func takeImage(_ line: String) {
        let words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard images.count < Self.limit, words.count == 2, let range = Self.range(words[0]) else { return }
        let rest = words[1].drop { $0 == " " }
        let buildID = rest.prefix { $0.isHexDigit && $0.isASCII }
        let isBuildID = buildID.count >= 8 && rest.dropFirst(buildID.count).first == " "
        let names = isBuildID ? rest.dropFirst(buildID.count) : rest
        guard let slash = names.firstIndex(of: "/") else { return }
        images.append(
            CrashImage(
                range: range, buildID: isBuildID ? String(buildID) : nil,
                name: names[slash...].split(separator: "/").last.map(String.init) ?? "",
                path: String(names[slash...])
            )
        )
    }

    private static func range(_ word: Substring) -> Range<UInt64>? {
        let ends = word.split(separator: "–").compactMap(address)
        return ends.count == 2 && ends[0] < ends[1] ? ends[0]..<ends[1] : nil
    }

    private static func address(_ word: Substring) -> UInt64? {
        word.hasPrefix("0x") ? UInt64(word.dropFirst(2), radix: 16) : nil
    }

    private static func quoted(_ line: String) -> String? {
        guard let first = line.firstIndex(of: "\""), let last = line.lastIndex(of: "\""), first < last else {
            return nil
        }
        return String(line[line.index(after: first)..<last])
    }
}

extension String {
    /// The rest after a prefix. `nil` without that prefix.
    fileprivate func removing(_ prefix: String) -> Substring? { hasPrefix(prefix) ? dropFirst(prefix.count) : nil }
}
