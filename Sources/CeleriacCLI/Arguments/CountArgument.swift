import ArgumentParser
import Celeriac

/// A whole number as people type it: how many tasks, children, attempts or lines.
///
/// A number beyond what a worker can calculate with is refused here, before it is added to anything.
enum CountArgument {
    /// - Returns: `nil` unless the text is a whole number in the range.
    static func read(_ text: some StringProtocol, in range: ClosedRange<Int> = Bounds.slots) -> Int? {
        Int(text).flatMap { range.contains($0) ? $0 : nil }
    }

    /// - Throws: `ValidationError`, which names the option and its range.
    static func check(_ value: Int?, _ option: String, in range: ClosedRange<Int> = Bounds.slots) throws {
        guard let value, !range.contains(value) else { return }
        if value < range.lowerBound { throw ValidationError("\(option) is at least \(range.lowerBound)") }
        throw ValidationError("\(option) is at most \(range.upperBound)")
    }
}
