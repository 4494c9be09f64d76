/// The last lines that a child has written, of bounded length.
struct OutputLines {
    /// Enough for a backtrace and the lines before it.
    private static let most = 300
    private static let longest = 500

    private var lines: [String] = []
    private var first = 0
    private var open: [UInt8] = []
    private static let announcement = "*** Signal "

    /// Whether the last line, ended or not, announces a backtrace. The process stays until its backtrace is written.
    var announcesBacktrace: Bool {
        open.starts(with: Self.announcement.utf8)
            || lines.last(where: { !$0.isEmpty })?.hasPrefix(Self.announcement) == true
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        for piece in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if piece.offset > 0 { close() }
            open.append(contentsOf: piece.element.prefix(Self.longest - open.count))
        }
    }

    /// The lines, oldest first; the last one perhaps without its end.
    var all: [String] {
        let last = open.isEmpty ? [] : [String(decoding: open, as: UTF8.self)]
        return Array(lines[first...]) + last
    }

    private mutating func close() {
        lines.append(String(decoding: open, as: UTF8.self))
        open.removeAll(keepingCapacity: true)
        if lines.count - first > Self.most { first += 1 }
        guard first > Self.most else { return }
        lines.removeFirst(first)
        first = 0
    }
}
