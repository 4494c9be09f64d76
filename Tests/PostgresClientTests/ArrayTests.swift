import Foundation
import PostgresClient
import PostgresUnderTest
import Testing

@Suite("arrays", .enabled(if: PostgresServer.isExpected), .timeLimit(.minutes(5)))
struct ArrayTests {
    private static let dates = [Date(timeIntervalSinceReferenceDate: 1), Date(timeIntervalSinceReferenceDate: -2.25)]

    @Test(
        "an array is one of the server's",
        arguments: [
            ("int8[]", PostgresValue.ints([1, -2, Int64.max]), "{1,-2,9223372036854775807}"),
            ("int4[]", .int4s([3, -4]), "{3,-4}"),
            ("int2[]", .int2s([5, -6]), "{5,-6}"),
            ("bool[]", .bools([true, false]), "{t,f}"),
            ("float8[]", .doubles([0.5, -1]), "{0.5,-1}"),
            ("text[]", .texts(["a", "", "NULL", "{\"$1',"]), #"{a,"","NULL","{\"$1',"}"#),
            ("bytea[]", .byteArrays([[1], [], [255]]), #"{"\\x01","\\x","\\xff"}"#),
            ("timestamptz[]", .dates(dates), #"{"2001-01-01 00:00:01+00","2000-12-31 23:59:57.75+00"}"#),
        ])
    func plain(type: String, value: PostgresValue, expected: String) async throws {
        #expect(try await Self.text(of: value, type) == expected)
    }

    @Test(
        "elements may be null",
        arguments: [
            ("int8[]", PostgresValue.ints([1, nil]), "{1,NULL}"),
            ("int4[]", .int4s([nil, 3]), "{NULL,3}"),
            ("int2[]", .int2s([nil, 5]), "{NULL,5}"),
            ("bool[]", .bools([nil, true]), "{NULL,t}"),
            ("float8[]", .doubles([nil, 0.5]), "{NULL,0.5}"),
            ("text[]", .texts([nil, "a"]), "{NULL,a}"),
            ("bytea[]", .byteArrays([nil, [1]]), #"{NULL,"\\x01"}"#),
            ("timestamptz[]", .dates([nil, dates[0]]), #"{NULL,"2001-01-01 00:00:01+00"}"#),
        ])
    func withNulls(type: String, value: PostgresValue, expected: String) async throws {
        #expect(try await Self.text(of: value, type) == expected)
    }

    @Test(
        "an array may be empty",
        arguments: [
            ("int8[]", PostgresValue.ints([])), ("int4[]", .int4s([])), ("int2[]", .int2s([])), ("bool[]", .bools([])),
            ("float8[]", .doubles([])), ("text[]", .texts([])), ("bytea[]", .byteArrays([])),
            ("timestamptz[]", .dates([])),
        ])
    func empty(type: String, value: PostgresValue) async throws {
        #expect(try await Self.text(of: value, type) == "{}")
    }

    @Test("a thousand rows go in and come back by arrays, in order")
    func unnest() async throws {
        try await withClient { client in
            let numbers = (0..<1000).map { Int64($0) }
            let texts = numbers.map { $0 % 3 == 0 ? nil : "text \($0)" }
            let rows = try await client.rows(
                "select * from unnest($1::int8[], $2::text[])", [.ints(numbers), .texts(texts)])
            #expect(try rows.ints() == numbers)
            let answer = try rows.map { try $0.optionalText(1) }
            #expect(answer == texts)
        }
    }

    private static func text(of value: PostgresValue, _ type: String) async throws -> String {
        let server = try await PostgresServer.shared()
        return try await withClient(of: server) { try await $0.rows("select $1::\(type)::text", [value])[0].text(0) }
    }
}
