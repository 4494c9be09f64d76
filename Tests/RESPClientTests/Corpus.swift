import NIOCore
import RESPClient

/// Answers as servers write them, and what they mean.
struct Corpus: Sendable {
    let bytes: String
    let item: RESPParser.Item

    private init(_ bytes: String, _ value: RESPValue) {
        self.bytes = bytes
        item = .reply(value)
    }

    private init(_ bytes: String, push elements: [RESPValue]) {
        self.bytes = bytes
        item = .push(elements)
    }

    static let all: [Corpus] = [
        .init("+OK\r\n", .simple("OK")),
        .init("+\r\n", .simple("")),
        .init("-ERR no such key\r\n", .error(RESPServerError("ERR no such key"))),
        .init(":0\r\n", .integer(0)),
        .init(":+17\r\n", .integer(17)),
        .init(":-9223372036854775808\r\n", .integer(.min)),
        .init(":9223372036854775807\r\n", .integer(.max)),
        .init("$5\r\nhello\r\n", .blob(Array("hello".utf8))),
        .init("$0\r\n\r\n", .blob([])),
        .init("$4\r\n\r\n\r\n\r\n", .blob([13, 10, 13, 10])),
        .init("$6\r\n\u{fc}ber!\r\n", .blob(Array("\u{fc}ber!".utf8))),
        .init("$-1\r\n", .null),
        .init("*-1\r\n", .null),
        .init("_\r\n", .null),
        .init("#t\r\n", .boolean(true)),
        .init("#f\r\n", .boolean(false)),
        .init(",3.25\r\n", .double(3.25)),
        .init(",10\r\n", .double(10)),
        .init(",-inf\r\n", .double(-.infinity)),
        .init(",1e-7\r\n", .double(1e-7)),
        .init(
            "(3492890328409238509324850943850943825024385\r\n",
            .bigNumber("3492890328409238509324850943850943825024385")),
        .init("(-1\r\n", .bigNumber("-1")),
        .init("!21\r\nSYNTAX invalid syntax\r\n", .error(RESPServerError("SYNTAX invalid syntax"))),
        .init("=15\r\ntxt:Some string\r\n", .blob(Array("Some string".utf8))),
        .init("*0\r\n", .array([])),
        .init("*3\r\n:1\r\n$1\r\na\r\n_\r\n", .array([.integer(1), .blob([97]), .null])),
        .init("*2\r\n*1\r\n*0\r\n-ERR x\r\n", .array([.array([.array([])]), .error(RESPServerError("ERR x"))])),
        .init("%2\r\n+a\r\n:1\r\n+b\r\n%0\r\n", .map([.simple("a"), .integer(1), .simple("b"), .map([])])),
        .init("~2\r\n+a\r\n+b\r\n", .set([.simple("a"), .simple("b")])),
        .init(
            ">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\nhi\r\n",
            push: [.blob(Array("message".utf8)), .blob([99]), .blob([104, 105])]),
        .init("|1\r\n+ttl\r\n:3600\r\n:5\r\n", .integer(5)),
        .init(
            "|1\r\n+deep\r\n*2\r\n:1\r\n:2\r\n*2\r\n|1\r\n+x\r\n#t\r\n:1\r\n|0\r\n:2\r\n",
            .array([.integer(1), .integer(2)])),
    ]
}

extension RESPParser {
    /// All that these bytes finish.
    mutating func items(of bytes: some Sequence<UInt8>) throws(RESPViolation) -> [Item] {
        feed(ByteBuffer(bytes: bytes))
        var items: [Item] = []
        while let item = try next() { items.append(item) }
        return items
    }
}
