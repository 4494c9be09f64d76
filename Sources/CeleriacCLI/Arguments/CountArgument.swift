import CeleriacCore
import ArgumentParser
import Celeriac

/// Reads a whole number that a user typed: how many tasks, children, attempts or lines.
///
/// Numbers too large for a worker's arithmetic are refused here, before anything is added to them.
enum CountArgument {
    /// - Returns: `nil` unless the text is a whole number in the range.
    static func read(_ text: some StringProtocol, in range: ClosedRange<Int> = Bounds.slots) -> Int? {
        Int(text).flatMap { range.contains($0) ? $0 : nil }
    }

    /// - Throws: `ValidationError` that names the option and the bound that was exceeded.
    static func check(_ value: Int?, _ option: String, in range: ClosedRange<Int> = Bounds.slots) throws {
        guard let value, !range.contains(value) else { return }
        if value < range.lowerBound { throw ValidationError("\(option) must be at least \(range.lowerBound)") }
        throw ValidationError("\(option) must be at most \(range.upperBound)")
    }
}
