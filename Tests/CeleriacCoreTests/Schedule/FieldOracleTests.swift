import Foundation
import Testing

@testable import CeleriacCore
@testable import CeleriacSchedule

@Suite(
    "Crontab fields and Celery's",
    .enabled(if: PythonOracle.isThere, "needs the virtual environment of the set-up script"),
    .timeLimit(.minutes(15)))
struct FieldOracleTests {
    @Test("a field means what Celery's parser makes of it, for 600 random texts")
    func fields() async throws {
        var generator = SeededGenerator(seed: announcedSeed("crontab fields"))
        let fields = (0..<600).map { RandomField(number: $0, using: &generator) }
        let input = fields.map { "\($0.unit.range.count) \($0.unit.range.lowerBound) \($0.text)\n" }.joined()
        var lines = OracleLines(try await PythonOracle.run("fields.py", input: input))
        var compared = 0
        for field in fields {
            let line = lines.next() ?? []
            try #require(!line.isEmpty)
            // Celery takes neither 7 for Sunday nor a step behind a single number; we do.
            if line.elementsEqual("refused".utf8) { continue }
            let values = try CronFieldParser(field.text, as: field.unit).meaning().values
            #expect(values == CronSet(OracleLines.numbers(line)[0]), "\(field.unit) \(field.text)")
            compared += 1
        }
        #expect(compared > 400)
    }
}

/// A field of Celery's grammar.
private struct RandomField {
    let unit: CronUnit
    let text: String

    init(number: Int, using generator: inout SeededGenerator) {
        let unit = CronUnit.allCases[number % CronUnit.allCases.count]
        let parts = (0..<Int.random(in: 1...4, using: &generator)).map { _ in Self.part(unit, using: &generator) }
        (self.unit, text) = (unit, parts.joined(separator: ","))
    }

    private static func part(_ unit: CronUnit, using generator: inout SeededGenerator) -> String {
        let step = Int.random(in: 1...unit.range.count + 3, using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: return "*"
        case 1: return "*/\(step)"
        case 2: return "\(value(unit, using: &generator))-\(value(unit, using: &generator))"
        case 3: return "\(value(unit, using: &generator))-\(value(unit, using: &generator))/\(step)"
        default: return value(unit, using: &generator)
        }
    }

    private static func value(_ unit: CronUnit, using generator: inout SeededGenerator) -> String {
        let value = Int.random(in: unit.range, using: &generator)
        let names: [String] =
            switch unit {
            case .minute, .hour, .dayOfMonth: []
            case .month: DateFormatter().monthSymbols
            case .dayOfWeek: DateFormatter().weekdaySymbols
            }
        guard !names.isEmpty, Bool.random(using: &generator) else { return "\(value)" }
        let name = names[value - unit.range.lowerBound]
        return [name, String(name.prefix(3)), name.lowercased(), name.uppercased()].randomElement(using: &generator)
            ?? name
    }
}
