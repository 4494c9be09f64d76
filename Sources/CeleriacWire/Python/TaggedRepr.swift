import CeleriacCore

/// Kombu's tagged values as Python shows the values that they represent: `Decimal('1.5')`, `b'by'`, `UUID('…')`, a
/// date.
enum TaggedRepr {
    /// - Returns: `nil` if the value is not tagged.
    static func text(of value: JSONValue) -> String? {
        guard let members = value.objectValue, members.count == 2, let type = members["__type__"]?.stringValue,
            let content = members["__value__"]
        else { return nil }
        switch (type, content.stringValue) {
        case ("decimal", let text?): return "Decimal(\(PythonRepr.quoted(text)))"
        case ("bytes", let text?): return "b'\(text)'"
        case ("base64", let text?): return Base64.decode(Array(text.utf8)[...]).map { "b'\(hexadecimal($0))'" }
        case ("uuid", _): return content["hex"]?.stringValue.map { "UUID('\(dashed($0))')" }
        case ("datetime", let text?): return DateRepr.text(of: text, name: "datetime")
        case ("date", let text?): return DateRepr.text(of: text, name: "date")
        case ("time", let text?): return DateRepr.text(of: text, name: "time")
        default: return nil
        }
    }

    private static func dashed(_ digits: String) -> String {
        guard digits.utf8.count == 32 else { return digits }
        return digits.utf8.enumerated().reduce(into: "") { text, digit in
            if [8, 12, 16, 20].contains(digit.offset) { text += "-" }
            text.unicodeScalars.append(Unicode.Scalar(digit.element))
        }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.reduce(into: "") { $0 += ($1 < 16 ? "0" : "") + String($1, radix: 16) }
    }
}

/// ISO dates and times as calls of Python's constructors: `datetime.datetime(2030, 1, 2, 3, 4)`.
enum DateRepr {
    static func text(of iso: String, name: String) -> String? {
        let (moment, zone) = split(iso)
        let parts = moment.split { !("0"..."9").contains($0) }.map(String.init)
        guard parts.count >= (name == "time" ? 2 : 3), parts.allSatisfy({ $0.utf8.count <= 6 }) else { return nil }
        var numbers = parts.compactMap { Int($0) }
        // Python leaves out seconds and microseconds that are zero.
        let least = name == "date" ? 3 : name == "time" ? 2 : 5
        while numbers.count > least, numbers.last == 0 { numbers.removeLast() }
        let arguments = numbers.map(String.init) + (zone.map { ["tzinfo=\($0)"] } ?? [])
        return "datetime.\(name)(\(arguments.joined(separator: ", ")))"
    }

    /// Returns the text before the zone, and the zone as Python shows it.
    private static func split(_ iso: String) -> (moment: Substring, zone: String?) {
        if iso.hasSuffix("Z") || iso.hasSuffix("+00:00") {
            return (iso.dropLast(iso.hasSuffix("Z") ? 1 : 6), "datetime.timezone.utc")
        }
        // Before the eleventh character a dash belongs to the date.
        guard let sign = iso.dropFirst(10).lastIndex(where: { $0 == "+" || $0 == "-" }) else { return (iso[...], nil) }
        let numbers = iso[sign...].dropFirst().split(separator: ":").compactMap { Int($0) }
        let (hours, minutes) = (numbers.first ?? 0, numbers.dropFirst().first ?? 0)
        guard hours < 24, minutes < 60, hours + minutes > 0 else { return (iso[...], nil) }
        let seconds = hours * 3600 + minutes * 60
        let delta = iso[sign] == "-" ? "days=-1, seconds=\(86_400 - seconds)" : "seconds=\(seconds)"
        return (iso[..<sign], "datetime.timezone(datetime.timedelta(\(delta)))")
    }
}
