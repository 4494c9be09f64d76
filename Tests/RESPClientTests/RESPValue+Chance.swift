import RESPClient
import TestKit

extension RESPValue {
    static func random(_ chance: inout Chance, depth: Int) -> RESPValue {
        let bytes = (0..<Int.random(in: 0...20, using: &chance)).map { _ in UInt8.random(in: 0...255, using: &chance) }
        switch Int.random(in: 0..<(depth > 0 ? 11 : 8), using: &chance) {
        case 0: return .null
        case 1: return .boolean(.random(using: &chance))
        case 2: return .integer(.random(in: .min ... .max, using: &chance))
        case 3: return .double(.random(in: -1e9...1e9, using: &chance))
        case 4: return .simple("word \(bytes.count)")
        case 5: return .blob(bytes)
        case 6: return .bigNumber("-123456789012345678901234567890\(bytes.count)")
        case 7: return .error(RESPServerError("ERR number \(bytes.count)"))
        case 8: return .array((0..<bytes.count / 4).map { _ in random(&chance, depth: depth - 1) })
        case 9: return .set((0..<bytes.count / 4).map { _ in random(&chance, depth: depth - 1) })
        default: return .map((0..<bytes.count / 4 * 2).map { _ in random(&chance, depth: depth - 1) })
        }
    }

    /// As a server of RESP3 writes it.
    var encoded: [UInt8] {
        switch self {
        case .null: Array("_\r\n".utf8)
        case .boolean(let value): Array("#\(value ? "t" : "f")\r\n".utf8)
        case .integer(let value): Array(":\(value)\r\n".utf8)
        case .double(let value): Array(",\(value)\r\n".utf8)
        case .simple(let text): Array("+\(text)\r\n".utf8)
        case .blob(let bytes): Array("$\(bytes.count)\r\n".utf8) + bytes + [13, 10]
        case .bigNumber(let digits): Array("(\(digits)\r\n".utf8)
        case .error(let error): Array("-\(error)\r\n".utf8)
        case .array(let elements): Array("*\(elements.count)\r\n".utf8) + elements.flatMap(\.encoded)
        case .set(let elements): Array("~\(elements.count)\r\n".utf8) + elements.flatMap(\.encoded)
        case .map(let elements): Array("%\(elements.count / 2)\r\n".utf8) + elements.flatMap(\.encoded)
        }
    }
}
