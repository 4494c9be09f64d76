import CeleriacCanvas
import CeleriacCore

/// A canvas of calls that are letters, for Python and for Swift to compose, each in its own way.
indirect enum CanvasShape: Sendable, ExpressibleByStringLiteral {
    case call(String)
    case chain([CanvasShape])
    case group([CanvasShape])
    case chord([CanvasShape], CanvasShape)

    init(stringLiteral letter: String) { self = .call(letter) }

    /// Those of its calls, as they stand.
    var letters: [String] {
        switch self {
        case .call(let letter): [letter]
        case .chain(let parts), .group(let parts): parts.flatMap(\.letters)
        case .chord(let header, let body): header.flatMap(\.letters) + body.letters
        }
    }

    /// Which of its results fail if one call does, in the order of groups.
    ///
    /// - Parameter isLost: whether what comes before it has failed.
    func failures(of letter: String, after isLost: Bool = false) -> [Bool] {
        switch self {
        case .call(let own): [isLost || own == letter]
        case .group(let parts): parts.flatMap { $0.failures(of: letter, after: isLost) }
        case .chain(let parts): parts.reduce([isLost]) { $1.failures(of: letter, after: $0.contains(true)) }
        case .chord(let header, let body):
            Self.chain([.group(header), body]).failures(of: letter, after: isLost)
        }
    }

    /// As Python composes it.
    var python: String {
        func list(_ parts: [CanvasShape]) -> String { parts.map(\.python).joined(separator: ", ") }
        return switch self {
        case .call(let letter): "node('\(letter)')"
        case .chain(let parts): "chain(\(list(parts)))"
        case .group(let parts): "group(\(list(parts)))"
        case .chord(let header, let body): "chord([\(list(header))], \(body.python))"
        }
    }

    /// As Swift composes it.
    func signature(_ node: (String) -> CanvasSignature) -> CanvasSignature {
        switch self {
        case .call(let letter): node(letter)
        case .chain(let parts): .chain(parts.map { $0.signature(node) })
        case .group(let parts): .group(parts.map { $0.signature(node) })
        case .chord(let header, let body): .chord(header.map { $0.signature(node) }, body: body.signature(node))
        }
    }
}

/// One run of a shape: which call goes to which queue.
struct ShapeRun: Sendable {
    let name: String
    let shape: CanvasShape
    private let queues: [String: String]
    private let failing: String?

    /// - Parameters:
    ///   - turns: the queues that the calls go to, in turn.
    ///   - failing: the letter of the call that fails.
    init(_ name: String, _ shape: CanvasShape, turns: [String], failing: String? = nil) {
        self.name = name
        self.shape = shape
        self.failing = failing
        let places = shape.letters.enumerated().map { ($1, turns[$0 % turns.count]) }
        queues = Dictionary(uniqueKeysWithValues: places)
    }

    /// Composes, sends and waits, in Python.
    var python: String { composed + "\n\(shape.python).apply_async().get(timeout=30)" }

    /// How its results end, in Python.
    var ends: String { composed + "\nsorted(end_of(leaf) for leaf in leaves(\(shape.python).apply_async()))" }

    private var composed: String {
        """
        queues = json.loads('\(JSONValue.object(JSONObject(queues.mapValues { .string($0) })).text)')
        def node(letter):
            call = tasks.node.s(letter=letter, run='\(name)', fails=letter == '\(failing ?? "")')
            return call.set(queue=queues[letter])
        """
    }

    var signature: CanvasSignature {
        shape.signature { letter in
            let arguments = EncodedArguments(
                args: [],
                kwargs: ["letter": .string(letter), "run": .string(name), "fails": .bool(letter == failing)])
            return .call(
                "shape.node", arguments, options: CanvasOptions(values: ["queue": .string(queues[letter] ?? "")]))
        }
    }

    /// What the journal says of it, whatever the order.
    var journal: [String] {
        shape.letters.map { "\(queues[$0] == "python" ? "py" : "swift") \(name) \($0)" }.sorted()
    }
}
