import CeleriacCore
import Foundation
import Testing

@Suite("Codable containers made by hand")
struct JSONContainerTests {
    private class Animal: Codable {
        var name: String
        init(name: String) { self.name = name }
    }

    private final class Dog: Animal {
        var tricks: [String]
        init(name: String, tricks: [String]) {
            self.tricks = tricks
            super.init(name: name)
        }
        private enum Key: CodingKey { case tricks }
        required init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            tricks = try container.decode([String].self, forKey: .tricks)
            try super.init(from: container.superDecoder())
        }
        override func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try super.encode(to: container.superEncoder())
            try container.encode(tricks, forKey: .tricks)
        }
    }

    @Test("a class and its superclass share one object")
    func supportsSuperclasses() throws {
        let bytes = try JSONCoding.encode(Dog(name: "Rex", tricks: ["sit"]))
        #expect(String(decoding: bytes, as: UTF8.self) == #"{"super":{"name":"Rex"},"tricks":["sit"]}"#)
        let dog = try JSONCoding.decode(Dog.self, from: bytes)
        #expect(dog.name == "Rex")
        #expect(dog.tricks == ["sit"])
    }

    private struct Nested: Codable, Hashable {
        var x: Int
        var list: [Int]
        var last: String

        private enum Outer: CodingKey { case inner, list, last }
        private enum Inner: CodingKey { case x }

        init(x: Int, list: [Int], last: String) { (self.x, self.list, self.last) = (x, list, last) }

        init(from decoder: any Decoder) throws {
            let outer = try decoder.container(keyedBy: Outer.self)
            x = try outer.nestedContainer(keyedBy: Inner.self, forKey: .inner).decode(Int.self, forKey: .x)
            var elements = try outer.nestedUnkeyedContainer(forKey: .list)
            list = []
            while !elements.isAtEnd {
                var pair = try elements.nestedUnkeyedContainer()
                list.append(try pair.decode(Int.self))
            }
            last = try outer.decode(String.self, forKey: .last)
        }

        func encode(to encoder: any Encoder) throws {
            var outer = encoder.container(keyedBy: Outer.self)
            var inner = outer.nestedContainer(keyedBy: Inner.self, forKey: .inner)
            var elements = outer.nestedUnkeyedContainer(forKey: .list)
            try outer.encode(last, forKey: .last)
            // Out of order on purpose: the places are taken, the values come later.
            for number in list {
                var pair = elements.nestedUnkeyedContainer()
                try pair.encode(number)
                try pair.encodeNil()
            }
            try inner.encode(x, forKey: .x)
        }
    }

    @Test("nested containers may be filled in any order")
    func fillsNestedContainersLater() throws {
        let value = Nested(x: 1, list: [2, 3], last: "z")
        let bytes = try JSONCoding.encode(["k": [value, value]])
        let one = #"{"inner":{"x":1},"list":[[2,null],[3,null]],"last":"z"}"#
        #expect(String(decoding: bytes, as: UTF8.self) == "{\"k\":[\(one),\(one)]}")
        #expect(try JSONCoding.decode([String: [Nested]].self, from: bytes) == ["k": [value, value]])
    }

    private enum Shape: Codable, Hashable {
        case circle(radius: Double)
        case square(Int, Int)
        case point
    }

    @Test("enums with payloads, sets, ranges and tuples of optionals come back")
    func standardTypes() throws {
        func check<Value: Codable & Hashable>(_ value: Value) throws {
            #expect(try JSONCoding.decode(Value.self, from: JSONCoding.encode(value)) == value)
        }
        try check([Shape.circle(radius: 1.5), .square(1, 2), .point])
        try check(Set([1, 2, 3]))
        try check(1..<5)
        try check([[nil, 1], [2]] as [[Int?]])
        try check([["a": [1: "x"]]])
        try check(Data([0xFF, 0]))
    }

    @Test("a type that encodes nothing is an empty object")
    func encodesNothing() throws {
        struct Empty: Codable {}
        #expect(try JSONCoding.encode([Empty()]) == Array("[{}]".utf8))
        _ = try JSONCoding.decode(Empty.self, from: Array("{}".utf8))
        #expect(throws: DecodingError.self) { try JSONCoding.decode(Empty.self, from: Array("{} x".utf8)) }
    }

    @Test("a type that asks for two kinds of container is an error, not a crash")
    func refusesTwoKinds() {
        struct Confused: Encodable {
            func encode(to encoder: any Encoder) throws {
                var list = encoder.unkeyedContainer()
                try list.encode(1)
                var single = encoder.singleValueContainer()
                try? single.encode(2)
                var object = encoder.container(keyedBy: Key.self)
                try object.encode(3, forKey: .a)
            }
            enum Key: CodingKey { case a }
        }
        #expect(throws: EncodingError.self) { try JSONCoding.encode(Confused()) }
    }

    @Test("of two equal keys the last one stands, and escaped keys are found")
    func findsKeys() throws {
        struct Pair: Codable, Equatable { var a: Int }
        #expect(try JSONCoding.decode(Pair.self, from: Array(#"{"a":1,"a":2}"#.utf8)) == Pair(a: 2))
        #expect(try JSONCoding.decode(Pair.self, from: Array(#"{"\u0061":3}"#.utf8)) == Pair(a: 3))
        let many = (0..<50).map { "\"k\($0)\":0," }.joined()
        #expect(try JSONCoding.decode(Pair.self, from: Array("{\(many)\"a\":4}".utf8)) == Pair(a: 4))
    }
}
