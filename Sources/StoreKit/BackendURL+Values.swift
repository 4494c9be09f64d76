package import CeleriacCore

/// Reads the values of options.
extension BackendURL {
    package func number(_ value: String, _ name: String, _ range: ClosedRange<Int>) throws -> Int {
        guard let number = Int(value), range.contains(number) else {
            throw refusal("has an invalid \(name): use a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    package func flag(_ value: String, _ name: String) throws -> Bool {
        switch value.lowercased() {
        case "true", "1", "yes": true
        case "false", "0", "no": false
        default: throw refusal("has an invalid \(name): use true or false")
        }
    }

    /// - Parameter allowed: the valid values in words, for the error.
    package func choice<Choice: RawRepresentable<String>>(
        _ value: String, _ name: String, _ allowed: String
    ) throws -> Choice {
        guard let choice = Choice(rawValue: value) else { throw refusal("has an invalid \(name): use \(allowed)") }
        return choice
    }
}
