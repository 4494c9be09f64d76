import CeleriacBase
import CeleriacJSON

/// The parts of a field's meaning that are not plain numbers.
struct CronFieldMeaning {
    var values = CronSet()
    /// `L`: the last day of the month.
    var hasLastDay = false
    /// `fri#2`, `L5`: see ``CronDays``.
    var nthWeekdays = CronSet()
}

/// Reads one field of a crontab.
///
/// The grammar is Celery's (`schedules.py`, `crontab_parser`), case-insensitive, with additions from croniter and Vixie
/// cron:
///
/// ```
/// groups = expr ("," expr)*
/// expr   = span ["/" step] | "?" | "L" | day "#" 1...5 | "L" day | day "L"
/// span   = "*" | value ["-" value]
/// ```
///
/// A range may wrap around (`fri-mon`, `22-2`); a single value with a step extends to the field's end (`10/15`). `?`
/// means `*`, takes no step, and is allowed only in the two day fields, as are `L` and `#`.
struct CronFieldParser {
    private let unit: CronUnit
    private let field: String
    private let text: String

    /// - Parameter field: the original text, for errors.
    init(_ field: String, as unit: CronUnit) {
        self.unit = unit
        self.field = field
        text = field.lowercased()
    }

    /// - Throws: ``CeleriacError`` with code `invalidSchedule`, which names the field, the place and the allowed
    ///   values.
    func meaning() throws(CeleriacError) -> CronFieldMeaning {
        guard field.utf8.count <= 1000 else { throw error("is too long", at: text[...]) }
        var meaning = CronFieldMeaning()
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard !part.isEmpty else { throw error("has an empty part", at: part) }
            if try !days(part, into: &meaning) { meaning.values.formUnion(try values(part)) }
        }
        return meaning
    }

    // MARK: Spans

    private func values(_ part: Substring) throws(CeleriacError) -> CronSet {
        let pieces = part.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let span = try span(pieces[0], hasStep: pieces.count > 1)
        guard pieces.count > 1 else { return CronSet(span.map(normal)) }
        guard let step = number(pieces[1]), step > 0 else {
            throw error("has a step that is not a number greater than 0", at: pieces[1])
        }
        return CronSet(stride(from: 0, to: span.count, by: step).map { normal(span[$0]) })
    }

    /// The values from first to last, in the order in which a step counts them.
    private func span(_ text: Substring, hasStep: Bool) throws(CeleriacError) -> [Int] {
        if text == "*" || text == "?" && isOfDays && !hasStep { return Array(unit.range) }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let first = try value(ends[0])
        guard ends.count > 1 else { return hasStep ? Array(first...max(first, unit.range.upperBound)) : [first] }
        let last = try value(ends[1])
        // After a Sunday that is written 7, the week starts again.
        let start = first <= last ? first : normal(first)
        if start <= last { return Array(start...last) }
        return Array(start...unit.range.upperBound) + Array(unit.range.lowerBound...last)
    }

    private func value(_ text: Substring) throws(CeleriacError) -> Int {
        if let value = unit.value(named: text) { return value }
        guard let number = number(text) else { throw error("has an unknown part", at: text) }
        guard unit.range.contains(number) || unit == .dayOfWeek && number == 7 else {
            throw error("has a number out of its range", at: text)
        }
        return number
    }

    private func number(_ text: Substring) -> Int? {
        (1...4).contains(text.utf8.count) && text.utf8.allSatisfy { $0.digit != nil } ? Int(text) : nil
    }

    /// Converts Sunday to 0, whether it was written 0 or 7.
    private func normal(_ value: Int) -> Int { unit == .dayOfWeek && value == 7 ? 0 : value }

    // MARK: Days that move

    private var isOfDays: Bool { unit == .dayOfMonth || unit == .dayOfWeek }

    /// - Returns: whether the part has one of these forms.
    private func days(_ part: Substring, into meaning: inout CronFieldMeaning) throws(CeleriacError) -> Bool {
        if unit == .dayOfMonth, part == "l" {
            meaning.hasLastDay = true
            return true
        }
        guard unit == .dayOfWeek else { return false }
        if let hash = part.firstIndex(of: "#") {
            guard let count = number(part[hash...].dropFirst()), (1...5).contains(count) else {
                throw error("needs a number from 1 to 5 after its #", at: part)
            }
            meaning.nthWeekdays.insert(CronDays.bit(weekday: normal(try value(part[..<hash])), count: count))
            return true
        }
        guard part.utf8.count > 1, part.first == "l" || part.last == "l" else { return false }
        let day = part.first == "l" ? part.dropFirst() : part.dropLast()
        meaning.nthWeekdays.insert(CronDays.bit(weekday: normal(try value(day)), count: CronDays.last))
        return true
    }

    private func error(_ fault: String, at place: Substring) -> CeleriacError {
        let shown = place.isEmpty ? "" : " (\(Self.quoted(place)))"
        let column = text.distance(from: text.startIndex, to: place.startIndex) + 1
        return CeleriacError(
            .invalidSchedule,
            "the field \(unit.title), \(Self.quoted(field[...])), \(fault)\(shown) at character \(column): "
                + "use \(unit.allowed); with * for all, lists 1,2, ranges 1-5 and steps */2"
        )
    }

    private static func quoted(_ text: Substring) -> String { text.prefix(60).debugDescription }
}
