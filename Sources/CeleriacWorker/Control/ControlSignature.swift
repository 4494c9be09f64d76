/// The arguments that a command accepts, checked like a call of its Python function.
struct ControlSignature: Sendable {
    let name: String
    /// The arguments without which the command is refused.
    let required: [String]
    let optional: [String]
    /// Whether it ignores unknown arguments, as `**kwargs` does.
    let isOpen: Bool

    init(_ name: String, required: [String] = [], optional: [String] = [], isOpen: Bool = true) {
        self.name = name
        self.required = required
        self.optional = optional
        self.isOpen = isOpen
    }

    func check(_ arguments: JSONObject) throws(ControlRefusal) {
        if !isOpen {
            let stranger = arguments.keys.map(\.text).sorted().first {
                !required.contains($0) && !optional.contains($0)
            }
            if let stranger { throw .type("\(name)() got an unexpected keyword argument '\(stranger.prefix(60))'") }
        }
        let missing = required.filter { arguments[$0] == nil }.map { "'\($0)'" }
        guard let last = missing.last else { return }
        let noun = missing.count == 1 ? "argument" : "arguments"
        let list =
            missing.count < 3
            ? missing.joined(separator: " and ") : missing.dropLast().joined(separator: ", ") + ", and \(last)"
        throw .type("\(name)() missing \(missing.count) required positional \(noun): \(list)")
    }
}

/// The arguments of a command, read by type.
struct ControlArguments: Sendable {
    let values: JSONObject

    init(_ values: JSONObject) { self.values = values }

    /// - Returns: `nil` if the argument is missing or null.
    subscript(name: String) -> JSONValue? {
        guard let value = values[name], !value.isNull else { return Optional.none }
        return value
    }

    func text(_ name: String) throws(ControlRefusal) -> String? {
        guard let value = self[name] else { return nil }
        guard let text = value.stringValue else { throw .type("\(name) must be a str") }
        return text
    }

    func requiredText(_ name: String) throws(ControlRefusal) -> String {
        guard let text = try text(name) else { throw .type("\(name) must be a str") }
        return text
    }

    func count(_ name: String) throws(ControlRefusal) -> Int? {
        guard let value = self[name] else { return nil }
        guard let number = value.intValue else { throw .type("\(name) must be an int") }
        let most = Bounds.slots.upperBound
        guard (0...most).contains(number) else { throw .value("\(name) must be from 0 to \(most)") }
        return number
    }

    /// A duration in seconds; more than 0 and less than about a thousand years.
    func seconds(_ name: String) throws(ControlRefusal) -> Duration? {
        guard let value = self[name] else { return nil }
        guard let seconds = value.doubleValue else { throw .type("\(name) must be a number of seconds") }
        guard seconds > 0, seconds < 3e10 else {
            throw .value("\(name) must be more than 0 and less than 30,000,000,000 seconds")
        }
        return .seconds(seconds)
    }

    /// The truth of the argument as Python's `bool` sees it.
    func isTrue(_ name: String) -> Bool {
        switch self[name] {
        case nil, .null, .bool(false), .integer(0), .double(0), .string(""), .array([]), .object([:]): false
        case .bool, .integer, .bigInteger, .double, .string, .illFormedString, .array, .object: true
        }
    }

    /// One text or a list of texts, as Celery's `maybe_list`. Both the number of texts and their lengths are limited.
    func texts(_ name: String, atMost most: Int = 1_000) throws(ControlRefusal) -> [String] {
        guard let value = self[name] else { return [] }
        let texts = value.stringValue.map { [$0] } ?? value.arrayValue?.compactMap(\.stringValue)
        guard let texts, texts.count == value.arrayValue?.count ?? 1 else {
            throw .type("\(name) must be a str or a list of them")
        }
        guard texts.count <= most else { throw .value("at most \(most) \(name) at once") }
        guard texts.allSatisfy({ $0.utf8.count <= Self.longestText }) else {
            throw .value("\(name) must have at most \(Self.longestText) bytes each")
        }
        return texts
    }

    /// In bytes; the maximum length of an id everywhere.
    private static let longestText = 255
    /// The maximum number of ids that one command may name.
    private static let mostIDs = 10_000

    /// Ids of calls, without duplicates.
    func ids(_ name: String) throws(ControlRefusal) -> Set<TaskID> {
        Set(try texts(name, atMost: Self.mostIDs).map { TaskID($0) })
    }
}
