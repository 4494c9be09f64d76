/// Every opcode of the protocols 0 to 5. Source: CPython's documentation of `pickle` and `pickletools`, 3.11.
enum PickleOpcode: UInt8, CaseIterable {
    // The machine.
    case proto = 0x80, frame = 0x95, stop = 0x2E, mark = 0x28, pop = 0x30, popMark = 0x31, dup = 0x32
    case put = 0x70, binPut = 0x71, longBinPut = 0x72, memoize = 0x94
    case get = 0x67, binGet = 0x68, longBinGet = 0x6A
    // Scalars.
    case none = 0x4E, newTrue = 0x88, newFalse = 0x89
    case int = 0x49, binInt = 0x4A, binInt1 = 0x4B, binInt2 = 0x4D, long = 0x4C, long1 = 0x8A, long4 = 0x8B
    case float = 0x46, binFloat = 0x47
    case string = 0x53, binString = 0x54, shortBinString = 0x55
    case unicode = 0x56, shortBinUnicode = 0x8C, binUnicode = 0x58, binUnicode8 = 0x8D
    case shortBinBytes = 0x43, binBytes = 0x42, binBytes8 = 0x8E, byteArray8 = 0x96
    // Containers.
    case emptyList = 0x5D, list = 0x6C, append = 0x61, appends = 0x65
    case emptyTuple = 0x29, tuple = 0x74, tuple1 = 0x85, tuple2 = 0x86, tuple3 = 0x87
    case emptyDict = 0x7D, dict = 0x64, setItem = 0x73, setItems = 0x75
    case emptySet = 0x8F, addItems = 0x90, frozenSet = 0x91
    // Opcodes that import, build or call.
    case global = 0x63, stackGlobal = 0x93, reduce = 0x52, newObj = 0x81, build = 0x62
    case inst = 0x69, obj = 0x6F, newObjEx = 0x92, ext1 = 0x82, ext2 = 0x83, ext4 = 0x84
    case persID = 0x50, binPersID = 0x51, nextBuffer = 0x97, readonlyBuffer = 0x98

    /// The opcode for each byte.
    static let table: [PickleOpcode?] = {
        var table = [PickleOpcode?](repeating: nil, count: 256)
        for opcode in allCases { table[Int(opcode.rawValue)] = opcode }
        return table
    }()

    /// The name in Python's documentation, for example `BINPERSID`.
    var name: String {
        switch self {
        case .newObj: "NEWOBJ"
        case .newObjEx: "NEWOBJ_EX"
        case .stackGlobal: "STACK_GLOBAL"
        case .nextBuffer: "NEXT_BUFFER"
        case .readonlyBuffer: "READONLY_BUFFER"
        case .popMark: "POP_MARK"
        case .longBinPut: "LONG_BINPUT"
        case .longBinGet: "LONG_BINGET"
        case .emptyList: "EMPTY_LIST"
        case .emptyTuple: "EMPTY_TUPLE"
        case .emptyDict: "EMPTY_DICT"
        case .emptySet: "EMPTY_SET"
        case .shortBinString: "SHORT_BINSTRING"
        case .shortBinUnicode: "SHORT_BINUNICODE"
        case .shortBinBytes: "SHORT_BINBYTES"
        default: "\(self)".uppercased()
        }
    }
}
