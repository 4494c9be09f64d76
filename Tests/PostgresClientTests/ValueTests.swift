import Foundation
import PostgresClient
import PostgresUnderTest
import Testing

@Suite("values", .enabled(if: PostgresServer.isExpected), .timeLimit(.minutes(5)))
struct ValueTests {
    @Test("each type comes back as it was sent, and so does null")
    func scalars() async throws {
        try await withClient { client in
            let date = Date(timeIntervalSinceReferenceDate: 700_000_000.123456)
            let row = try await client.rows(
                """
                select $1::int8, $2::int4, $3::int2, $4::bool, $5::float8, $6::text, $7::bytea, $8::timestamptz, \
                $9::float8::float4
                """,
                [
                    .int(.min), .int4(-7), .int2(.max), .bool(true), .double(-0.1), .text("naïve \"q\" '$1' \\ 🐘"),
                    .bytes([0, 1, 255]), .date(date), .double(0.5),
                ])[0]
            #expect(try row.int(0) == .min)
            #expect(try row.int(1) == -7)
            #expect(try row.int(2) == Int64(Int16.max))
            #expect(try row.bool(3))
            #expect(try row.double(4) == -0.1)
            #expect(try row.text(5) == "naïve \"q\" '$1' \\ 🐘")
            #expect(try row.bytes(6) == [0, 1, 255])
            #expect(try row.date(7) == date)
            #expect(try row.double(8) == 0.5)
            #expect(row.count == 9)
        }
    }

    @Test("null is null for each type")
    func nulls() async throws {
        try await withClient { client in
            let row = try await client.rows(
                "select $1::int8, $2::bool, $3::float8, $4::text, $5::bytea, $6::timestamptz, $7::int4",
                [.int(nil), .bool(nil), .double(nil), .text(nil), .bytes(nil), .date(nil), .null])[0]
            for column in 0..<7 { #expect(row.isNull(column)) }
            #expect(try row.optionalInt(0) == nil)
            #expect(try row.optionalBool(1) == nil)
            #expect(try row.optionalDouble(2) == nil)
            #expect(try row.optionalText(3) == nil)
            #expect(try row.optionalBytes(4) == nil)
            #expect(try row.optionalDate(5) == nil)
            let error = await failure { _ = try row.int(0) }
            #expect(error?.kind == .malformedAnswer)
        }
    }

    @Test("an empty text and empty bytes are not null")
    func empty() async throws {
        try await withClient { client in
            let row = try await client.rows("select $1::text, $2::bytea", [.text(""), .bytes([])])[0]
            #expect(try row.optionalText(0) == "")
            #expect(try row.optionalBytes(1) == [])
        }
    }

    @Test("the server sees what was sent")
    func meaning() async throws {
        try await withClient { client in
            let row = try await client.rows(
                """
                select $1::int8::text, $2::bool::text, $3::float8::text, encode($4::bytea, 'hex'), \
                $5::timestamptz::text
                """,
                [
                    .int(-9_007_199_254_740_993), .bool(false), .double(2.5), .bytes([0xDE, 0xAD]),
                    .date(Date(timeIntervalSinceReferenceDate: 0.5)),
                ])[0]
            #expect(
                try row.texts() == [
                    "-9007199254740993", "false", "2.5", "dead", "2001-01-01 00:00:00.5+00",
                ])
        }
    }

    @Test("a date beyond PostgreSQL's range becomes its last one, and infinity a distant one")
    func dates() async throws {
        try await withClient { client in
            let row = try await client.rows(
                """
                select extract(year from $1::timestamptz)::int4, extract(year from $2::timestamptz)::int4, \
                'infinity'::timestamptz, '-infinity'::timestamptz
                """,
                [
                    .date(Date(timeIntervalSinceReferenceDate: 1e300)),
                    .date(Date(timeIntervalSinceReferenceDate: -.infinity)),
                ])[0]
            #expect(try row.int(0) == 294_276)
            #expect(try row.int(1) == -4714)
            #expect(try row.date(2) == .distantFuture)
            #expect(try row.date(3) == .distantPast)
        }
    }

    @Test("a column that does not fit is an error, not a trap")
    func misfits() async throws {
        try await withClient { client in
            let row = try await client.rows("select 'abc'::text, 1::int8, '\\xff'::bytea")[0]
            var errors = [await failure { _ = try row.int(0) }, await failure { _ = try row.bool(1) }]
            errors += [await failure { _ = try row.text(2) }, await failure { _ = try row.date(0) }]
            for column in [-1, 3, .max, .min] {
                errors.append(await failure { _ = try row.int(column) })
                #expect(row.isNull(column))
            }
            for error in errors { #expect(error?.kind == .malformedAnswer) }
        }
    }

    @Test("16 MiB come back whole")
    func large() async throws {
        try await withClient { client in
            let bytes = (0..<16 << 20).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 3) }
            let rows = try await client.rows("select $1::bytea, md5($1::bytea)", [.bytes(bytes)])
            #expect(try rows[0].bytes(0) == bytes)
            #expect(try await client.rows("select 1::int4")[0].int(0) == 1)
        }
    }

    @Test("a text with a NUL is refused by the server, and the connection goes on")
    func nulCharacter() async throws {
        try await withClient({ $0.mostConnections = 1 }) { client in
            let process = try await client.processID()
            let error = await failure { try await client.rows("select $1::text", [.text("a\0b")]) }
            #expect(error?.kind == .server)
            #expect(error?.sqlState == "22021")
            #expect(try await client.processID() == process)
        }
    }

    @Test("rows can be read from many tasks after their client is closed")
    func rowsOutlive() async throws {
        let rows = try await withClient { client in
            try await client.rows("select n, repeat('x', n::int4) from generate_series(1::int8, 500) n")
        }
        #expect(rows.count == 500)
        #expect(rows.affected == 500)
        try await withThrowingTaskGroup(of: Int64.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try rows.reduce(0) { try $0 + $1.int(0) - Int64($1.text(1).utf8.count) }
                }
            }
            for try await sum in group { #expect(sum == 0) }
        }
    }
}
