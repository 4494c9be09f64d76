import CeleriacCore
import Testing

@Suite("Encoded arguments")
struct EncodedArgumentsTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test("arguments stand in the order in which they were added")
    func appends() {
        var arguments = EncodedArguments()
        arguments.append(2)
        arguments.append("two")
        arguments.append([1.5, 2])
        arguments.set("width", 200)
        arguments.set("name", nil as String?)
        #expect(text(arguments.args) == #"[2,"two",[1.5,2.0]]"#)
        #expect(text(arguments.kwargs) == #"{"width":200,"name":null}"#)
        #expect(arguments.positionalCount == 3)
        #expect(arguments.failure == nil)
    }

    @Test("values of a dictionary are named in the order of the alphabet")
    func sortsKeywords() {
        let arguments = EncodedArguments(args: [1, nil], kwargs: ["b": 1, "a": ["x": 2]])
        #expect(text(arguments.args) == "[1,null]")
        #expect(text(arguments.kwargs) == #"{"a":{"x":2},"b":1}"#)
    }

    @Test("the first argument that cannot be encoded is named, and stays the reason")
    func remembersFailure() {
        struct Broken: Encodable {
            func encode(to encoder: any Encoder) throws {
                throw EncodingError.invalidValue(0, .init(codingPath: [], debugDescription: "broken"))
            }
        }
        var arguments = EncodedArguments()
        arguments.append(1)
        arguments.append(Broken())
        arguments.set("other", Broken())
        #expect(arguments.failure?.code == .invalidArguments)
        #expect(arguments.failure?.message.contains("argument 2") == true)
        var named = EncodedArguments()
        named.set("other", Broken())
        #expect(named.failure?.message.contains("argument \"other\"") == true)
    }
}
