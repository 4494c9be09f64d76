/// The arguments of a call as JSON text: an array of the positional ones and an object of the named ones.
///
/// Arguments are encoded once, where the call is made, so that a value that cannot be encoded fails there, with every
/// broker.
public struct EncodedArguments: Sendable, Hashable {
    public static let none = EncodedArguments()

    /// A JSON array, for example `[2,2]`.
    public private(set) var args: [UInt8]
    /// A JSON object, for example `{"width":200}`.
    public private(set) var kwargs: [UInt8]
    public private(set) var positionalCount: Int
    /// The first argument that could not be encoded; thrown when the call is sent.
    public private(set) var failure: CeleriacError?

    private static let emptyArray = Array("[]".utf8)
    private static let emptyObject = Array("{}".utf8)

    public init() {
        args = Self.emptyArray
        kwargs = Self.emptyObject
        positionalCount = 0
    }

    /// - Parameters:
    ///   - args: any JSON values, in order.
    ///   - kwargs: any JSON values, by parameter name.
    public init(args: [JSONValue], kwargs: JSONObject = [:]) {
        self.init()
        for value in args { append(value) }
        for (name, value) in kwargs.sorted(by: { $0.key < $1.key }) { set(name, value) }
    }

    /// Positional arguments of any types.
    public init<each Argument: Encodable>(positional argument: repeat each Argument) {
        self.init()
        for value in repeat each argument { append(value) }
    }

    /// Takes arguments that are JSON text already: an array and an object.
    package init(argsText: [UInt8], kwargsText: [UInt8]) {
        args = argsText
        kwargs = kwargsText
        positionalCount = 0
    }

    /// The arguments of a call that must not be sent: sending it throws the error.
    package init(failure: CeleriacError) {
        self.init()
        self.failure = failure
    }

    /// Appends a positional argument.
    public mutating func append(_ value: some Encodable) {
        positionalCount += 1
        guard failure == nil else { return }
        do { try Self.write(value, named: nil, into: &args) } catch {
            failure = Self.unwritable("argument \(positionalCount)", error)
        }
    }

    /// Adds a named argument.
    public mutating func set(_ name: String, _ value: some Encodable) { set(JSONKey(name), value) }

    /// Adds a named argument.
    public mutating func set(_ name: JSONKey, _ value: some Encodable) {
        guard failure == nil else { return }
        do { try Self.write(value, named: name, into: &kwargs) } catch {
            failure = Self.unwritable("argument \"\(name)\"", error)
        }
    }

    public static func == (left: EncodedArguments, right: EncodedArguments) -> Bool {
        left.args == right.args && left.kwargs == right.kwargs
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(args)
        hasher.combine(kwargs)
    }

    private static func write(_ value: some Encodable, named name: JSONKey?, into text: inout [UInt8]) throws {
        let closed = text
        text = []  // So that the writer holds the only reference and does not copy.
        var writer = JSONWriter(reopening: closed)
        if let name { writer.key(name) }
        try writer.value(value)
        writer.close()
        text = writer.bytes
    }

    private static func unwritable(_ label: String, _ cause: any Error) -> CeleriacError {
        CeleriacError(.invalidArguments, "\(label) cannot be written as JSON", underlying: cause)
    }
}
