import CeleriacCore
import Foundation
import TestKit

@testable import AMQPClient

extension Chance {
    mutating func bool() -> Bool { .random(using: &self) }
    mutating func byte() -> UInt8 { .random(in: 0...255, using: &self) }

    /// A text of 1 to 24 characters, some of them beyond ASCII or to be escaped in JSON.
    mutating func word() -> String {
        let letters = Array("abcxyz019äß日€😀 .-_*#/\\\"\n\u{1}")
        return String(
            (0..<Int.random(in: 1...24, using: &self)).map { _ in letters.randomElement(using: &self) ?? "a" })
    }

    mutating func json(depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &self) {
        case 0: return .null
        case 1: return .bool(bool())
        case 2: return .integer(bool() ? Int64.random(in: .min ... .max, using: &self) : Int64(byte()))
        case 3: return .double(Double.random(in: -1e9...1e9, using: &self))
        case 4: return .string(word())
        case 5: return .array((0..<Int.random(in: 0...4, using: &self)).map { _ in json(depth: depth - 1) })
        default:
            let members = (0..<Int.random(in: 0...4, using: &self)).map { _ in (word(), json(depth: depth - 1)) }
            return .object(JSONObject(Dictionary(members) { $1 }))
        }
    }

    mutating func headers() -> AMQPTable? {
        guard Int.random(in: 0..<20, using: &self) > 0 else { return nil }
        var headers: AMQPTable = [:]
        if bool() { headers["task"] = "t" }
        if bool() { headers["id"] = "1" }
        for _ in 0..<Int.random(in: 0...8, using: &self) {
            let name = AMQPValue.headerNames.randomElement(using: &self) ?? "own"
            headers[bool() ? name : word()] = AMQPValue.hostile.randomElement(using: &self)
        }
        return headers
    }
}

extension AMQPValue {
    /// The headers that this library reads by their names.
    static let headerNames = [
        "lang", "task", "id", "shadow", "eta", "expires", "group", "group_index", "retries", "timelimit", "root_id",
        "parent_id", "argsrepr", "kwargsrepr", "origin", "ignore_result", "replaced_task_nesting", "stamped_headers",
        "stamps", "compression", "x_history", "x_repr", "x-death", "x-first-death-reason", "x-first-death-queue",
        "x-delivery-count", "x-celeriac-deliveries", "x-celeriac-reason", "x-celeriac-queue", "x-celeriac-died-at",
        "CC", "BCC",
    ]

    /// Values of every type, with the extremes of each.
    static let hostile: [AMQPValue] = scalars + nested

    private static let scalars: [AMQPValue] = [
        .null, .boolean(true), .boolean(false), .integer(.min), .integer(.max), .integer(-1), .integer(0),
        .integer(1 << 31), .double(.nan), .double(.infinity), .double(-.infinity), .double(.greatestFiniteMagnitude),
        .double(1e18), .double(-0.0), .decimal(scale: 255, value: .min), .decimal(scale: 1, value: .max), .string(""),
        .string("0001-01-01T00:00:00+00:00"), .string("9999-12-31T23:59:59.999999+00:00"), .string("2026-11-22"),
        .string(String(repeating: "9", count: 400)), .string("\u{0}\u{1F}\"\\"),
        .string(String(repeating: "ä", count: 5000)),
        .malformedString([0xFF]), .malformedString([0xED, 0xA0, 0x80, 0xED, 0xB0, 0x80]),
        .malformedString([0xED, 0xB3, 0xA9, 0xFF]), .bytes([]), .bytes([0xFF, 0xFE]), .timestamp(.min),
        .timestamp(.max), .timestamp(253_402_300_800),
    ]

    private static let nested: [AMQPValue] = [
        .array([]), .table([:]), .array([.integer(.max), .integer(.min)]), .array([.double(.nan), .string("x")]),
        .array([.table(["reason": .integer(1), "queue": .null, "time": .timestamp(.max), "count": .integer(.max)])]),
        .array([.table(["reason": "expired", "queue": "q", "time": "soon"])]),
        .table(["__type__": "datetime", "__value__": "9999-12-31T23:59:59+00:00"]),
        .table(["__type__": "decimal", "__value__": "1.2.3"]), .table(["__type__": "base64", "__value__": "???"]),
        .table(["__type__": .integer(1), "__value__": .null]),
        (0..<40).reduce(AMQPValue.integer(1)) { value, _ in .table(["x": .array([value])]) },
    ]
}
