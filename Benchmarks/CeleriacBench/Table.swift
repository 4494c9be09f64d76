import Foundation

/// The figures of one run: one row for each figure, one column for each broker.
struct Table {
    let columns: [String]
    private var rows: [(name: String, unit: String, values: [String: Double])] = []

    init(columns: [String]) { self.columns = columns }

    mutating func set(_ name: String, _ unit: String, _ column: String, _ value: Double) {
        FileHandle.standardError.write(Data("  \(column): \(name) \(Self.text(value)) \(unit)\n".utf8))
        if let index = rows.firstIndex(where: { $0.name == name }) {
            rows[index].values[column] = value
        } else {
            rows.append((name, unit, [column: value]))
        }
    }

    subscript(name: String, column: String) -> Double? { rows.first { $0.name == name }?.values[column] }

    func print() {
        Swift.print("\n| what | unit | " + columns.joined(separator: " | ") + " |")
        Swift.print("|---|---|" + columns.map { _ in "--:" }.joined(separator: "|") + "|")
        for row in rows {
            let values = columns.map { row.values[$0].map(Self.text) ?? "–" }
            Swift.print("| \(row.name) | \(row.unit) | " + values.joined(separator: " | ") + " |")
        }
        Swift.print("")
    }

    /// Formats a value: two decimals below 10, one below 100, otherwise none; thousands are separated by commas.
    static func text(_ value: Double) -> String {
        guard value >= 100 else { return String(format: value >= 10 ? "%.1f" : "%.2f", value) }
        var digits = String(Int(value.rounded()))
        var place = digits.count - 3
        while place > 0 {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: place))
            place -= 3
        }
        return digits
    }
}

/// Runs `body`, which does `count` operations, and returns the operations a second.
func rate(_ count: Int, _ body: () async throws -> Void) async rethrows -> Double {
    let time = SystemClockSeconds()
    try await body()
    return Double(count) / time.passed
}

/// The seconds since its creation.
struct SystemClockSeconds {
    private let start = DispatchTime.now().uptimeNanoseconds
    var passed: Double { Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9 }
}

extension [Double] {
    /// Returns the value below which this part of all values lies.
    func quantile(_ part: Double) -> Double {
        guard !isEmpty else { return .nan }
        return sorted()[Swift.min(count - 1, Int(Double(count) * part))]
    }
}
