import CeleriacCore

/// Walks over JSON text and writes what Celery's `saferepr` would show for the value, up to its limits.
///
/// Accepts any bytes: at invalid JSON it stops, and closes the open brackets.
struct ReprPrinter {
    private static let mostCharacters = 1024
    private static let mostLevels = 3

    let text: UnsafeBufferPointer<UInt8>
    var position = 0
    private var output: [UInt8] = []
    /// The number of characters left. As in Celery, a token may begin while at least one is left.
    private var remaining = mostCharacters
    /// The closing brackets of the open containers, the innermost last.
    private var closers: [UInt8] = []
    /// Whether nothing else is shown.
    private var isOver = false

    static func text(of json: ArraySlice<UInt8>, isTuple: Bool) -> String {
        json.withUnsafeBufferPointer { bytes in
            var printer = ReprPrinter(text: bytes)
            printer.output.reserveCapacity(min(bytes.count, mostCharacters) + 16)
            isTuple ? printer.tuple() : printer.value()
            return String(decoding: printer.output + printer.closers.reversed(), as: UTF8.self)
        }
    }

    private init(text: UnsafeBufferPointer<UInt8>) { self.text = text }

    // MARK: Values

    private mutating func value() {
        skipBlanks()
        switch byte {
        case UInt8(ascii: "\""): string()
        case UInt8(ascii: "["), UInt8(ascii: "{"): container()
        case UInt8(ascii: "n"): word("null", "None")
        case UInt8(ascii: "t"): word("true", "True")
        case UInt8(ascii: "f"): word("false", "False")
        case UInt8(ascii: "N"): word("NaN", "nan")
        case UInt8(ascii: "I"): word("Infinity", "inf")
        default: number()
        }
    }

    private mutating func tuple() {
        skipBlanks()
        guard byte == UInt8(ascii: "[") else { return value() }
        let start = position
        position += 1
        open(UInt8(ascii: "("), closedBy: UInt8(ascii: ")"))
        let count = elements(until: UInt8(ascii: "]"), areMembers: false)
        if count == 1, !isOver || isLastElement(of: start) { closers.insert(UInt8(ascii: ","), at: 1) }
    }

    private mutating func container() {
        let opener = byte
        if opener == UInt8(ascii: "{"), tagged() { return }
        // In ASCII the closing bracket is two codes after the opening one.
        let closer = opener + 2
        guard closers.count < Self.mostLevels else {
            position = endOfContainer(at: position)
            return token([opener] + "...".utf8 + [closer])
        }
        position += 1
        open(opener, closedBy: closer)
        _ = elements(until: closer, areMembers: opener == UInt8(ascii: "{"))
        if !isOver {
            closers.removeLast()
            output.append(closer)
            remaining -= 1
        }
    }

    /// - Returns: the number of elements that were begun.
    private mutating func elements(until closer: UInt8, areMembers: Bool) -> Int {
        var count = 0
        skipBlanks()
        while !isOver, byte != closer {
            if count > 0 { separator(UInt8(ascii: ",")) }
            if !isOver { count += 1 }
            if areMembers, !isOver {
                skipBlanks()
                byte == UInt8(ascii: "\"") ? string() : stop()
                skipBlanks()
                separator(UInt8(ascii: ":"))
            }
            if !isOver { value() }
            skipBlanks()
        }
        if !isOver { position += 1 }
        return count
    }

    private mutating func separator(_ mark: UInt8) {
        guard !isOver else { return }
        guard byte == mark else { return stop() }
        position += 1
        token([mark, UInt8(ascii: " ")])
    }

    /// Shows the next object as the value that it represents, if it is one of kombu's tagged values.
    private mutating func tagged() -> Bool {
        let end = endOfContainer(at: position)
        guard end - position <= 2 * Self.mostCharacters, contains("__type__", before: end) else { return false }
        let value = try? JSONValue(parsing: Array(text[position..<end]), limits: .checkedBefore)
        guard let shown = value.flatMap(TaggedRepr.text) else { return false }
        position = end
        token(Array(shown.utf8))
        return true
    }

    // MARK: Scalars

    private mutating func word(_ name: StaticString, _ shown: StaticString) {
        let name = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        guard text[position...].starts(with: name) else { return stop() }
        position += name.count
        token(UnsafeBufferPointer(start: shown.utf8Start, count: shown.utf8CodeUnitCount))
    }

    private mutating func number() {
        let start = position
        while position < text.count, isOfNumber(byte) { position += 1 }
        guard position > start else { return stop() }
        let digits = text[start..<position]
        if digits.elementsEqual("-Infinity".utf8) { return token("-inf".utf8) }
        // Celery cuts a number like a text, at the first excess character.
        digits.count < remaining ? token(digits) : token(Array(digits.prefix(max(remaining, 0))) + "...".utf8)
    }

    private func isOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: "Infinity".utf8.contains(byte)  // Python's JSON also has that number.
        }
    }

    private mutating func string() {
        guard begin() else { return }
        let token = ReprString(in: text, at: position + 1, atMost: remaining)
        position = token.end
        output.append(UInt8(ascii: "'"))
        output += token.content
        output.append(UInt8(ascii: "'"))
        remaining -= token.count + 2
    }

    // MARK: Tokens

    private mutating func open(_ bracket: UInt8, closedBy closer: UInt8) {
        token(CollectionOfOne(bracket))
        if !isOver { closers.append(closer) }
    }

    private mutating func token(_ content: some Collection<UInt8>) {
        guard begin() else { return }
        output += content
        remaining -= content.count
    }

    /// - Returns: whether another token fits; if not, the text ends here.
    private mutating func begin() -> Bool {
        if isOver { return false }
        if remaining > 0 { return true }
        output += ", ...".utf8
        isOver = true
        return false
    }

    /// Ends the text where the JSON ends or becomes invalid.
    private mutating func stop() { isOver = true }
}
