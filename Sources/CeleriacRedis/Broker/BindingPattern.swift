/// A pattern in a binding of a topic exchange, read as kombu reads it: words between dots, `*` for one word, `#` for
/// any text.
///
/// Source: `kombu/transport/virtual/exchange.py`, `TopicExchange` (5.7).
struct BindingPattern: Sendable {
    private enum Part: Hashable, Sendable {
        case text([UInt8])
        case word, anything
    }
    private let parts: [Part]
    private let key: String

    init(_ key: String) {
        self.key = key
        var parts: [Part] = []
        for (place, word) in key.split(separator: ".", omittingEmptySubsequences: false).enumerated() {
            if place > 0 { parts.append(.text([UInt8(ascii: ".")])) }
            switch word {
            case "*": parts.append(.word)
            case "#": parts.append(.anything)
            default: parts.append(.text(Array(word.utf8)))
            }
        }
        self.parts = parts
    }

    func fits(_ routingKey: String) -> Bool {
        // Matches from the end: `reached` marks the positions where the parts so far may begin.
        let text = Array(routingKey.utf8)
        var reached = [Bool](repeating: false, count: text.count + 1)
        reached[text.count] = true
        for part in parts.reversed() { reached = Self.step(part, reached, text) }
        return reached[0]
    }

    private static func step(_ part: Part, _ reached: [Bool], _ text: [UInt8]) -> [Bool] {
        var next = [Bool](repeating: false, count: reached.count)
        switch part {
        case .text(let bytes):
            for start in reached.indices where start + bytes.count <= text.count {
                next[start] = reached[start + bytes.count] && text[start..<start + bytes.count].elementsEqual(bytes)
            }
        case .anything:
            var canEnd = false
            for start in reached.indices.reversed() {
                canEnd = canEnd || reached[start]
                next[start] = canEnd
            }
        case .word:
            var canEnd = false
            for start in text.indices.reversed() {
                canEnd = text[start] != UInt8(ascii: ".") && (canEnd || reached[start + 1])
                next[start] = canEnd
            }
        }
        return next
    }

    /// The regular expression that kombu stores next to the key.
    var regularExpression: String {
        let words = key.split(separator: ".", omittingEmptySubsequences: false).map { word in
            switch word {
            case "*": #"[^\.]+"#
            case "#": ".*?"
            default: word.map(Self.escaped).joined()
            }
        }
        return "^" + words.joined(separator: #"\."#) + "$"
    }

    private static func escaped(_ character: Character) -> String {
        if character.isLetter || character.isNumber || character == "#" || character == "*" { return String(character) }
        return character == "\0" ? #"\000"# : #"\"# + String(character)
    }
}
