/// Builds the values that a pickle's calls of known names would build, from plain arguments. Returns `nil` if Python
/// would refuse the arguments.
enum PickleConstructor {
    /// The items of a container that is built from another: `set([…])`, `frozenset([…])`, `OrderedDict()`.
    static func elements(of callable: PickleCallable, _ arguments: [PickleHeap.Node]) -> [Int]? {
        guard let argument = arguments.first else { return [] }
        guard arguments.count == 1, callable != .orderedDictionary else { return nil }
        switch argument.kind {
        case .list, .tuple, .set, .frozenSet: return argument.items
        case .value, .dictionary, .callable, .bareUUID: return nil
        }
    }

    /// Whether the arguments are those of `copyreg._reconstructor(uuid.UUID, object, None)`.
    static func isBareUUID(_ arguments: [PickleHeap.Node]) -> Bool {
        guard arguments.count == 3, case .callable(.uuid) = arguments[0].kind,
            case .callable(.object) = arguments[1].kind, case .value(.none) = arguments[2].kind
        else { return false }
        return true
    }

    static func uuid(_ number: PickleValue) -> PickleValue? {
        let digits: String
        switch number {
        case .integer(let value): digits = String(value)
        case .bigInteger(let text): digits = text
        default: return nil
        }
        // 2^128 has 39 digits; more digits would only cost time.
        guard digits.utf8.count <= 39, !digits.hasPrefix("-") else { return nil }
        var bytes = BigDigits.twosComplement(of: digits)
        guard bytes.count <= 16 || bytes.count == 17 && bytes[16] == 0 else { return nil }
        bytes += Array(repeating: 0, count: max(0, 16 - bytes.count))
        return .uuid(bytes[..<16].reversed().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    }

    static func value(of callable: PickleCallable, _ arguments: [PickleValue]) -> PickleValue? {
        switch (callable, arguments.first, arguments.count) {
        case (.bytes, nil, 0), (.byteArray, nil, 0): .bytes([])
        case (.byteArray, .bytes(let bytes), 1): .bytes(bytes)
        case (.byteArray, .string(let text), 2), (.encode, .string(let text), 2):
            isLatin1(arguments[1]) ? latin1(text).map(PickleValue.bytes) : nil
        case (.decimal, .string(let text), 1): PythonDecimal.isValid(text) ? .decimal(text) : nil
        case (.date, let state?, 1): binary(state).flatMap(PythonDate.init(pickled:)).map(PickleValue.date)
        case (.time, let state?, 1...2):
            binary(state).flatMap { PythonTime(pickled: $0[...]) }.flatMap { zoned($0, arguments) }
                .map(PickleValue.time)
        case (.datetime, let state?, 1...2): datetime(state, arguments)
        case (.timedelta, _, 3): PythonDelta(pickled: arguments).map(PickleValue.timedelta)
        case (.timezone, .timedelta(let delta), 1...2): delta.isOffset ? .timezone(delta) : nil
        default: nil
        }
    }

    // MARK: Detail

    private static func datetime(_ state: PickleValue, _ arguments: [PickleValue]) -> PickleValue? {
        guard let bytes = binary(state), bytes.count == 10 else { return nil }
        // The bit that marks the second of two equal hours is in the month here, but in the hour of a time.
        var (day, time) = (Array(bytes[..<4]), Array(bytes[4...]))
        time[0] |= day[2] & 0x80
        day[2] &= 0x7F
        guard let date = PythonDate(pickled: day), let clock = PythonTime(pickled: time[...]) else { return nil }
        return zoned(clock, arguments).map { .datetime(date, $0) }
    }

    private static func zoned(_ time: PythonTime, _ arguments: [PickleValue]) -> PythonTime? {
        var time = time
        guard arguments.count == 2 else { return time }
        guard case .timezone(let offset) = arguments[1] else { return nil }
        time.offset = offset
        return time
    }

    /// Returns bytes, which may be in Python 2's form.
    private static func binary(_ value: PickleValue) -> [UInt8]? {
        switch value {
        case .bytes(let bytes): bytes
        case .string(let text): latin1(text)
        default: nil
        }
    }

    private static func isLatin1(_ value: PickleValue) -> Bool {
        value == .string("latin1") || value == .string("latin-1")
    }

    private static func latin1(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            guard let byte = UInt8(exactly: scalar.value) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}
